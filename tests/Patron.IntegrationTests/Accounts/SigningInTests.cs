using System.Net;
using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.Options;
using Patron.Accounts.Users;
using Patron.IntegrationTests.Hosting;
using static Patron.IntegrationTests.Hosting.Intents;

namespace Patron.IntegrationTests.Accounts;

public abstract class SigningInTests(PatronApp app)
{
    [Fact]
    public async Task Signing_in_returns_the_account_with_its_tokens()
    {
        var person = await app.SharedPersonAsync();
        var answer = await (await app.TrySignInAsync(person.Email)).ShouldBeAsync(HttpStatusCode.OK);
        Assert.Equal(
            [
                "id", "email", "first_name", "last_name", "phone_number", "user_role", "username", "email_verified", "pending_email", "language", "tokens",
                "access_token", "token_type",
            ],
            answer.EnumerateObject().Select(field => field.Name));
        Assert.Equal(answer.GetProperty("tokens").GetProperty("access").GetString(), answer.GetProperty("access_token").GetString());
        Assert.Equal("Bearer", answer.GetProperty("token_type").GetString());
        Assert.True(await app.Accounts.IsSignedInAsync(person with { Access = answer.GetProperty("access_token").GetString()! }));
    }

    [Fact]
    public async Task People_sign_in_by_e_mail_or_user_name_in_any_case()
    {
        var email = NewEmail("mixed");
        var username = $"Mixed_{Guid.NewGuid().ToString("N")[..8]}";
        await (await app.TryRegisterAsync(email, username: username)).ShouldBeAsync(HttpStatusCode.Created);
        foreach (var login in new[] { email.ToUpperInvariant(), $" {email} ", username, username.ToUpperInvariant() })
        {
            await (await app.TrySignInAsync(login)).ShouldBeAsync(HttpStatusCode.OK);
        }

        await (await app.PostAsync("login/", new { username, password = GoodPassword })).ShouldBeAsync(HttpStatusCode.OK);
    }

    [Fact]
    public async Task A_password_can_be_typed_in_another_Unicode_form()
    {
        var email = NewEmail();
        await (await app.TryRegisterAsync(email, "crème brûlée")).ShouldBeAsync(HttpStatusCode.Created);
        await app.SignInAsync(email, "cre\u0300me bru\u0302le\u0301e");
    }

    [Fact]
    public async Task An_unknown_address_and_a_wrong_password_have_the_same_answer()
    {
        var person = await app.SharedPersonAsync();
        var wrong = await app.TrySignInAsync(person.Email, "not the password");
        var unknown = await app.TrySignInAsync(NewEmail("unknown"), "not the password");
        var noName = await app.TrySignInAsync("unknown-name", "not the password");
        foreach (var response in new[] { wrong, unknown, noName })
        {
            await response.ShouldFailAsync(HttpStatusCode.Unauthorized);
            Assert.Equal((await wrong.Content.ReadAsStringAsync()).WithoutRequestId(), (await response.Content.ReadAsStringAsync()).WithoutRequestId());
            Assert.Equal(
                wrong.Headers.Select(header => header.Key).Order(StringComparer.Ordinal), response.Headers.Select(header => header.Key).Order(StringComparer.Ordinal));
        }
    }

    [Fact]
    public async Task Passwords_are_case_sensitive()
    {
        var person = await app.SharedPersonAsync();
        await (await app.TrySignInAsync(person.Email, GoodPassword.ToUpperInvariant())).ShouldFailAsync(HttpStatusCode.Unauthorized);
    }

    [Fact]
    public async Task A_disabled_account_cannot_sign_in_and_its_tokens_are_refused()
    {
        var person = await app.RegisterAsync();
        await app.DisableAsync(person.Email);
        Assert.False(await app.Accounts.IsSignedInAsync(person));
        await (await app.TrySignInAsync(person.Email)).ShouldFailAsync(HttpStatusCode.Forbidden);
        await (await app.TrySignInAsync(person.Email, "not the password")).ShouldFailAsync(HttpStatusCode.Unauthorized);
        await (await app.RefreshAsync(person.Refresh)).ShouldFailAsync(HttpStatusCode.Unauthorized);
        Assert.Equal(1, await app.CountAuditEntriesAsync(person.Id, "session.refused"));
    }

    [Fact]
    public async Task Missing_fields_are_named()
    {
        await (await app.PostAsync("login/", new { })).ShouldBeInvalidAsync("email", "password");
        await (await app.PostAsync("login/", new { email = "", password = "" })).ShouldBeInvalidAsync("email", "password");
    }

