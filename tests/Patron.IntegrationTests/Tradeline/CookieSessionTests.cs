using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Patron.Accounts.Sessions;
using Patron.IntegrationTests.Accounts;
using Patron.IntegrationTests.Customers;
using Patron.IntegrationTests.Hosting;
using Patron.Shared.Callers;
using static Patron.IntegrationTests.Tradeline.TradelineCalls;

namespace Patron.IntegrationTests.Tradeline;

/// <summary>The session cookie: its person, lifetime and permitted origins.</summary>
public sealed class CookieSessionTests(OneProcess app) : IClassFixture<OneProcess>
{
    [Fact]
    public async Task Cookie_authenticates_its_person_in_the_whole_API()
    {
        var staff = await app.StaffAsync();
        var cookie = ByCookie(await app.CookieAsync(staff.Email));

        var account = await (await app.GetAsync("profile/", null, cookie)).ShouldBeAsync(HttpStatusCode.OK);
        Assert.Equal(staff.Id, account.GetProperty("id").GetGuid());
        await (await app.Accounts.SendAsync(HttpMethod.Patch, "/api/auth/profile/update/", null, new { phone_number = "+1-555-0199" }, cookie)).ShouldBeAsync(HttpStatusCode.OK);
        await (await app.Accounts.SendAsync(HttpMethod.Post, CustomerIntents.Api, null, CustomerIntents.JohnDoe(), cookie)).ShouldBeAsync(HttpStatusCode.Created);
        await (await app.Accounts.SendAsync(HttpMethod.Get, CustomerIntents.Api, null, null, cookie)).ShouldBeAsync(HttpStatusCode.OK);
        var me = await (await app.GetMethodAsync($"{Auth}get_current_user", null, cookie)).ShouldBeAsync(HttpStatusCode.OK);
        Assert.Equal(staff.Email, me.GetProperty("user").Text("email"));
    }

    [Fact]
    public async Task Cookie_is_HttpOnly_SameSite_and_expires_with_its_session()
    {
        var person = await app.SharedPersonAsync();
        using var response = await app.PostMethodAsync($"{Frappe}login", new { usr = person.Email, pwd = person.Password });
        var cookie = response.Cookie("sid");

        Assert.True(cookie.HttpOnly);
        Assert.Equal(Microsoft.Net.Http.Headers.SameSiteMode.Lax, cookie.SameSite);
        Assert.Equal(("/", TimeSpan.FromDays(90)), (cookie.Path.ToString(), cookie.MaxAge));
        Assert.False(cookie.Secure);
        Assert.Matches("^[A-Za-z0-9_-]{64}$", cookie.Value.ToString());
        Assert.All(response.Cookies().Where(other => other.Name != "sid"), other => Assert.False(other.HttpOnly));
    }

    [Fact]
    public async Task Cookie_set_over_https_is_secure()
    {
        var person = await app.SharedPersonAsync();
        await using var server = await app.StartAnotherAsync(("Proxies:Trusted:0", "127.0.0.0/8"));
        using var response = await server.SendAsync(
            HttpMethod.Post, $"{Frappe}login", null, new { usr = person.Email, pwd = person.Password }, ("X-Forwarded-Proto", "https"), ("X-Forwarded-For", "203.0.113.1"));

        await response.ShouldBeAsync(HttpStatusCode.OK);
        Assert.All(response.Cookies(), cookie => Assert.True(cookie.Secure));
    }

    [Fact]
    public async Task Forged_cookie_is_anonymous_and_not_an_error()
    {
        var sid = await app.CookieAsync((await app.SharedPersonAsync()).Email);
        var other = sid[0] == 'A' ? 'B' : 'A';
        foreach (var forged in new[] { "Guest", "", "x", sid + "A", sid[1..], other + sid[1..], sid[..^2] + (sid.EndsWith("AA", StringComparison.Ordinal) ? "BB" : "AA"), "%00", new string('a', 5000) })
        {
            Assert.False(await app.IsSignedInAsync(forged), forged);
            var problem = await (await app.GetAsync("profile/", null, ByCookie(forged))).ShouldFailAsync(HttpStatusCode.Unauthorized);
            Assert.StartsWith("Sign in first", problem.Text("detail"), StringComparison.Ordinal);
            await (await app.PostAsync("login/", new { email = "nobody@tests.example", password = "x" }, null, ByCookie(forged))).ShouldFailAsync(HttpStatusCode.Unauthorized);
            await (await app.GetMethodAsync("/health", null, ByCookie(forged))).ShouldBeAsync(HttpStatusCode.OK);
        }
    }

