using System.Net;
using System.Text.Json;
using Patron.IntegrationTests.Hosting;
using static Patron.IntegrationTests.Hosting.Intents;

namespace Patron.IntegrationTests.Accounts;

public abstract class ProfileTests(PatronApp app)
{
    [Fact]
    public async Task The_own_account_has_its_fields_at_the_top_level()
    {
        var person = await app.SharedPersonAsync();
        var answer = await (await app.GetAsync("profile/", person)).ShouldBeAsync(HttpStatusCode.OK);
        Assert.Equal(
            ["id", "email", "first_name", "last_name", "phone_number", "user_role", "username", "email_verified", "pending_email", "language"],
            answer.EnumerateObject().Select(field => field.Name));
        Assert.Equal(person.Id, answer.GetProperty("id").GetGuid());
    }

    [Fact]
    public async Task Omitted_fields_stay_and_null_clears_a_field()
    {
        var person = await app.RegisterAsync();
        var username = $"jd{Guid.NewGuid().ToString("N")[..8]}";
        var given = await (await app.UpdateProfileAsync(person, new { phone_number = "+1 555 0199", username, last_name = "Smith" })).ShouldBeAsync(HttpStatusCode.OK);
        Assert.Equal(("Jane", "Smith", "+1 555 0199", username), Names(given));
        var kept = await (await app.UpdateProfileAsync(person, new { first_name = "Janet" })).ShouldBeAsync(HttpStatusCode.OK);
        Assert.Equal(("Janet", "Smith", "+1 555 0199", username), Names(kept));
        var cleared = await (await app.UpdateProfileAsync(person, new { phone_number = (string?)null, username = (string?)null })).ShouldBeAsync(HttpStatusCode.OK);
        Assert.Equal(("Janet", "Smith", null, null), Names(cleared));
        Assert.Equal(("Janet", "Smith", null, null), Names(await (await app.GetAsync("profile/", person)).ShouldBeAsync(HttpStatusCode.OK)));
        Assert.Equal(3, await app.CountAuditEntriesAsync(person.Id, "account.changed"));
        Assert.Equal(
            """{"first_name": "Jane"}""",
            await app.AccountsSqlAsync<string>("SELECT before::text FROM shared.audit_entries WHERE subject_id = $1 AND after::jsonb @> '{\"first_name\": \"Janet\"}'", person.Id));
    }

    [Fact]
    public async Task An_update_without_changes_writes_nothing()
    {
        var person = await app.RegisterAsync();
        await (await app.UpdateProfileAsync(person, new { })).ShouldBeAsync(HttpStatusCode.OK);
        await (await app.UpdateProfileAsync(person, new { first_name = "Jane", email = person.Email.ToUpperInvariant(), unknown = 1 })).ShouldBeAsync(HttpStatusCode.OK);
        Assert.Equal(0, await app.CountAuditEntriesAsync(person.Id, "account.changed"));
    }

    [Fact]
    public async Task A_required_name_cannot_be_cleared_and_every_invalid_field_is_named()
    {
        var person = await app.SharedPersonAsync();
        await (await app.UpdateProfileAsync(person, new { first_name = (string?)null, last_name = " ", phone_number = "123", username = "a b", email = (string?)null }))
            .ShouldBeInvalidAsync("first_name", "last_name", "phone_number", "username", "email");
    }

    [Theory]
    [InlineData("email")]
    [InlineData("first_name")]
    [InlineData("phone_number")]
    [InlineData("username")]
    [InlineData("current_password")]
    public async Task A_field_of_the_wrong_type_is_named(string field)
    {
        var person = await app.SharedPersonAsync();
        foreach (var value in new[] { "1", "true", "[]", "{}", "[\"x\"]" })
        {
            await (await app.UpdateProfileAsync(person, AccountCalls.Raw($$"""{"{{field}}": {{value}}}"""))).ShouldBeInvalidAsync(field);
        }
    }

    [Fact]
    public async Task A_taken_user_name_is_refused_and_nothing_is_applied()
    {
        var username = $"taken{Guid.NewGuid().ToString("N")[..8]}";
        await (await app.TryRegisterAsync(NewEmail(), username: username)).ShouldBeAsync(HttpStatusCode.Created);
        var person = await app.RegisterAsync();
        await (await app.UpdateProfileAsync(person, new { first_name = "Janet", username = username.ToUpperInvariant() })).ShouldFailAsync(HttpStatusCode.BadRequest);
        Assert.Equal(("Jane", "Doe", null, null), Names(await (await app.GetAsync("profile/", person)).ShouldBeAsync(HttpStatusCode.OK)));
    }

