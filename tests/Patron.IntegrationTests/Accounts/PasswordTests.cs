using System.Net;
using Patron.IntegrationTests.Hosting;
using static Patron.IntegrationTests.Hosting.Intents;

namespace Patron.IntegrationTests.Accounts;

public abstract class PasswordTests(PatronApp app)
{
    [Fact]
    public async Task Changing_the_password_needs_the_current_one_and_ends_every_other_session()
    {
        var person = await app.RegisterAsync();
        var other = await app.SignInAsync(person.Email);
        await (await ChangeAsync(person, "wrong", AccountCalls.OtherPassword)).ShouldFailAsync(HttpStatusCode.BadRequest);
        await (await app.TrySignInAsync(person.Email, AccountCalls.OtherPassword)).ShouldFailAsync(HttpStatusCode.Unauthorized);
        Assert.True(await app.Accounts.IsSignedInAsync(other));

        await (await ChangeAsync(person, person.Password, AccountCalls.OtherPassword)).ShouldBeAsync(HttpStatusCode.NoContent);

        Assert.True(await app.Accounts.IsSignedInAsync(person));
        Assert.False(await app.Accounts.IsSignedInAsync(other));
        await (await app.RefreshAsync(other.Refresh)).ShouldFailAsync(HttpStatusCode.Unauthorized);
        await (await app.TrySignInAsync(person.Email)).ShouldFailAsync(HttpStatusCode.Unauthorized);
        await app.SignInAsync(person.Email, AccountCalls.OtherPassword);
        Assert.Equal(1, await app.CountAuditEntriesAsync(person.Id, "password.changed"));
        await app.MailAsync(person.Email, "password was changed");
    }

    [Fact]
    public async Task An_invalid_new_password_is_refused_by_field()
    {
        var person = await app.SharedPersonAsync();
        await (await app.PostAsync("password/change/", new { }, person)).ShouldBeInvalidAsync("current_password");
        await (await app.PostAsync("password/change/", new { current_password = person.Password }, person)).ShouldBeInvalidAsync("password1");
        await (await ChangeAsync(person, person.Password, "password123")).ShouldBeInvalidAsync("password1");
        await (await ChangeAsync(person, person.Password, "janedoe!")).ShouldBeInvalidAsync("password1");
        await (await app.PostAsync("password/change/", new { current_password = person.Password, password1 = "blue harbour 42", password2 = "blue harbour 43" }, person))
            .ShouldFailAsync(HttpStatusCode.BadRequest);
        await (await app.PostAsync("password/change/", new { current_password = person.Password, password1 = "x", password2 = "x" })).ShouldFailAsync(HttpStatusCode.Unauthorized);
    }

    [Fact]
    public async Task Changing_the_password_ends_open_resets_and_a_pending_address()
    {
        var person = await app.RegisterProvenAsync();
        var reset = await app.ResetTokenAsync(person.Email);
        var pending = NewEmail("pending");
        await (await app.UpdateProfileAsync(person, new { email = pending, current_password = person.Password })).ShouldBeAsync(HttpStatusCode.OK);
        var confirm = (await app.MailAsync(pending)).Token;

        await (await ChangeAsync(person, person.Password, AccountCalls.OtherPassword)).ShouldBeAsync(HttpStatusCode.NoContent);

        await (await app.ResetAsync(reset, "a third good one")).ShouldFailAsync(HttpStatusCode.BadRequest);
        await (await app.PostAsync("email/verify/", new { token = confirm }, person)).ShouldFailAsync(HttpStatusCode.BadRequest);
    }

    [Fact]
    public async Task A_reset_request_has_the_same_answer_for_every_address_and_mails_only_accounts()
    {
        var person = await app.RegisterAsync();
        var unknown = NewEmail("unknown");
        var answers = new List<string>();
        foreach (var email in new[] { person.Email.ToUpperInvariant(), unknown, "garbage", "", null })
        {
            var response = await app.PostAsync("password/forgot/", new { email });
            Assert.Equal(HttpStatusCode.Accepted, response.StatusCode);
            answers.Add(await response.Content.ReadAsStringAsync());
        }

        Assert.Single(answers.Distinct());
        await app.MailAsync(person.Email, "reset your");
        await AccountCalls.WithinAsync(
            TimeSpan.FromSeconds(10), async () => await app.AccountsSqlAsync<long>("SELECT count(*) FROM shared.outbox_messages") == 0, "the outbox is empty");
        Assert.Empty(app.MailsTo(unknown));
    }

