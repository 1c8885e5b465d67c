using System.Net;
using System.Text.Json;
using Patron.IntegrationTests.Hosting;

namespace Patron.IntegrationTests.Accounts;

public abstract class SessionTests(PatronApp app)
{
    [Fact]
    public async Task Verifying_a_valid_token_returns_an_empty_object_and_other_texts_are_refused()
    {
        var person = await app.SharedPersonAsync();
        var answer = await (await app.PostAsync("token/verify/", new { token = person.Access })).ShouldBeAsync(HttpStatusCode.OK);
        Assert.Empty(answer.EnumerateObject());
        foreach (var token in new[] { person.Refresh, person.Access + "x", person.Access[..^3] + "AAA", "a.b.c", "garbage" })
        {
            await (await app.PostAsync("token/verify/", new { token })).ShouldFailAsync(HttpStatusCode.Unauthorized);
        }

        await (await app.PostAsync("token/verify/", new { })).ShouldBeInvalidAsync("token");
    }

    [Fact]
    public async Task Signing_out_ends_the_access_token_at_once_and_can_be_repeated()
    {
        var person = await app.RegisterAsync();
        Assert.True(await app.Accounts.IsSignedInAsync(person));
        var response = await app.PostAsync("logout/", new { refresh = person.Refresh });
        Assert.Equal(HttpStatusCode.NoContent, response.StatusCode);
        Assert.Empty(await response.Content.ReadAsByteArrayAsync());
        Assert.False(await app.Accounts.IsSignedInAsync(person));
        await (await app.PostAsync("token/verify/", new { token = person.Access })).ShouldFailAsync(HttpStatusCode.Unauthorized);
        await (await app.PostAsync("logout/", new { refresh = person.Refresh })).ShouldBeAsync(HttpStatusCode.NoContent);
        Assert.Equal(1, await app.CountAuditEntriesAsync(person.Id, "session.signed_out"));
    }

    [Fact]
    public async Task Signing_out_needs_a_refresh_token_of_this_service()
    {
        await (await app.PostAsync("logout/", new { refresh = "garbage" })).ShouldFailAsync(HttpStatusCode.Unauthorized);
        await (await app.PostAsync("logout/", new { })).ShouldBeInvalidAsync("refresh");
    }

    [Fact]
    public async Task The_own_account_is_401_without_valid_credentials()
    {
        var person = await app.SharedPersonAsync();
        var response = await app.GetAsync("profile/");
        await response.ShouldFailAsync(HttpStatusCode.Unauthorized);
        Assert.Equal("Bearer", response.Headers.WwwAuthenticate.ToString());
        foreach (var header in new[] { "Bearer", "Bearer ", "Bearer x.y.z", $"Basic {person.Access}", person.Access, "token", "token a:b" })
        {
            await (await app.GetAsync("profile/", null, ("Authorization", header))).ShouldFailAsync(HttpStatusCode.Unauthorized);
        }

        await (await app.GetAsync("profile/", null, ("Authorization", $"bearer  {person.Access} "))).ShouldBeAsync(HttpStatusCode.OK);
    }

    [Fact]
    public async Task Sessions_are_listed_with_their_origin_the_last_used_first()
    {
        var person = await app.RegisterAsync();
        var login = await app.PostAsync("login/", new { email = person.Email, password = person.Password }, null, ("User-Agent", "Phone/1.0"));
        var phone = person with { Access = (await login.ShouldBeAsync(HttpStatusCode.OK)).GetProperty("access_token").GetString()! };
        var sessions = (await (await app.GetAsync("sessions/", phone)).ShouldBeAsync(HttpStatusCode.OK)).EnumerateArray().ToList();
        Assert.Equal(2, sessions.Count);
        Assert.Equal(["id", "created_at", "last_used_at", "address", "user_agent", "current"], sessions[0].EnumerateObject().Select(field => field.Name));
        Assert.Equal([true, false], sessions.Select(session => session.GetProperty("current").GetBoolean()));
        Assert.Equal("Phone/1.0", sessions[0].GetProperty("user_agent").GetString());
        Assert.Equal(JsonValueKind.Null, sessions[1].GetProperty("user_agent").ValueKind);
        Assert.All(sessions, session => Assert.Equal("127.0.0.1", session.GetProperty("address").GetString()));
        Assert.All(sessions, session => Assert.EndsWith("Z", session.GetProperty("created_at").GetString(), StringComparison.Ordinal));

        var first = sessions[1].GetProperty("id").GetGuid();
        await (await app.DeleteAsync($"sessions/{first}/", phone)).ShouldBeAsync(HttpStatusCode.NoContent);
        Assert.False(await app.Accounts.IsSignedInAsync(person));
        Assert.True(await app.Accounts.IsSignedInAsync(phone));
        await (await app.DeleteAsync($"sessions/{first}/", phone)).ShouldFailAsync(HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task Ending_all_other_sessions_keeps_the_current_one()
    {
        var person = await app.RegisterAsync();
        var other = await app.SignInAsync(person.Email);
        await (await app.DeleteAsync("sessions/", other)).ShouldBeAsync(HttpStatusCode.NoContent);
        Assert.False(await app.Accounts.IsSignedInAsync(person));
        Assert.True(await app.Accounts.IsSignedInAsync(other));
        await (await app.RefreshAsync(person.Refresh)).ShouldFailAsync(HttpStatusCode.Unauthorized);
        await app.RefreshedAsync(other);
        Assert.Equal(1, await app.CountAuditEntriesAsync(person.Id, "session.ended"));
    }

    [Fact]
    public async Task A_session_of_another_account_is_404_and_continues()
    {
        var stranger = await app.RegisterAsync();
        var person = await app.RegisterAsync();
        var session = AccountCalls.ClaimsOf(person.Access).GetProperty("sid").GetString();
        await (await app.DeleteAsync($"sessions/{session}/", stranger)).ShouldFailAsync(HttpStatusCode.NotFound);
        await (await app.DeleteAsync($"sessions/{Guid.NewGuid()}/", stranger)).ShouldFailAsync(HttpStatusCode.NotFound);
        await (await app.DeleteAsync("sessions/everything/", stranger)).ShouldFailAsync(HttpStatusCode.NotFound);
        Assert.True(await app.Accounts.IsSignedInAsync(person));
        var own = await (await app.GetAsync("sessions/", stranger)).ShouldBeAsync(HttpStatusCode.OK);
        Assert.Equal(1, own.GetArrayLength());
    }

    [Fact]
    public async Task A_client_with_a_very_long_user_agent_can_sign_in()
    {
        var person = await app.SharedPersonAsync();
        using var request = new HttpRequestMessage(HttpMethod.Post, "/api/auth/login/") { Content = AccountCalls.Raw($$"""{"email": "{{person.Email}}", "password": "{{person.Password}}"}""") };
        request.Headers.TryAddWithoutValidation("User-Agent", new string('x', 255) + "😀 and more");
        using var client = new HttpClient(new SocketsHttpHandler { RequestHeaderEncodingSelector = (_, _) => System.Text.Encoding.UTF8 }) { BaseAddress = app.Accounts.Address };
        await (await client.SendAsync(request)).ShouldBeAsync(HttpStatusCode.OK);
    }
}

public sealed class SessionsInOneProcess(OneProcess app) : SessionTests(app), IClassFixture<OneProcess>;

public sealed class SessionsInAccountsAlone(AccountsAlone app) : SessionTests(app), IClassFixture<AccountsAlone>;