    [Fact]
    public async Task A_new_address_without_the_right_password_changes_nothing()
    {
        var person = await app.RegisterAsync();
        var email = NewEmail("new");
        await (await app.UpdateProfileAsync(person, new { first_name = "Janet", email })).ShouldFailAsync(HttpStatusCode.BadRequest);
        await (await app.UpdateProfileAsync(person, new { first_name = "Janet", email, current_password = "wrong" })).ShouldFailAsync(HttpStatusCode.BadRequest);
        var answer = await (await app.GetAsync("profile/", person)).ShouldBeAsync(HttpStatusCode.OK);
        Assert.Equal("Jane", answer.GetProperty("first_name").GetString());
        Assert.Equal(JsonValueKind.Null, answer.GetProperty("pending_email").ValueKind);
        Assert.Equal(0, await app.CountAuditEntriesAsync(person.Id, "account.changed"));
    }

    [Fact]
    public async Task A_new_address_is_pending_until_proven_and_the_old_one_is_notified_twice()
    {
        var person = await app.RegisterProvenAsync();
        var email = NewEmail("New");
        var pending = await (await app.UpdateProfileAsync(person, new { first_name = "Janet", email, current_password = person.Password })).ShouldBeAsync(HttpStatusCode.OK);
        Assert.Equal(person.Email, pending.GetProperty("email").GetString());
        Assert.Equal(email, pending.GetProperty("pending_email").GetString());
        Assert.Equal("Janet", pending.GetProperty("first_name").GetString());
        await app.MailAsync(person.Email, "is being changed");
        var token = (await app.MailAsync(email, "confirm your new")).Token;
        await (await app.TrySignInAsync(email)).ShouldFailAsync(HttpStatusCode.Unauthorized);

        await (await app.PostAsync("email/verify/", new { token })).ShouldFailAsync(HttpStatusCode.Unauthorized);
        var proven = await (await app.PostAsync("email/verify/", new { token }, person)).ShouldBeAsync(HttpStatusCode.OK);

        Assert.Equal(email, proven.GetProperty("email").GetString());
        Assert.True(proven.GetProperty("email_verified").GetBoolean());
        Assert.Equal(JsonValueKind.Null, proven.GetProperty("pending_email").ValueKind);
        await app.MailAsync(person.Email, "was changed");
        await (await app.TrySignInAsync(person.Email)).ShouldFailAsync(HttpStatusCode.Unauthorized);
        await app.SignInAsync(email);
        Assert.Equal(2, await app.CountAuditEntriesAsync(person.Id, "email.verified"));
        await (await app.PostAsync("email/verify/", new { token }, person)).ShouldFailAsync(HttpStatusCode.BadRequest);
    }

    [Fact]
    public async Task A_new_address_of_another_account_is_refused()
    {
        var person = await app.RegisterAsync();
        var other = await app.SharedPersonAsync();
        await (await app.UpdateProfileAsync(person, new { email = other.Email.ToUpperInvariant(), current_password = person.Password })).ShouldFailAsync(HttpStatusCode.BadRequest);
    }

    [Fact]
    public async Task A_pending_address_that_another_account_registered_is_refused()
    {
        var person = await app.RegisterAsync();
        var email = NewEmail("contested");
        await (await app.UpdateProfileAsync(person, new { email, current_password = person.Password })).ShouldBeAsync(HttpStatusCode.OK);
        var token = (await app.MailAsync(email, "confirm your new")).Token;
        await app.RegisterAsync(email);
        await (await app.PostAsync("email/verify/", new { token }, person)).ShouldFailAsync(HttpStatusCode.BadRequest);
        var answer = await (await app.GetAsync("profile/", person)).ShouldBeAsync(HttpStatusCode.OK);
        Assert.Equal(person.Email, answer.GetProperty("email").GetString());
    }

