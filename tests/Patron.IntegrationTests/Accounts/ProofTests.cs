using System.Net;
using System.Text.Json;
using Npgsql;
using Patron.IntegrationTests.Hosting;
using Patron.Shared.Callers;
using static Patron.IntegrationTests.Hosting.Intents;

namespace Patron.IntegrationTests.Accounts;

/// <summary>Proof of a mailbox, and what happens to people who only typed its address (linking.md, 'Proof').</summary>
public abstract class ProofTests(PatronApp app)
{
    private sealed record Attacker(Person Person, string VerifyToken, string ApiKey, string PendingToken, string ResetToken);

    [Fact]
    public async Task The_token_and_the_account_s_session_prove_the_mailbox_once()
    {
        var person = await app.RegisterAsync();
        var token = (await app.MailAsync(person.Email)).Token;
        var answer = await (await app.PostAsync("email/verify/", new { token }, person)).ShouldBeAsync(HttpStatusCode.OK);
        Assert.Equal(person.Id, answer.GetProperty("id").GetGuid());
        Assert.True(answer.GetProperty("email_verified").GetBoolean());
        Assert.True(AccountCalls.ClaimsOf((await app.RefreshedAsync(person)).Access).GetProperty("email_verified").GetBoolean());
        Assert.Equal(1, await app.CountAuditEntriesAsync(person.Id, "email.verified"));
        await (await app.PostAsync("email/verify/", new { token }, person)).ShouldFailAsync(HttpStatusCode.BadRequest);
        Assert.Equal(1, await app.CountAuditEntriesAsync(person.Id, "email.verified"));
    }

    [Fact]
    public async Task The_token_and_the_account_s_password_prove_the_mailbox()
    {
        var person = await app.RegisterAsync();
        var token = (await app.MailAsync(person.Email)).Token;
        await (await app.PostAsync("email/verify/", new { token, password = "not the password" })).ShouldFailAsync(HttpStatusCode.Unauthorized);
        await (await app.PostAsync("email/verify/", new { token, password = person.Password })).ShouldBeAsync(HttpStatusCode.OK);
        Assert.True(await app.Accounts.IsSignedInAsync(person));
    }

    [Fact]
    public async Task The_token_alone_or_with_another_session_proves_nothing_and_stays_valid()
    {
        var person = await app.RegisterAsync();
        var stranger = await app.SharedPersonAsync();
        var token = (await app.MailAsync(person.Email)).Token;
        await (await app.PostAsync("email/verify/", new { token })).ShouldFailAsync(HttpStatusCode.Unauthorized);
        await (await app.PostAsync("email/verify/", new { token }, stranger)).ShouldFailAsync(HttpStatusCode.Unauthorized);
        await (await app.PostAsync("email/verify/", new { token, password = stranger.Password + "!" }, stranger)).ShouldFailAsync(HttpStatusCode.Unauthorized);
        var profile = await (await app.GetAsync("profile/", person)).ShouldBeAsync(HttpStatusCode.OK);
        Assert.False(profile.GetProperty("email_verified").GetBoolean());
        await (await app.PostAsync("email/verify/", new { token }, person)).ShouldBeAsync(HttpStatusCode.OK);
    }

    [Fact]
    public async Task The_token_with_a_new_password_takes_the_account_over_and_ends_all_other_access()
    {
        var attacker = await RegisterAttackerAsync();
        var token = attacker.VerifyToken;
        await (await app.PostAsync("email/verify/", new { token, password1 = "short", password2 = "short" })).ShouldBeInvalidAsync("password1");
        await (await app.PostAsync("email/verify/", new { token, password1 = "blue harbour 42", password2 = "blue harbour 43" })).ShouldFailAsync(HttpStatusCode.BadRequest);

        var answer = await (await app.PostAsync(
            "email/verify/", new { token, password1 = AccountCalls.OtherPassword, password2 = AccountCalls.OtherPassword })).ShouldBeAsync(HttpStatusCode.OK);

        Assert.True(answer.GetProperty("email_verified").GetBoolean());
        Assert.Equal(JsonValueKind.Null, answer.GetProperty("pending_email").ValueKind);
        await ShouldHaveNoAccessAsync(attacker);
        await (await app.ResetAsync(attacker.ResetToken, "a third good one")).ShouldFailAsync(HttpStatusCode.BadRequest);
    }

    [Fact]
    public async Task A_reset_of_an_unproven_account_proves_it_and_ends_all_other_access()
    {
        var attacker = await RegisterAttackerAsync();
        await (await app.ResetAsync(attacker.ResetToken)).ShouldBeAsync(HttpStatusCode.NoContent);
        await ShouldHaveNoAccessAsync(attacker);
        var owner = await app.SignInAsync(attacker.Person.Email, AccountCalls.OtherPassword);
        await (await app.PostAsync("email/verify/", new { token = attacker.VerifyToken }, owner)).ShouldFailAsync(HttpStatusCode.BadRequest);
    }

