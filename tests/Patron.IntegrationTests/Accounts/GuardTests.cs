using System.Net;
using Patron.IntegrationTests.Hosting;

namespace Patron.IntegrationTests.Accounts;

/// <summary>Rate limits by client address, and requests of foreign origins.</summary>
public abstract class GuardTests(PatronApp app)
{
    [Fact]
    public async Task Sign_ins_from_one_address_are_limited_per_minute()
    {
        await using var server = await app.StartAnotherAsync(("Limits:SignInsPerMinute", "5"));
        var statuses = new List<HttpStatusCode>();
        HttpResponseMessage last = null!;
        for (var i = 0; i < 6; i++)
        {
            last = await server.SendAsync(HttpMethod.Post, "/api/auth/token/refresh/", null, new { refresh = "garbage" });
            statuses.Add(last.StatusCode);
        }

        Assert.Equal(Enumerable.Repeat(HttpStatusCode.Unauthorized, 5), statuses.Take(5));
        await last.ShouldFailAsync(HttpStatusCode.TooManyRequests);
        Assert.InRange(last.Headers.RetryAfter!.Delta!.Value.TotalSeconds, 1, 60);
        await (await server.SendAsync(HttpMethod.Post, "/api/auth/login/", null, new { email = "x", password = "x" })).ShouldFailAsync(HttpStatusCode.TooManyRequests);
        await (await server.SendAsync(HttpMethod.Get, "/api/auth/profile/", await app.SharedPersonAsync())).ShouldBeAsync(HttpStatusCode.OK);
        await (await server.SendAsync(HttpMethod.Post, "/api/auth/password/forgot/", null, new { email = "x" })).ShouldBeAsync(HttpStatusCode.Accepted);
    }

    [Fact]
    public async Task Sign_ups_are_limited_per_minute_and_clients_cannot_forge_their_address()
    {
        await using var server = await app.StartAnotherAsync(("Limits:SignUpsPerMinute", "2"));
        for (var i = 0; i < 2; i++)
        {
            await (await RegisterAsync(i)).ShouldFailAsync(HttpStatusCode.UnprocessableEntity);
        }

        await (await RegisterAsync(3)).ShouldFailAsync(HttpStatusCode.TooManyRequests);

        Task<HttpResponseMessage> RegisterAsync(int number) =>
            server.SendAsync(HttpMethod.Post, "/api/auth/register/", null, new { }, ("X-Forwarded-For", $"203.0.113.{number}"));
    }

    [Fact]
    public async Task A_trusted_proxy_can_forward_the_client_address()
    {
        await using var server = await app.StartAnotherAsync(("Limits:SignUpsPerMinute", "1"), ("Proxies:Trusted:0", "127.0.0.0/8"));
        for (var number = 0; number < 3; number++)
        {
            var response = await server.SendAsync(HttpMethod.Post, "/api/auth/register/", null, new { }, ("X-Forwarded-For", $"203.0.113.{number}"));
            await response.ShouldFailAsync(HttpStatusCode.UnprocessableEntity);
        }
    }

    [Theory]
    [InlineData("Origin", "https://evil.example")]
    [InlineData("Origin", "null")]
    [InlineData("Origin", "http://127.0.0.1:1")]
    [InlineData("Sec-Fetch-Site", "cross-site")]
    [InlineData("Sec-Fetch-Site", "same-site")]
    public async Task A_page_of_a_foreign_origin_cannot_sign_in_or_up(string header, string value)
    {
        var person = await app.SharedPersonAsync();
        foreach (var path in new[] { "register/", "login/", "token/refresh/", "password/forgot/", "password/reset/", "email/verify/" })
        {
            await (await app.PostAsync(path, new { email = person.Email, password = person.Password }, null, (header, value))).ShouldFailAsync(HttpStatusCode.Forbidden);
        }
    }

    [Fact]
    public async Task The_own_origin_and_clients_without_an_origin_can_sign_in()
    {
        var person = await app.SharedPersonAsync();
        var own = app.Accounts.Address.GetLeftPart(UriPartial.Authority);
        foreach (var (name, value) in new[] { ("Origin", own), ("Origin", own.Replace("http:", "https:", StringComparison.Ordinal)), ("Sec-Fetch-Site", "same-origin"), ("Sec-Fetch-Site", "none") })
        {
            await (await app.PostAsync("login/", new { email = person.Email, password = person.Password }, null, (name, value))).ShouldBeAsync(HttpStatusCode.OK);
        }
    }

    [Fact]
    public async Task A_configured_origin_can_sign_in_and_passes_the_preflight_request()
    {
        const string FrontEnd = "https://app.example.com";
        var person = await app.SharedPersonAsync();
        await using var server = await app.StartAnotherAsync(("Limits:Origins:0", FrontEnd));
        var answer = await server.SendAsync(HttpMethod.Post, "/api/auth/login/", null, new { email = person.Email, password = person.Password }, ("Origin", FrontEnd), ("Sec-Fetch-Site", "cross-site"));
        await answer.ShouldBeAsync(HttpStatusCode.OK);
        Assert.Equal([FrontEnd], answer.Headers.GetValues("Access-Control-Allow-Origin"));

        var preflight = await PreflightAsync(FrontEnd);
        Assert.Equal(HttpStatusCode.NoContent, preflight.StatusCode);
        Assert.Equal([FrontEnd], preflight.Headers.GetValues("Access-Control-Allow-Origin"));
        Assert.Equal(["true"], preflight.Headers.GetValues("Access-Control-Allow-Credentials"));
        Assert.False((await PreflightAsync("https://evil.example")).Headers.Contains("Access-Control-Allow-Origin"));

        Task<HttpResponseMessage> PreflightAsync(string origin) => server.SendAsync(
            HttpMethod.Options, "/api/auth/login/", null, null,
            ("Origin", origin), ("Access-Control-Request-Method", "POST"), ("Access-Control-Request-Headers", "content-type,authorization"));
    }
}

public sealed class GuardsInOneProcess(OneProcess app) : GuardTests(app), IClassFixture<OneProcess>;

public sealed class GuardsInAccountsAlone(AccountsAlone app) : GuardTests(app), IClassFixture<AccountsAlone>;