    [Fact]
    public async Task A_reset_sets_the_password_once_ends_every_session_and_proves_the_address()
    {
        var person = await app.RegisterProvenAsync();
        var token = await app.ResetTokenAsync(person.Email);
        await (await app.ResetAsync(token, "short")).ShouldBeInvalidAsync("password1");
        await (await app.PostAsync("password/reset/", new { token, password1 = "blue harbour 42", password2 = "other" })).ShouldFailAsync(HttpStatusCode.BadRequest);
        Assert.True(await app.Accounts.IsSignedInAsync(person));

        await (await app.ResetAsync(token)).ShouldBeAsync(HttpStatusCode.NoContent);

        Assert.False(await app.Accounts.IsSignedInAsync(person));
        await (await app.RefreshAsync(person.Refresh)).ShouldFailAsync(HttpStatusCode.Unauthorized);
        await (await app.TrySignInAsync(person.Email)).ShouldFailAsync(HttpStatusCode.Unauthorized);
        await app.SignInAsync(person.Email, AccountCalls.OtherPassword);
        await (await app.ResetAsync(token, "a third good one")).ShouldFailAsync(HttpStatusCode.BadRequest);
        await app.MailAsync(person.Email, "password was changed");
        Assert.Equal(1, await app.CountAuditEntriesAsync(person.Id, "password.changed"));
    }

    [Fact]
    public async Task Of_fifty_concurrent_resets_with_one_token_one_succeeds()
    {
        var person = await app.RegisterProvenAsync();
        var token = await app.ResetTokenAsync(person.Email);
        var answers = await AccountCalls.ConcurrentlyAsync(50, number => app.ResetAsync(token, $"blue harbour no {number}"));
        Assert.Equal(1, answers.Count(HttpStatusCode.NoContent));
        // If hashing fifty passwords takes too long, some requests are 503 instead of 400.
        Assert.Equal(49, answers.Count(HttpStatusCode.BadRequest) + answers.Count(HttpStatusCode.ServiceUnavailable));
        var winner = Array.FindIndex(answers, answer => answer.StatusCode == HttpStatusCode.NoContent);
        await app.SignInAsync(person.Email, $"blue harbour no {winner}");
    }

    [Fact]
    public async Task Unknown_and_foreign_tokens_do_not_reset_a_password()
    {
        var person = await app.RegisterAsync();
        var verify = (await app.MailAsync(person.Email, "confirm your email")).Token;
        await (await app.ResetAsync(verify)).ShouldFailAsync(HttpStatusCode.BadRequest);
        await (await app.ResetAsync("garbage")).ShouldFailAsync(HttpStatusCode.BadRequest);
        await (await app.ResetAsync("")).ShouldBeInvalidAsync("token");
        await app.SignInAsync(person.Email);
    }

    [Fact]
    public async Task A_disabled_account_gets_no_reset()
    {
        var person = await app.RegisterAsync();
        var token = await app.ResetTokenAsync(person.Email);
        await app.DisableAsync(person.Email);
        await (await app.ResetAsync(token)).ShouldFailAsync(HttpStatusCode.BadRequest);
    }

    [Fact]
    public async Task A_sign_in_that_started_before_a_reset_does_not_survive_it()
    {
        var person = await app.RegisterProvenAsync();
        var token = await app.ResetTokenAsync(person.Email);
        // A client that knows the old password signs in continuously while the reset runs.
        var tries = Enumerable.Range(0, 8).Select(_ => app.TrySignInAsync(person.Email)).ToList();
        await (await app.ResetAsync(token)).ShouldBeAsync(HttpStatusCode.NoContent);
        foreach (var answer in await Task.WhenAll(tries))
        {
            if (answer.StatusCode == HttpStatusCode.OK)
            {
                var access = (await answer.ShouldBeAsync(HttpStatusCode.OK)).GetProperty("access_token").GetString()!;
                Assert.False(await app.Accounts.IsSignedInAsync(person with { Access = access }));
            }
        }

        Assert.Equal(0, await app.AccountsSqlAsync<long>("SELECT count(*) FROM accounts.sessions WHERE user_id = $1 AND ended_at IS NULL", person.Id));
    }

    private Task<HttpResponseMessage> ChangeAsync(Person who, string current, string password) =>
        app.PostAsync("password/change/", new { current_password = current, password1 = password, password2 = password }, who);
}

public sealed class PasswordsInOneProcess(OneProcess app) : PasswordTests(app), IClassFixture<OneProcess>;

public sealed class PasswordsInAccountsAlone(AccountsAlone app) : PasswordTests(app), IClassFixture<AccountsAlone>;

/// <summary>These tests change the clock, so they have a separate class.</summary>
public abstract class MailedTokensOverTimeTests(PatronApp app)
{
    [Fact]
    public async Task A_reset_token_expires_after_one_hour()
    {
        var person = await app.RegisterProvenAsync();
        var late = await app.ResetTokenAsync(person.Email);
        app.Time.Shift += TimeSpan.FromMinutes(61);
        await (await app.ResetAsync(late)).ShouldFailAsync(HttpStatusCode.BadRequest);
        var inTime = await app.ResetTokenAsync(person.Email);
        app.Time.Shift += TimeSpan.FromMinutes(59);
        await (await app.ResetAsync(inTime)).ShouldBeAsync(HttpStatusCode.NoContent);
    }