    [Fact]
    public async Task Another_account_s_session_does_not_weaken_a_takeover()
    {
        var attacker = await RegisterAttackerAsync();
        var stranger = await app.SharedPersonAsync();
        await (await app.PostAsync(
            "email/verify/", new { token = attacker.VerifyToken, password1 = AccountCalls.OtherPassword, password2 = AccountCalls.OtherPassword }, stranger)).ShouldBeAsync(HttpStatusCode.OK);
        await ShouldHaveNoAccessAsync(attacker);
    }

    [Fact]
    public async Task A_reset_of_a_proven_account_keeps_its_API_keys()
    {
        var person = await app.RegisterProvenAsync();
        var key = await KeyOfAsync(person);
        await (await app.ResetAsync(await app.ResetTokenAsync(person.Email))).ShouldBeAsync(HttpStatusCode.NoContent);
        await (await app.PostAsync("token/key/", null, null, ("X-Api-Key", key))).ShouldBeAsync(HttpStatusCode.OK);
        Assert.Equal(0, await app.CountAuditEntriesAsync(person.Id, "account.taken_over"));
    }

    [Fact]
    public async Task An_older_confirmation_token_of_a_proven_account_sets_no_password()
    {
        var person = await app.RegisterAsync();
        var older = (await app.MailAsync(person.Email)).Token;
        await (await app.PostAsync("email/resend/", null, person)).ShouldBeAsync(HttpStatusCode.Accepted);
        await AccountCalls.WithinAsync(TimeSpan.FromSeconds(10), () => Task.FromResult(app.MailsTo(person.Email).Count == 2), "the second mail came");
        await (await app.PostAsync("email/verify/", new { token = app.MailsTo(person.Email)[^1].Token }, person)).ShouldBeAsync(HttpStatusCode.OK);
        await (await app.PostAsync("email/verify/", new { token = older, password1 = AccountCalls.OtherPassword, password2 = AccountCalls.OtherPassword })).ShouldFailAsync(HttpStatusCode.BadRequest);
        await app.SignInAsync(person.Email);
    }

    [Fact]
    public async Task Of_fifty_concurrent_proofs_of_an_address_one_succeeds()
    {
        var person = await app.RegisterAsync();
        var token = (await app.MailAsync(person.Email)).Token;
        var answers = await AccountCalls.ConcurrentlyAsync(50, _ => app.PostAsync("email/verify/", new { token }, person));
        Assert.Equal(1, answers.Count(HttpStatusCode.OK));
        Assert.Equal(49, answers.Count(HttpStatusCode.BadRequest));
        Assert.Equal(1, await app.CountAuditEntriesAsync(person.Id, "email.verified"));
    }

    [Fact]
    public async Task A_takeover_fails_if_the_address_of_the_account_changes_meanwhile()
    {
        // The attacker has registered the victim's address with a pending address of their own, and proves that one while the victim's
        // reset runs.
        var attacker = await app.RegisterAsync(NewEmail("victim"));
        var reset = await app.ResetTokenAsync(attacker.Email);
        var ownAddress = NewEmail("attacker");
        await (await app.UpdateProfileAsync(attacker, new { email = ownAddress, current_password = attacker.Password })).ShouldBeAsync(HttpStatusCode.OK);
        var token = (await app.MailAsync(ownAddress)).Token;

        await using var rowLock = await LockRowAsync("SELECT FROM accounts.users WHERE id = $1 FOR UPDATE", attacker.Id);
        var moving = app.PostAsync("email/verify/", new { token }, attacker);
        await rowLock.WaitForBlockedAsync(1);
        var resetting = app.ResetAsync(reset);
        await rowLock.WaitForBlockedAsync(2);
        await rowLock.ReleaseAsync();

        await (await moving).ShouldBeAsync(HttpStatusCode.OK);
        await (await resetting).ShouldFailAsync(HttpStatusCode.BadRequest);
        await app.SignInAsync(ownAddress);
    }