    [Fact]
    public async Task Every_sign_in_writes_an_audit_entry_and_wrong_passwords_only_when_the_account_has_to_wait()
    {
        var person = await app.RegisterAsync();
        await app.SignInWrongAsync(person.Email, Attempts.FreeWrongPasswords - 1);
        await app.SignInAsync(person.Email);
        Assert.Equal(0, await app.CountAuditEntriesAsync(person.Id, "session.refused"));
        Assert.Equal(2, await app.CountAuditEntriesAsync(person.Id, "session.started"));

        await app.SignInWrongAsync(person.Email, Attempts.FreeWrongPasswords);
        Assert.Equal(1, await app.CountAuditEntriesAsync(person.Id, "session.refused"));
        await (await app.TrySignInAsync(person.Email)).ShouldFailAsync(HttpStatusCode.TooManyRequests);
        Assert.Equal(1, await app.CountAuditEntriesAsync(person.Id, "session.refused"));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_hash_of_a_lower_cost_is_renewed_at_concurrent_sign_ins(bool withUserName)
    {
        var email = NewEmail("cheap");
        var answer = await (await app.TryRegisterAsync(email, username: withUserName ? $"cheap{Guid.NewGuid().ToString("N")[..8]}" : null)).ShouldBeAsync(HttpStatusCode.Created);
        var id = answer.GetProperty("id").GetGuid();
        var cheap = new PasswordHasher<User>(Options.Create(new PasswordHasherOptions { IterationCount = 1_000 })).HashPassword(null!, GoodPassword);
        await app.AccountsSqlAsync<object>("UPDATE accounts.users SET password_hash = $2 WHERE id = $1", id, cheap);

        var answers = await AccountCalls.ConcurrentlyAsync(4, _ => app.TrySignInAsync(email));

        Assert.Equal(4, answers.Count(HttpStatusCode.OK));
        var renewed = await app.AccountsSqlAsync<string>("SELECT password_hash FROM accounts.users WHERE id = $1", id);
        Assert.NotEqual(cheap, renewed);
        Assert.Equal(RunningPatron.PasswordIterations, StoredHash.Read(renewed!).Iterations);
        await app.SignInAsync(email);
    }

    [Fact]
    public async Task The_token_of_a_member_of_many_organizations_names_twenty_of_them()
    {
        var person = await app.RegisterAsync();
        await app.AccountsSqlAsync<object>(
            """
            WITH made AS (INSERT INTO accounts.organizations (id, name, created_at) SELECT gen_random_uuid(), 'Branch', now() FROM generate_series(1, 24) RETURNING id)
            INSERT INTO accounts.memberships (organization_id, user_id, role, since) SELECT id, $1, 'employee', now() FROM made
            """, person.Id);
        var last = await app.AccountsSqlAsync<long>("SELECT max(o.number) FROM accounts.organizations o JOIN accounts.memberships m ON m.organization_id = o.id WHERE m.user_id = $1", person.Id);
        var signedIn = await app.SignInAsync(person.Email);
        var claims = AccountCalls.ClaimsOf(signedIn.Access);
        Assert.Equal(20, claims.GetProperty("memberships").GetArrayLength());
        Assert.Equal("employee", claims.GetProperty("user_role").GetString());
        await (await app.Accounts.SendAsync(HttpMethod.Get, $"/api/organizations/{last}/members/", signedIn)).ShouldBeAsync(HttpStatusCode.OK);
    }
}

public sealed class SigningInInOneProcess(OneProcess app) : SigningInTests(app), IClassFixture<OneProcess>;

public sealed class SigningInInAccountsAlone(AccountsAlone app) : SigningInTests(app), IClassFixture<AccountsAlone>;

/// <summary>These tests change the clock, so they have a separate class.</summary>
public abstract class WrongPasswordTests(PatronApp app)
{
    [Fact]
    public async Task After_ten_wrong_passwords_every_sign_in_is_delayed_more_and_more()
    {
        var person = await app.RegisterAsync();
        await app.SignInWrongAsync(person.Email, 10);
        app.Time.Shift -= TimeSpan.FromSeconds(30); // The delay of a second is not over yet, even on a slow machine.
        await ShouldWaitAsync(person.Email);
        app.Time.Shift += TimeSpan.FromSeconds(40);
        foreach (var pause in new[] { 2, 4, 8, 16, 32 })
        {
            await app.SignInWrongAsync(person.Email, 1);
            if (pause >= 8)
            {
                Assert.InRange((await ShouldWaitAsync(person.Email)).TotalSeconds, pause - 5, pause);
            }

            app.Time.Shift += TimeSpan.FromSeconds(pause);
        }

        await app.SignInAsync(person.Email);
        await app.SignInWrongAsync(person.Email, 2); // The right password has reset the count.
        await app.SignInAsync(person.Email);
    }