    [Fact]
    public async Task Only_the_last_requested_address_can_be_proven()
    {
        var person = await app.RegisterAsync();
        var (first, second) = (NewEmail("first"), NewEmail("second"));
        foreach (var email in new[] { first, second })
        {
            await (await app.UpdateProfileAsync(person, new { email, current_password = person.Password })).ShouldBeAsync(HttpStatusCode.OK);
        }

        await (await app.PostAsync("email/verify/", new { token = (await app.MailAsync(first)).Token }, person)).ShouldFailAsync(HttpStatusCode.BadRequest);
        await (await app.PostAsync("email/verify/", new { token = (await app.MailAsync(second)).Token }, person)).ShouldBeAsync(HttpStatusCode.OK);
    }

    [Fact]
    public async Task A_new_address_can_be_proven_with_the_password_instead_of_a_session()
    {
        var person = await app.RegisterAsync();
        var email = NewEmail("new");
        await (await app.UpdateProfileAsync(person, new { email, current_password = person.Password })).ShouldBeAsync(HttpStatusCode.OK);
        var token = (await app.MailAsync(email, "confirm your new")).Token;
        await (await app.PostAsync("email/verify/", new { token, password1 = AccountCalls.OtherPassword, password2 = AccountCalls.OtherPassword })).ShouldFailAsync(HttpStatusCode.Unauthorized);
        await (await app.PostAsync("email/verify/", new { token, password = person.Password })).ShouldBeAsync(HttpStatusCode.OK);
        await app.SignInAsync(email);
    }

    [Fact]
    public async Task The_confirmation_is_mailed_again_until_the_address_is_proven()
    {
        var person = await app.RegisterAsync();
        await app.MailAsync(person.Email, "confirm your email");
        await (await app.PostAsync("email/resend/", null, person)).ShouldBeAsync(HttpStatusCode.Accepted);
        await AccountCalls.WithinAsync(TimeSpan.FromSeconds(10), () => Task.FromResult(app.MailsTo(person.Email).Count == 2), "the second mail came");
        await (await app.PostAsync("email/verify/", new { token = app.MailsTo(person.Email)[^1].Token }, person)).ShouldBeAsync(HttpStatusCode.OK);
        var before = await (await app.PostAsync("email/resend/", null, person)).ShouldBeAsync(HttpStatusCode.Accepted);
        Assert.NotEmpty(before.GetProperty("message").GetString()!);
        Assert.Equal(0, await app.AccountsSqlAsync<long>("SELECT count(*) FROM accounts.challenges WHERE user_id = $1 AND created_at > (SELECT email_confirmed_at FROM accounts.users WHERE id = $1)", person.Id));
    }

    [Fact]
    public async Task A_pending_address_is_cancelled_once_with_its_token_and_audited()
    {
        var person = await app.RegisterProvenAsync();
        var pending = NewEmail("pending");
        await (await app.UpdateProfileAsync(person, new { email = pending, current_password = person.Password })).ShouldBeAsync(HttpStatusCode.OK);
        var token = (await app.MailAsync(pending)).Token;
        var audited = await app.CountAuditEntriesAsync(person.Id, "account.changed");

        for (var turn = 0; turn < 2; turn++)
        {
            var cancelled = await (await app.DeleteAsync("email/change/", person)).ShouldBeAsync(HttpStatusCode.OK);
            Assert.Equal(JsonValueKind.Null, cancelled.GetProperty("pending_email").ValueKind);
            Assert.Equal(person.Email, cancelled.GetProperty("email").GetString());
        }

        Assert.Equal(audited + 1, await app.CountAuditEntriesAsync(person.Id, "account.changed"));
        await (await app.PostAsync("email/verify/", new { token }, person)).ShouldFailAsync(HttpStatusCode.BadRequest);
        await (await app.DeleteAsync("email/change/")).ShouldFailAsync(HttpStatusCode.Unauthorized);
    }

    private static (string?, string?, string?, string?) Names(JsonElement account) => (
        account.GetProperty("first_name").GetString(), account.GetProperty("last_name").GetString(),
        account.GetProperty("phone_number").GetString(), account.GetProperty("username").GetString());
}

public sealed class ProfileInOneProcess(OneProcess app) : ProfileTests(app), IClassFixture<OneProcess>;

public sealed class ProfileInAccountsAlone(AccountsAlone app) : ProfileTests(app), IClassFixture<AccountsAlone>;