    [Fact]
    public async Task A_password_change_that_started_before_a_reset_does_not_undo_it()
    {
        var person = await app.RegisterProvenAsync();
        var reset = await app.ResetTokenAsync(person.Email);

        await using var rowLock = await LockRowAsync("SELECT FROM accounts.users WHERE id = $1 FOR UPDATE", person.Id);
        var resetting = app.ResetAsync(reset);
        await rowLock.WaitForBlockedAsync(1);
        var changing = app.PostAsync(
            "password/change/", new { current_password = person.Password, password1 = "a third good one", password2 = "a third good one" }, person);
        await rowLock.WaitForBlockedAsync(2);
        await rowLock.ReleaseAsync();

        await (await resetting).ShouldBeAsync(HttpStatusCode.NoContent);
        await (await changing).ShouldFailAsync(HttpStatusCode.BadRequest);
        await app.SignInAsync(person.Email, AccountCalls.OtherPassword);
    }

    // Registers an address of another person, with every way to get back into the account.
    private async Task<Attacker> RegisterAttackerAsync()
    {
        var person = await app.RegisterAsync(NewEmail("victim"));
        var verify = (await app.MailAsync(person.Email, "confirm your email")).Token;
        var key = await KeyOfAsync(person);
        var pending = NewEmail("attacker");
        await (await app.UpdateProfileAsync(person, new { email = pending, current_password = person.Password })).ShouldBeAsync(HttpStatusCode.OK);
        return new Attacker(person, verify, key, (await app.MailAsync(pending)).Token, await app.ResetTokenAsync(person.Email));
    }

    private async Task ShouldHaveNoAccessAsync(Attacker attacker)
    {
        Assert.False(await app.Accounts.IsSignedInAsync(attacker.Person));
        await (await app.RefreshAsync(attacker.Person.Refresh)).ShouldFailAsync(HttpStatusCode.Unauthorized);
        await (await app.TrySignInAsync(attacker.Person.Email, attacker.Person.Password)).ShouldFailAsync(HttpStatusCode.Unauthorized);
        await (await app.PostAsync("token/key/", null, null, ("X-Api-Key", attacker.ApiKey))).ShouldFailAsync(HttpStatusCode.Unauthorized);
        var owner = await app.SignInAsync(attacker.Person.Email, AccountCalls.OtherPassword);
        var profile = await (await app.GetAsync("profile/", owner)).ShouldBeAsync(HttpStatusCode.OK);
        Assert.True(profile.GetProperty("email_verified").GetBoolean());
        Assert.Equal(JsonValueKind.Null, profile.GetProperty("pending_email").ValueKind);
        await (await app.PostAsync("email/verify/", new { token = attacker.PendingToken }, owner)).ShouldFailAsync(HttpStatusCode.BadRequest);
        await (await app.PostAsync("email/verify/", new { token = attacker.VerifyToken }, owner)).ShouldFailAsync(HttpStatusCode.BadRequest);
        Assert.Equal(1, await app.CountAuditEntriesAsync(attacker.Person.Id, "account.taken_over"));
        Assert.Equal(1, await app.CountAuditEntriesAsync(attacker.Person.Id, "email.verified"));
        Assert.Equal(1, await app.CountAuditEntriesAsync(attacker.Person.Id, "password.changed"));
    }

    private async Task<string> KeyOfAsync(Person person)
    {
        var organization = await app.OrganizationAsync();
        await app.MakeMemberAsync(person.Email, OrganizationRole.Vendor, organization);
        var created = await (await app.PostAsync("keys/", new { name = "left behind", scopes = new[] { "customers:read" } }, person, ("X-Organization", organization.ToString())))
            .ShouldBeAsync(HttpStatusCode.Created);
        var key = created.GetProperty("credentials").GetString()!;
        await (await app.PostAsync("token/key/", null, null, ("X-Api-Key", key))).ShouldBeAsync(HttpStatusCode.OK);
        return key;
    }

    private async Task<RowLock> LockRowAsync(string sql, Guid id)
    {
        var connection = new NpgsqlConnection(app.Accounts.ConnectionString);
        await connection.OpenAsync();
        var transaction = await connection.BeginTransactionAsync();
        await using var command = new NpgsqlCommand(sql, connection) { Parameters = { new() { Value = id } } };
        await command.ExecuteNonQueryAsync();
        return new RowLock(app, connection, transaction);
    }

    // Locks a row, so that the test decides which of two requests is first.
    private sealed class RowLock(PatronApp app, NpgsqlConnection connection, NpgsqlTransaction transaction) : IAsyncDisposable
    {
        public Task WaitForBlockedAsync(int requests) => app.WaitForBlockedSessionsAsync(requests);

        public Task ReleaseAsync() => transaction.RollbackAsync();

        public async ValueTask DisposeAsync()
        {
            await transaction.DisposeAsync();
            await connection.DisposeAsync();
        }
    }
}

public sealed class ProofInOneProcess(OneProcess app) : ProofTests(app), IClassFixture<OneProcess>;

public sealed class ProofInAccountsAlone(AccountsAlone app) : ProofTests(app), IClassFixture<AccountsAlone>;