    [Fact]
    public async Task Credentials_in_a_header_take_precedence_over_the_cookie()
    {
        var cookie = ByCookie(await app.CookieAsync((await app.SharedPersonAsync()).Email));
        var other = await app.RegisterAsync();

        var account = await (await app.GetAsync("profile/", other, cookie)).ShouldBeAsync(HttpStatusCode.OK);
        Assert.Equal(other.Id, account.GetProperty("id").GetGuid());
        foreach (var (name, value) in new[] { ("Authorization", "Bearer garbage"), ("Authorization", "token a:b"), ("Authorization", "Basic YTpi"), ("X-Api-Key", "a:b") })
        {
            await (await app.GetAsync("profile/", null, cookie, (name, value))).ShouldFailAsync(HttpStatusCode.Unauthorized);
        }

        await (await app.GetAsync("profile/", null, cookie, ("X-Api-Key", await app.ApiKeyAsync()))).ShouldFailAsync(HttpStatusCode.Forbidden);
    }

    [Theory]
    [InlineData("Origin", "https://evil.example")]
    [InlineData("Origin", "null")]
    [InlineData("Origin", "http://127.0.0.1:1")]
    [InlineData("Sec-Fetch-Site", "cross-site")]
    [InlineData("Sec-Fetch-Site", "same-site")]
    public async Task Foreign_origin_cannot_write_with_a_cookie(string header, string value)
    {
        var staff = await app.StaffAsync();
        var sid = await app.CookieAsync(staff.Email);
        var customer = await app.CreateCustomerAsync(staff);
        (HttpMethod Method, string Path, object? Body)[] writes =
        [
            (HttpMethod.Patch, "/api/auth/profile/update/", new { first_name = "Mallory" }),
            (HttpMethod.Delete, "/api/auth/sessions/", null),
            (HttpMethod.Post, CustomerIntents.Api, CustomerIntents.JohnDoe()),
            (HttpMethod.Put, $"{CustomerIntents.Api}{customer.Id()}", new { first_name = "Mallory" }),
            (HttpMethod.Delete, $"{CustomerIntents.Api}{customer.Id()}", null),
            (HttpMethod.Post, $"{Auth}update_profile", new { full_name = "Mallory Doe" }),
            (HttpMethod.Post, $"{Auth}logout", null),
            (HttpMethod.Post, $"{Frappe}logout", null),
            (HttpMethod.Post, "/", new { cmd = "logout" }),
            (HttpMethod.Post, "/api/organizations/1/members/", new { email = Intents.NewEmail(), role = "vendor" }),
        ];
        foreach (var (method, path, body) in writes)
        {
            await (await app.Accounts.SendAsync(method, path, null, body, ByCookie(sid), (header, value))).ShouldBeAsync(HttpStatusCode.Forbidden);
        }

        // Reading is allowed (the browser hides the answer from the page), and nothing has changed.
        var account = await (await app.GetAsync("profile/", null, ByCookie(sid), (header, value))).ShouldBeAsync(HttpStatusCode.OK);
        Assert.Equal("Jane", account.Text("first_name"));
        Assert.Equal("John", (await app.ReadCustomerAsync(staff, customer.Id())).Text("first_name"));
    }

    [Fact]
    public async Task Token_is_accepted_from_every_origin_and_a_cookie_only_from_our_own()
    {
        var person = await app.RegisterAsync();
        var cookie = ByCookie(await app.CookieAsync(person.Email));
        var own = app.Accounts.Address.GetLeftPart(UriPartial.Authority);

        await (await UpdateAsync(person, ("Origin", "https://evil.example"))).ShouldBeAsync(HttpStatusCode.OK);
        await (await UpdateAsync(person, ("Origin", "https://evil.example"), cookie)).ShouldBeAsync(HttpStatusCode.OK);
        foreach (var (name, value) in new[] { ("Origin", own), ("Sec-Fetch-Site", "same-origin"), ("Sec-Fetch-Site", "none"), ("X-Nothing", "of that") })
        {
            await (await UpdateAsync(null, (name, value), cookie)).ShouldBeAsync(HttpStatusCode.OK);
        }

        Task<HttpResponseMessage> UpdateAsync(Person? who, params (string Name, string Value)[] headers) =>
            app.Accounts.SendAsync(HttpMethod.Patch, "/api/auth/profile/update/", who, new { first_name = "Janet" }, headers);
    }

    [Fact]
    public async Task Configured_origin_can_write_with_a_cookie()
    {
        const string FrontEnd = "https://app.example.com";
        var cookie = ByCookie(await app.CookieAsync((await app.SharedPersonAsync()).Email));
        await using var server = await app.StartAnotherAsync(("Limits:Origins:0", FrontEnd));

        await (await server.SendAsync(HttpMethod.Patch, "/api/auth/profile/update/", null, new { }, cookie, ("Origin", FrontEnd))).ShouldBeAsync(HttpStatusCode.OK);
        await (await server.SendAsync(HttpMethod.Patch, "/api/auth/profile/update/", null, new { }, cookie, ("Origin", "https://evil.example"))).ShouldBeAsync(HttpStatusCode.Forbidden);
    }