    [Fact]
    public async Task The_delay_is_at_most_a_quarter_of_an_hour()
    {
        var person = await app.RegisterAsync();
        await app.SignInWrongAsync(person.Email, 10);
        for (var i = 0; i < 10; i++)
        {
            app.Time.Shift += TimeSpan.FromMinutes(15);
            await app.SignInWrongAsync(person.Email, 1);
        }

        Assert.InRange((await ShouldWaitAsync(person.Email)).TotalSeconds, 890, 900);
        app.Time.Shift += TimeSpan.FromMinutes(15);
        await app.SignInAsync(person.Email);
    }

    [Fact]
    public async Task Unknown_addresses_are_delayed_in_the_same_way()
    {
        var known = (await app.RegisterAsync()).Email;
        var unknown = NewEmail("unknown");
        var bodies = new List<string>();
        foreach (var email in new[] { known, unknown })
        {
            await app.SignInWrongAsync(email, 10);
            app.Time.Shift -= TimeSpan.FromSeconds(30);
            var response = await app.TrySignInAsync(email, "not the password");
            await response.ShouldFailAsync(HttpStatusCode.TooManyRequests);
            bodies.Add((await response.Content.ReadAsStringAsync()).WithoutRequestId());
            app.Time.Shift += TimeSpan.FromSeconds(40);
        }

        Assert.Equal(bodies[0], bodies[1]);
    }

    [Fact]
    public async Task E_mail_and_user_name_share_one_count()
    {
        var email = NewEmail();
        var username = $"shared{Guid.NewGuid().ToString("N")[..8]}";
        await (await app.TryRegisterAsync(email, username: username)).ShouldBeAsync(HttpStatusCode.Created);
        await app.SignInWrongAsync(email, 5);
        await app.SignInWrongAsync(username, 5);
        app.Time.Shift -= TimeSpan.FromSeconds(30);
        await ShouldWaitAsync(email);
        await ShouldWaitAsync(username);
        app.Time.Shift += TimeSpan.FromSeconds(40);
    }

    [Fact]
    public async Task The_owner_of_a_delayed_account_can_still_reset_the_password()
    {
        var person = await app.RegisterAsync();
        await app.SignInWrongAsync(person.Email, 10);
        for (var i = 0; i < 4; i++)
        {
            app.Time.Shift += TimeSpan.FromMinutes(2);
            await app.SignInWrongAsync(person.Email, 1);
        }

        await ShouldWaitAsync(person.Email);
        var token = await app.ResetTokenAsync(person.Email);
        await (await app.ResetAsync(token)).ShouldBeAsync(HttpStatusCode.NoContent);
        await app.SignInAsync(person.Email, AccountCalls.OtherPassword);
    }

    [Fact]
    public async Task Concurrent_guesses_are_all_counted()
    {
        var person = await app.RegisterAsync();
        var answers = await AccountCalls.ConcurrentlyAsync(50, _ => app.TrySignInAsync(person.Email, "not the password"));
        Assert.InRange(answers.Count(HttpStatusCode.Unauthorized), 10, 14);
        // Requests that waited ten seconds for a core were 503 without a guess.
        Assert.Equal(50, answers.Count(HttpStatusCode.Unauthorized) + answers.Count(HttpStatusCode.TooManyRequests) + answers.Count(HttpStatusCode.ServiceUnavailable));
    }

    [Fact]
    public async Task A_wrong_current_password_counts_too()
    {
        var person = await app.RegisterAsync();
        await app.SignInWrongAsync(person.Email, 9);
        await (await app.PostAsync("password/change/", new { current_password = "wrong", password1 = AccountCalls.OtherPassword, password2 = AccountCalls.OtherPassword }, person))
            .ShouldFailAsync(HttpStatusCode.BadRequest);
        app.Time.Shift -= TimeSpan.FromSeconds(30);
        await ShouldWaitAsync(person.Email);
        app.Time.Shift += TimeSpan.FromSeconds(40);
    }

    private async Task<TimeSpan> ShouldWaitAsync(string login)
    {
        var response = await app.TrySignInAsync(login);
        await response.ShouldFailAsync(HttpStatusCode.TooManyRequests);
        return response.Headers.RetryAfter!.Delta!.Value;
    }
}

public sealed class WrongPasswordsInOneProcess(OneProcess app) : WrongPasswordTests(app), IClassFixture<OneProcess>;

public sealed class WrongPasswordsInAccountsAlone(AccountsAlone app) : WrongPasswordTests(app), IClassFixture<AccountsAlone>;