    [Fact]
    public async Task A_confirmation_token_expires_after_one_day()
    {
        var late = await app.RegisterAsync();
        var token = (await app.MailAsync(late.Email)).Token;
        app.Time.Shift += TimeSpan.FromHours(25);
        late = await app.RefreshedAsync(late);
        await (await app.PostAsync("email/verify/", new { token }, late)).ShouldFailAsync(HttpStatusCode.BadRequest);
    }

    [Fact]
    public async Task One_client_gets_three_reset_links_per_hour()
    {
        var person = await app.RegisterProvenAsync();
        for (var asked = 0; asked < 12; asked++)
        {
            await (await app.PostAsync("password/forgot/", new { email = person.Email })).ShouldBeAsync(HttpStatusCode.Accepted);
        }

        await app.UntilOutboxIsEmptyAsync();
        Assert.Equal(3, app.ResetsTo(person.Email).Count);
        app.Time.Shift += TimeSpan.FromMinutes(61);
        await app.ResetTokenAsync(person.Email);
    }

    [Fact]
    public async Task Fifty_concurrent_clients_cause_six_reset_links_and_staff_see_the_limit()
    {
        var person = await app.RegisterProvenAsync();
        await Task.WhenAll(Enumerable.Range(0, 50).Select(client => app.ForgetFromAsync($"203.0.113.{client}", person.Email)));
        await app.UntilOutboxIsEmptyAsync();
        Assert.Equal(6, app.ResetsTo(person.Email).Count);
        Assert.Equal(1, await app.CountAuditEntriesAsync(person.Id, "mail.withheld"));
        await (await app.ResetAsync(app.ResetsTo(person.Email)[0].Token)).ShouldBeAsync(HttpStatusCode.NoContent);
    }

    [Fact]
    public async Task The_owner_always_has_a_working_reset_link_and_the_mailbox_is_not_flooded()
    {
        var person = await app.RegisterProvenAsync();
        var newest = (Count: 0, At: TimeSpan.MinValue);
        var start = app.Time.Shift;
        for (var tenth = 0; tenth < 36; tenth++)
        {
            foreach (var client in Enumerable.Range(0, 3))
            {
                await app.ForgetFromAsync($"198.51.{tenth}.{client}", person.Email);
            }

            await app.UntilOutboxIsEmptyAsync();
            var count = app.ResetsTo(person.Email).Count;
            newest = count > newest.Count ? (count, app.Time.Shift) : newest;
            Assert.InRange(app.Time.Shift - newest.At, TimeSpan.Zero, TimeSpan.FromMinutes(45));
            app.Time.Shift += TimeSpan.FromMinutes(10);
        }

        Assert.InRange(newest.Count, 8, 20);
        Assert.Equal(TimeSpan.FromHours(6), app.Time.Shift - start);
        app.Time.Shift = newest.At + TimeSpan.FromMinutes(59);
        await (await app.ResetAsync(app.ResetsTo(person.Email)[^1].Token)).ShouldBeAsync(HttpStatusCode.NoContent);
    }

    [Fact]
    public async Task Security_notices_have_a_limit_of_their_own()
    {
        var person = await app.RegisterProvenAsync();
        await using var server = await app.StartAnotherAsync(("Accounts:MailsPerMailboxAndHour", "2"));
        var (current, next) = (person.Password, AccountCalls.OtherPassword);
        for (var changed = 0; changed < 4; changed++)
        {
            await (await server.SendAsync(HttpMethod.Post, "/api/auth/password/change/", person, new { current_password = current, password1 = next, password2 = next }))
                .ShouldBeAsync(HttpStatusCode.NoContent);
            (current, next) = (next, current);
        }

        await app.ResetTokenAsync(person.Email);
        Assert.Equal(2, app.MailsTo(person.Email).Count(mail => mail.Subject.Contains("password was changed", StringComparison.Ordinal)));
        Assert.Equal(1, await app.CountAuditEntriesAsync(person.Id, "mail.withheld"));
    }

    [Fact]
    public async Task Too_many_requested_confirmations_are_rate_limited()
    {
        var person = await app.RegisterAsync(); // This sends the first one.
        for (var i = 0; i < 9; i++)
        {
            await (await app.PostAsync("email/resend/", null, person)).ShouldBeAsync(HttpStatusCode.Accepted);
        }

        var response = await app.PostAsync("email/resend/", null, person);
        await response.ShouldFailAsync(HttpStatusCode.TooManyRequests);
        Assert.NotNull(response.Headers.RetryAfter);
    }
}

public sealed class MailedTokensOverTimeInOneProcess(OneProcess app) : MailedTokensOverTimeTests(app), IClassFixture<OneProcess>;

public sealed class MailedTokensOverTimeInAccountsAlone(AccountsAlone app) : MailedTokensOverTimeTests(app), IClassFixture<AccountsAlone>;