    [Fact]
    public async Task Cookie_ends_with_its_session_immediately()
    {
        var person = await app.RegisterAsync();
        var sid = await app.CookieAsync(person.Email);
        await (await app.DeleteAsync("sessions/", person)).ShouldBeAsync(HttpStatusCode.NoContent);
        Assert.False(await app.IsSignedInAsync(sid));

        sid = await app.CookieAsync(person.Email);
        await (await app.PostAsync("password/change/", new { current_password = person.Password, password1 = AccountCalls.OtherPassword, password2 = AccountCalls.OtherPassword }, person))
            .ShouldBeAsync(HttpStatusCode.NoContent);
        Assert.False(await app.IsSignedInAsync(sid));

        sid = await app.CookieAsync(person.Email, AccountCalls.OtherPassword);
        Assert.True(await app.IsSignedInAsync(sid));
        await app.DisableAsync(person.Email);
        Assert.False(await app.IsSignedInAsync(sid));
    }

    [Fact]
    public async Task Sign_out_of_other_sessions_keeps_the_session_of_the_cookie()
    {
        var person = await app.RegisterAsync();
        var sid = await app.CookieAsync(person.Email);

        await (await app.DeleteAsync("sessions/", null, ByCookie(sid))).ShouldBeAsync(HttpStatusCode.NoContent);

        Assert.False(await app.Accounts.IsSignedInAsync(person));
        Assert.True(await app.IsSignedInAsync(sid));
        var sessions = await (await app.GetAsync("sessions/", null, ByCookie(sid))).ShouldBeAsync(HttpStatusCode.OK);
        Assert.True(Assert.Single(sessions.EnumerateArray()).GetProperty("current").GetBoolean());
    }
}

/// <summary>The lifetime of a session that is used by cookie only. These tests move the clock.</summary>
public sealed class CookieLifeTests(OneProcess app) : IClassFixture<OneProcess>
{
    [Fact]
    public async Task Used_cookie_keeps_its_session_until_the_maximum_lifetime()
    {
        var sid = await app.CookieAsync((await app.RegisterAsync()).Email);
        for (var month = 0; month < 3; month++)
        {
            app.Time.Shift += TimeSpan.FromDays(29);
            Assert.True(await app.IsSignedInAsync(sid), $"after {29 * (month + 1)} days");
        }

        app.Time.Shift += TimeSpan.FromDays(4);
        Assert.False(await app.IsSignedInAsync(sid));
    }

    [Fact]
    public async Task Cookie_unused_for_the_idle_lifetime_is_anonymous()
    {
        var sid = await app.CookieAsync((await app.RegisterAsync()).Email);
        app.Time.Shift += TimeSpan.FromDays(30);
        Assert.False(await app.IsSignedInAsync(sid));
    }

    [Fact]
    public async Task Use_is_recorded_at_most_once_an_hour_with_its_origin()
    {
        var person = await app.RegisterAsync();
        var sid = await app.CookieAsync(person.Email);
        var began = await LastUsedAsync();
        foreach (var minutes in new[] { 20, 39 })
        {
            app.Time.Shift += TimeSpan.FromMinutes(minutes);
            Assert.True(await app.IsSignedInAsync(sid));
            Assert.Equal(began, await LastUsedAsync());
        }

        app.Time.Shift += TimeSpan.FromMinutes(2);
        await (await app.GetAsync("profile/", null, ByCookie(sid), ("User-Agent", "another/1.0"))).ShouldBeAsync(HttpStatusCode.OK);
        Assert.InRange(await LastUsedAsync() - began, TimeSpan.FromMinutes(60), TimeSpan.FromMinutes(63));
        Assert.Equal("another/1.0", await app.AccountsSqlAsync<string>("SELECT user_agent FROM accounts.sessions WHERE user_id = $1 ORDER BY last_used_at DESC LIMIT 1", person.Id));

        Task<DateTime> LastUsedAsync() => app.AccountsSqlAsync<DateTime>("SELECT max(last_used_at) FROM accounts.sessions WHERE user_id = $1", person.Id);
    }
}

/// <summary>The accounts service accepts the cookie; the customers service accepts only tokens and ignores it.</summary>
public sealed class CookiesOfTwoServicesTests(TwoServices app) : IClassFixture<TwoServices>
{
    [Fact]
    public async Task Cookie_is_anonymous_at_the_customers_service()
    {
        var staff = await app.StaffAsync();
        await using var scope = app.Accounts.Services.CreateAsyncScope();
        var signedIn = await scope.ServiceProvider.GetRequiredService<SignInAs>().HandleAsync(Caller.System(app.Home()), staff.Email, CancellationToken.None);
        var sid = scope.ServiceProvider.GetRequiredService<SessionCookies>().For(signedIn.Value).Value;

        Assert.True(await app.IsSignedInAsync(sid));
        await (await app.Customers.SendAsync(HttpMethod.Get, CustomerIntents.Api, staff)).ShouldBeAsync(HttpStatusCode.OK);
        await (await app.Customers.SendAsync(HttpMethod.Get, CustomerIntents.Api, null, null, ByCookie(sid))).ShouldBeAsync(HttpStatusCode.Unauthorized);
    }
}
