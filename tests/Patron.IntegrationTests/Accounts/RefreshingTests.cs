using System.Buffers.Text;
using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Patron.Accounts.Sessions;
using Patron.IntegrationTests.Hosting;
using Patron.Shared.Secrets;

namespace Patron.IntegrationTests.Accounts;

public abstract class RefreshingTests(PatronApp app)
{
    [Fact]
    public async Task A_refresh_token_is_exchanged_for_its_successor_and_a_new_access_token()
    {
        var person = await app.RegisterAsync();
        var answer = await (await app.RefreshAsync(person.Refresh)).ShouldBeAsync(HttpStatusCode.OK);
        Assert.Equal(["access", "refresh"], answer.EnumerateObject().Select(field => field.Name));
        Assert.NotEqual(person.Refresh, answer.GetProperty("refresh").GetString());
        Assert.NotEqual(person.Access, answer.GetProperty("access").GetString());
        Assert.True(await app.Accounts.IsSignedInAsync(person with { Access = answer.GetProperty("access").GetString()! }));
        Assert.Equal(
            AccountCalls.ClaimsOf(person.Access).GetProperty("sid").GetString(), AccountCalls.ClaimsOf(answer.GetProperty("access").GetString()!).GetProperty("sid").GetString());
    }

    [Fact]
    public async Task Within_the_leeway_a_repeated_token_gets_the_same_successor()
    {
        var person = await app.RegisterAsync();
        var first = await app.RefreshedAsync(person);
        var second = await app.RefreshedAsync(person);
        Assert.Equal(first.Refresh, second.Refresh);
        await app.RefreshedAsync(first);
    }

    [Fact]
    public async Task Fifty_concurrent_refreshes_get_one_successor()
    {
        var person = await app.RegisterAsync();
        var answers = await AccountCalls.ConcurrentlyAsync(50, _ => app.RefreshAsync(person.Refresh));
        var successors = new HashSet<string>(StringComparer.Ordinal);
        foreach (var answer in answers)
        {
            successors.Add((await answer.ShouldBeAsync(HttpStatusCode.OK)).GetProperty("refresh").GetString()!);
        }

        await app.RefreshedAsync(person with { Refresh = Assert.Single(successors) });
    }

    [Fact]
    public async Task A_token_two_generations_old_ends_the_session()
    {
        var person = await app.RegisterAsync();
        var current = await app.RefreshedAsync(await app.RefreshedAsync(person));
        Assert.True(await app.Accounts.IsSignedInAsync(current));

        await (await app.RefreshAsync(person.Refresh)).ShouldFailAsync(HttpStatusCode.Unauthorized);

        await (await app.RefreshAsync(current.Refresh)).ShouldFailAsync(HttpStatusCode.Unauthorized);
        await AccountCalls.WithinAsync(TimeSpan.FromSeconds(2), async () => !await app.Accounts.IsSignedInAsync(current), "the access token stopped");
        Assert.Equal(1, await app.CountAuditEntriesAsync(person.Id, "session.reused"));
    }

    [Theory]
    [InlineData("")]
    [InlineData("garbage")]
    [InlineData("AZjA3gAAcACAAAAAAAAAAQ")]
    public async Task Texts_that_are_not_refresh_tokens_are_refused(string token)
    {
        var response = await app.RefreshAsync(token);
        if (token.Length == 0)
        {
            await response.ShouldBeInvalidAsync("refresh");
        }
        else
        {
            await response.ShouldFailAsync(HttpStatusCode.Unauthorized);
        }
    }

    [Fact]
    public async Task A_refresh_token_with_any_changed_bit_is_refused()
    {
        var person = await app.RegisterAsync();
        var bytes = Base64Url.DecodeFromChars(person.Refresh);
        for (var position = 0; position < bytes.Length; position++)
        {
            var forged = (byte[])bytes.Clone();
            forged[position] ^= (byte)(1 << (position % 8));
            await (await app.RefreshAsync(Base64Url.EncodeToString(forged))).ShouldFailAsync(HttpStatusCode.Unauthorized);
        }

        await app.RefreshedAsync(person); // None of them ended the session.
    }

    [Fact]
    public async Task A_token_of_another_installation_or_an_unknown_session_is_refused()
    {
        var person = await app.RegisterAsync();
        var session = Guid.Parse(AccountCalls.ClaimsOf(person.Access).GetProperty("sid").GetString()!);
        var foreign = new RefreshTokens(MasterKey.FromBase64(Convert.ToBase64String(new byte[32])));
        await (await app.RefreshAsync(foreign.Write(session, 0))).ShouldFailAsync(HttpStatusCode.Unauthorized);
        var own = app.Accounts.Services.GetRequiredService<RefreshTokens>();
        await (await app.RefreshAsync(own.Write(Guid.CreateVersion7(), 0))).ShouldFailAsync(HttpStatusCode.Unauthorized);
        await app.RefreshedAsync(person);
    }

