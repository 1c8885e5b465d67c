using System.Net;
using Patron.IntegrationTests.Hosting;
using Patron.Shared.Callers;

namespace Patron.IntegrationTests.Accounts;

/// <summary>Two processes on one database: what ends in one ends in the other within a second (design, 'Security, as numbers').</summary>
public abstract class OtherProcessTests(PatronApp app)
{
    // One second for the cache, and one for a slow machine.
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(2);

    [Fact]
    public async Task A_sign_out_takes_effect_in_the_other_process()
    {
        var person = await app.RegisterAsync();
        await using var other = await app.StartAnotherAsync();
        Assert.True(await other.IsSignedInAsync(person));
        await (await app.PostAsync("logout/", new { refresh = person.Refresh })).ShouldBeAsync(HttpStatusCode.NoContent);
        await AccountCalls.WithinAsync(Timeout, async () => !await other.IsSignedInAsync(person), "the sign-out counts");
    }

    [Fact]
    public async Task A_changed_password_ends_all_other_sessions_in_the_other_process()
    {
        var person = await app.RegisterAsync();
        var changing = await app.SignInAsync(person.Email);
        await using var other = await app.StartAnotherAsync();
        Assert.True(await other.IsSignedInAsync(person));
        await (await app.PostAsync(
            "password/change/", new { current_password = person.Password, password1 = AccountCalls.OtherPassword, password2 = AccountCalls.OtherPassword }, changing)).ShouldBeAsync(HttpStatusCode.NoContent);
        await AccountCalls.WithinAsync(Timeout, async () => !await other.IsSignedInAsync(person), "the other session ended");
        Assert.True(await other.IsSignedInAsync(changing));
    }

    [Fact]
    public async Task A_disabled_account_is_refused_in_the_other_process()
    {
        var person = await app.RegisterAsync();
        await using var other = await app.StartAnotherAsync();
        Assert.True(await other.IsSignedInAsync(person));
        await app.DisableAsync(person.Email);
        await AccountCalls.WithinAsync(Timeout, async () => !await other.IsSignedInAsync(person), "the account is off");
    }

    [Fact]
    public async Task A_removed_membership_ends_in_the_other_process()
    {
        var organization = await app.OrganizationAsync();
        var owner = await app.RegisterAsync();
        var member = await app.RegisterAsync();
        await app.MakeMemberAsync(owner.Email, OrganizationRole.Vendor, organization);
        await app.MakeMemberAsync(member.Email, OrganizationRole.Employee, organization);
        await using var other = await app.StartAnotherAsync();
        Assert.Equal(HttpStatusCode.OK, await SeesMembersAsync());
        await (await app.Accounts.SendAsync(HttpMethod.Delete, $"/api/organizations/{organization}/members/{member.Id}/", owner)).ShouldBeAsync(HttpStatusCode.NoContent);
        await AccountCalls.WithinAsync(Timeout, async () => await SeesMembersAsync() == HttpStatusCode.NotFound, "the membership ended");

        async Task<HttpStatusCode> SeesMembersAsync() =>
            (await other.SendAsync(HttpMethod.Get, $"/api/organizations/{organization}/members/", member)).StatusCode;
    }

    [Fact]
    public async Task A_revoked_API_key_is_refused_in_the_other_process()
    {
        var admin = await app.AdminAsync();
        var created = await (await app.PostAsync("keys/", new { name = "shop", scopes = new[] { "customers:read" } }, admin)).ShouldBeAsync(HttpStatusCode.Created);
        var credentials = created.GetProperty("credentials").GetString()!;
        await using var other = await app.StartAnotherAsync();
        Assert.Equal(HttpStatusCode.OK, await UseAsync());
        await (await app.DeleteAsync($"keys/{created.GetProperty("id").GetGuid()}/", admin)).ShouldBeAsync(HttpStatusCode.NoContent);
        await AccountCalls.WithinAsync(Timeout, async () => await UseAsync() == HttpStatusCode.Unauthorized, "the key ended");

        async Task<HttpStatusCode> UseAsync() => (await other.SendAsync(HttpMethod.Post, "/api/auth/token/key/", null, null, ("X-Api-Key", credentials))).StatusCode;
    }

    [Fact]
    public async Task Processes_accept_each_others_tokens_and_share_the_count_of_wrong_passwords()
    {
        var person = await app.RegisterAsync();
        await using var other = await app.StartAnotherAsync();
        var answer = await (await other.SendAsync(HttpMethod.Post, "/api/auth/token/refresh/", null, new { refresh = person.Refresh })).ShouldBeAsync(HttpStatusCode.OK);
        Assert.True(await app.Accounts.IsSignedInAsync(person with { Access = answer.GetProperty("access").GetString()! }));
        var guesses = await Task.WhenAll(Enumerable.Range(0, 30).Select(number => (number % 2 == 0 ? app.Accounts : other).SendAsync(
            HttpMethod.Post, "/api/auth/login/", null, new { email = person.Email, password = "not the password" })));
        Assert.InRange(guesses.Count(HttpStatusCode.Unauthorized), 10, 16);
    }
}

public sealed class OtherProcessInOneProcess(OneProcess app) : OtherProcessTests(app), IClassFixture<OneProcess>;

public sealed class OtherProcessInAccountsAlone(AccountsAlone app) : OtherProcessTests(app), IClassFixture<AccountsAlone>;