    [Fact]
    public async Task Access_and_refresh_tokens_are_not_interchangeable()
    {
        var person = await app.RegisterAsync();
        await (await app.RefreshAsync(person.Access)).ShouldFailAsync(HttpStatusCode.Unauthorized);
        Assert.False(await app.Accounts.IsSignedInAsync(person with { Access = person.Refresh }));
    }

    [Fact]
    public async Task A_signed_out_session_cannot_be_refreshed()
    {
        var person = await app.RegisterAsync();
        await (await app.PostAsync("logout/", new { refresh = person.Refresh })).ShouldBeAsync(HttpStatusCode.NoContent);
        await (await app.RefreshAsync(person.Refresh)).ShouldFailAsync(HttpStatusCode.Unauthorized);
    }

    [Fact]
    public async Task A_refreshed_token_has_the_current_values_of_the_account()
    {
        var person = await app.RegisterAsync();
        await (await app.UpdateProfileAsync(person, new { first_name = "Janet" })).ShouldBeAsync(HttpStatusCode.OK);
        var refreshed = await app.RefreshedAsync(person);
        Assert.Equal("Janet", AccountCalls.ClaimsOf(refreshed.Access).GetProperty("first_name").GetString());
    }
}

public sealed class RefreshingInOneProcess(OneProcess app) : RefreshingTests(app), IClassFixture<OneProcess>;

public sealed class RefreshingInAccountsAlone(AccountsAlone app) : RefreshingTests(app), IClassFixture<AccountsAlone>;

/// <summary>These tests change the clock, so they have a separate class.</summary>
public abstract class RefreshingOverTimeTests(PatronApp app)
{
    [Fact]
    public async Task A_repeated_token_after_the_leeway_ends_the_session()
    {
        var person = await app.RegisterAsync();
        var current = await app.RefreshedAsync(person);
        app.Time.Shift += TimeSpan.FromSeconds(11);
        await (await app.RefreshAsync(person.Refresh)).ShouldFailAsync(HttpStatusCode.Unauthorized);
        await (await app.RefreshAsync(current.Refresh)).ShouldFailAsync(HttpStatusCode.Unauthorized);
        await AccountCalls.WithinAsync(TimeSpan.FromSeconds(2), async () => !await app.Accounts.IsSignedInAsync(current), "the access token stopped");
        Assert.Equal(1, await app.CountAuditEntriesAsync(person.Id, "session.reused"));
    }

    [Fact]
    public async Task An_access_token_expires_after_ten_minutes_and_the_session_continues()
    {
        var person = await app.RegisterAsync();
        app.Time.Shift += TimeSpan.FromMinutes(9);
        Assert.True(await app.Accounts.IsSignedInAsync(person));
        app.Time.Shift += TimeSpan.FromMinutes(2);
        Assert.False(await app.Accounts.IsSignedInAsync(person));
        Assert.True(await app.Accounts.IsSignedInAsync(await app.RefreshedAsync(person)));
    }

    [Fact]
    public async Task A_session_that_is_not_used_for_thirty_days_ends()
    {
        var person = await app.RegisterAsync();
        app.Time.Shift += TimeSpan.FromDays(29);
        person = await app.RefreshedAsync(person);
        app.Time.Shift += TimeSpan.FromDays(31);
        await (await app.RefreshAsync(person.Refresh)).ShouldFailAsync(HttpStatusCode.Unauthorized);
    }

    [Fact]
    public async Task A_session_ends_after_ninety_days_even_if_it_is_used()
    {
        var person = await app.RegisterAsync();
        for (var month = 0; month < 4; month++)
        {
            app.Time.Shift += TimeSpan.FromDays(22);
            person = await app.RefreshedAsync(person);
        }

        app.Time.Shift += TimeSpan.FromDays(3);
        await (await app.RefreshAsync(person.Refresh)).ShouldFailAsync(HttpStatusCode.Unauthorized);
    }
}

public sealed class RefreshingOverTimeInOneProcess(OneProcess app) : RefreshingOverTimeTests(app), IClassFixture<OneProcess>;

public sealed class RefreshingOverTimeInAccountsAlone(AccountsAlone app) : RefreshingOverTimeTests(app), IClassFixture<AccountsAlone>;
