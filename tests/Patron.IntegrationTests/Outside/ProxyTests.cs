using System.Net;
using System.Net.Http.Json;
using System.Text.RegularExpressions;
using Patron.IntegrationTests.Accounts;
using Patron.IntegrationTests.Crm;
using Patron.IntegrationTests.Customers;
using Patron.IntegrationTests.Hosting;
using Patron.IntegrationTests.Tradeline;

namespace Patron.IntegrationTests.Outside;

/// <summary>Patron behind one or several reverse proxies.</summary>
public sealed partial class ProxyTests(OneProcess app) : IClassFixture<OneProcess>
{
    private const string Client = "203.0.113.9";
    private static readonly (string, string)[] OneProxy = [("Proxies:Trusted:0", "127.0.0.1")];

    // The last proxy is the peer of the connection, 127.0.0.1.
    [Theory]
    [InlineData("", Client, Client)]
    [InlineData("", $"198.51.100.1, {Client}", Client)]
    [InlineData("10.0.0.0/8", $"{Client}, 10.1.2.3", Client)]
    [InlineData("10.0.0.0/8", $"198.51.100.1, {Client}, 10.1.2.3", Client)]
    [InlineData("10.0.0.0/8", $"10.9.9.9, {Client}, 10.1.2.3", Client)]
    [InlineData("10.0.0.0/8 192.168.7.7", $"{Client}, 192.168.7.7, 10.1.2.3", Client)]
    [InlineData("10.0.0.0/8 192.168.7.7", $"198.51.100.1, {Client},192.168.7.7 ,10.1.2.3", Client)]
    [InlineData("10.0.0.0/8", $"{Client}, 192.168.7.7, 10.1.2.3", "192.168.7.7")]
    [InlineData("", $"{Client}:5123", Client)]
    [InlineData("", "[2001:db8::7]:5123", "2001:db8::7")]
    [InlineData("", "2001:db8::7", "2001:db8::7")]
    [InlineData("", "::ffff:203.0.113.9", Client)]
    [InlineData("fd00::/8", $"{Client}, fd00::5", Client)]
    [InlineData("", $"{Client}, garbage", "127.0.0.1")]
    [InlineData("10.0.0.0/8", $"{Client}, garbage, 10.1.2.3", "10.1.2.3")]
    [InlineData("", "", "127.0.0.1")]
    public async Task Client_is_the_last_address_that_is_not_a_trusted_proxy(string trusted, string forwardedFor, string expected)
    {
        var others = trusted.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select((proxy, index) => ($"Proxies:Trusted:{index + 1}", proxy));
        await using var server = await app.StartAnotherAsync([.. OneProxy, .. others]);

        Assert.Equal(expected, await AddressSeenAsync(server, forwardedFor));
    }

    [Fact]
    public async Task Without_trusted_proxies_the_headers_are_ignored()
    {
        Assert.Equal("127.0.0.1", await AddressSeenAsync(app.Accounts, Client));

        using var page = await SendAsync(app.Accounts, "/login", ("X-Forwarded-For", Client), ("X-Forwarded-Host", "evil.example"), ("X-Forwarded-Prefix", "/evil"), ("X-Forwarded-Proto", "https"));
        Assert.DoesNotContain("/evil", await page.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.All(page.Cookies(), cookie => Assert.False(cookie.Secure));
    }

    [Fact]
    public async Task Clients_of_one_IPv6_network_share_a_limit()
    {
        await using var server = await app.StartAnotherAsync([.. OneProxy, ("Limits:SignUpsPerMinute", "2")]);

        await RegisterAsync("2001:db8:1:2::1", HttpStatusCode.UnprocessableEntity);
        await RegisterAsync("2001:db8:1:2:ffff::7", HttpStatusCode.UnprocessableEntity);
        await RegisterAsync("2001:db8:1:2:aaaa::7", HttpStatusCode.TooManyRequests);
        await RegisterAsync("2001:db8:1:3::1", HttpStatusCode.UnprocessableEntity);
        await RegisterAsync("203.0.113.1", HttpStatusCode.UnprocessableEntity);
        await RegisterAsync("::ffff:203.0.113.1", HttpStatusCode.UnprocessableEntity);
        await RegisterAsync("203.0.113.1", HttpStatusCode.TooManyRequests);
        await RegisterAsync("::ffff:203.0.113.2", HttpStatusCode.UnprocessableEntity);

        async Task RegisterAsync(string client, HttpStatusCode status) => await (
            await server.SendAsync(HttpMethod.Post, "/api/auth/register/", null, new { }, ("X-Forwarded-For", client))).ShouldFailAsync(status);
    }

    [Fact]
    public async Task Addresses_of_one_IPv6_network_share_the_requests_for_a_new_password()
    {
        var person = await app.RegisterProvenAsync();
        await using var server = await app.StartAnotherAsync(OneProxy);
        var before = await ClientsAsync();

        for (var number = 1; number <= 5; number++)
        {
            await (await server.SendAsync(
                HttpMethod.Post, "/api/auth/password/forgot/", null, new { email = person.Email }, ("X-Forwarded-For", $"2001:db8:7:7::{number}"))).ShouldBeAsync(HttpStatusCode.Accepted);
        }

        Assert.Equal(before + 1, await ClientsAsync());

        Task<long> ClientsAsync() => app.AccountsSqlAsync<long>("SELECT count(*) FROM accounts.attempts WHERE kind = 'reset_by_client'");
    }

    [Fact]
    public async Task Links_name_the_host_and_scheme_that_the_proxy_forwards()
    {
        var staff = await app.SomeStaffAsync();
        await app.CreateOrganizationAsync(staff);
        await using var server = await app.StartAnotherAsync(OneProxy);

        using var answer = await SendAsync(
            server, "/api/organizations/?page_size=1", ("Authorization", $"Bearer {staff.Access}"),
            ("X-Forwarded-For", Client), ("X-Forwarded-Proto", "https"), ("X-Forwarded-Host", "api.example.com"), ("X-Forwarded-Prefix", "/crm/"));

        Assert.Equal("https://api.example.com/crm/api/organizations/?page=2&page_size=1", (await answer.ShouldBeAsync(HttpStatusCode.OK)).GetProperty("next").GetString());
    }

    [Theory]
    [InlineData("//evil.example")]
    [InlineData("/a//evil.example")]
    [InlineData("/\\evil.example")]
    [InlineData("/a\"><script>")]
    [InlineData("evil")]
    [InlineData("/..")]
    [InlineData("/a/../b")]
    [InlineData("/..;/x")]
    [InlineData("/%2e%2e")]
    [InlineData("/%2f%2fevil.example")]
    public async Task Prefix_that_could_be_another_site_is_ignored(string prefix)
    {
        await using var server = await app.StartAnotherAsync(OneProxy);

        using var page = await SendAsync(server, "/login", ("X-Forwarded-For", Client), ("X-Forwarded-Prefix", prefix));

        Assert.Contains("href=\"/register\"", await page.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("api.example.com:8443", "https://api.example.com:8443/")]
    [InlineData("[2001:db8::1]", "https://[2001:db8::1]/")]
    [InlineData("[2001:db8::1]:8443", "https://[2001:db8::1]:8443/")]
    [InlineData("evil.example, api.example.com", "https://api.example.com/")]
    [InlineData("evil.example/path", "https://localhost")]
    [InlineData("evil.example\\@api.example.com", "https://localhost")]
    [InlineData("user@evil.example", "https://localhost")]
    public async Task Only_a_valid_host_of_the_last_proxy_counts(string host, string expected)
    {
        var staff = await app.SomeStaffAsync();
        await app.CreateOrganizationAsync(staff);
        await using var server = await app.StartAnotherAsync(OneProxy);

        using var answer = await SendAsync(
            server, "/api/organizations/?page_size=1", ("Host", "localhost"), ("Authorization", $"Bearer {staff.Access}"),
            ("X-Forwarded-For", Client), ("X-Forwarded-Proto", "https"), ("X-Forwarded-Host", host));

        Assert.StartsWith(expected, (await answer.ShouldBeAsync(HttpStatusCode.OK)).GetProperty("next").GetString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("127.0.0.1", true)]
    [InlineData("127.0.0.0/8", true)]
    [InlineData("::ffff:127.0.0.1", true)]
    [InlineData("::ffff:127.0.0.0/104", true)]
    [InlineData("::/0", false)]
    [InlineData("10.0.0.0/8", false)]
    public async Task Proxy_is_trusted_by_address_or_network_in_each_notation(string trusted, bool isTrusted)
    {
        await using var server = await app.StartAnotherAsync(("Proxies:Trusted:0", trusted));

        Assert.Equal(isTrusted ? Client : "127.0.0.1", await AddressSeenAsync(server, Client));
    }

    [Theory]
    [InlineData("/profile", "/shop/profile")]
    [InlineData("//evil.example", "/shop/dashboard")]
    [InlineData("https://evil.example/", "/shop/dashboard")]
    [InlineData("/\\evil.example", "/shop/dashboard")]
    [InlineData("/\t/evil.example", "/shop/dashboard")]
    public async Task Redirect_behind_a_prefix_stays_on_this_site(string returnUrl, string expected)
    {
        await using var server = await app.StartAnotherAsync(OneProxy);
        using var browser = new HttpClient(new HttpClientHandler { UseCookies = false, AllowAutoRedirect = false }) { BaseAddress = server.Address };
        using var login = await browser.GetAsync("/login");
        var token = (await login.Content.ReadAsStringAsync()).Split("name=\"form_token\" value=\"")[1].Split('"')[0];
        using var request = new HttpRequestMessage(HttpMethod.Post, "/login")
        {
            Content = new FormUrlEncodedContent(new Dictionary<string, string>(StringComparer.Ordinal)
            {
                ["login"] = RunningPatron.AdminEmail, ["password"] = RunningPatron.AdminPassword, ["return_url"] = returnUrl, ["form_token"] = token,
            }),
        };
        request.Headers.Add("Cookie", $"form={login.Cookie("form").Value}");
        request.Headers.Add("X-Forwarded-For", Client);
        request.Headers.Add("X-Forwarded-Prefix", "/shop");

        using var answer = await browser.SendAsync(request);

        Assert.Equal(HttpStatusCode.SeeOther, answer.StatusCode);
        Assert.Equal(expected, answer.Headers.Location!.OriginalString);
    }

    [Fact]
    public async Task Configured_address_without_a_prefix_takes_precedence_over_a_forwarded_one()
    {
        await using var server = await app.StartAnotherAsync([.. OneProxy, ("Portal:Url", "https://shop.example.com")]);

        using var page = await SendAsync(server, "/profile", ("Accept", "text/html"), ("X-Forwarded-For", Client), ("X-Forwarded-Prefix", "/evil"));

        Assert.Equal("/login?return_url=%2Fprofile", page.Headers.Location!.ToString());
    }

    [Fact]
    public async Task Configured_address_takes_precedence_over_forwarded_headers()
    {
        var staff = await app.SomeStaffAsync();
        await app.CreateOrganizationAsync(staff);
        await using var server = await app.StartAnotherAsync([.. OneProxy, ("Portal:Url", "https://shop.example.com/portal")]);

        using var answer = await SendAsync(
            server, "/api/organizations/?page_size=1", ("Authorization", $"Bearer {staff.Access}"),
            ("X-Forwarded-For", Client), ("X-Forwarded-Proto", "http"), ("X-Forwarded-Host", "evil.example"), ("X-Forwarded-Prefix", "/evil"));

        Assert.Equal("https://shop.example.com/portal/api/organizations/?page=2&page_size=1", (await answer.ShouldBeAsync(HttpStatusCode.OK)).GetProperty("next").GetString());
    }

    [Fact]
    public async Task Page_of_the_configured_address_can_sign_in_although_the_proxy_sends_another_host()
    {
        await using var server = await app.StartAnotherAsync(("Portal:Url", "https://shop.example.com/portal"));
        var body = new { email = RunningPatron.AdminEmail, password = RunningPatron.AdminPassword };

        await (await server.SendAsync(HttpMethod.Post, "/api/auth/login/", null, body, ("Origin", "https://shop.example.com"))).ShouldBeAsync(HttpStatusCode.OK);
        await (await server.SendAsync(HttpMethod.Post, "/api/auth/login/", null, body, ("Origin", "https://evil.example"))).ShouldFailAsync(HttpStatusCode.Forbidden);
    }

    [Theory]
    [InlineData("https://shop.example.com", "/")]
    [InlineData("https://shop.example.com/portal/", "/portal")]
    public async Task Every_cookie_is_secure_and_limited_to_the_prefix_if_the_portal_is_https(string url, string path)
    {
        var waiting = Intents.NewEmail();
        await app.CreateCustomerAsync(await app.SomeStaffAsync(), CustomerIntents.JohnDoe(waiting));
        await using var server = await app.StartAnotherAsync(("Portal:Url", url));
        using var browser = new HttpClient(new HttpClientHandler { UseCookies = false, AllowAutoRedirect = false }) { BaseAddress = server.Address };
        using var login = await browser.GetAsync("/login");
        var form = login.Cookie("form");
        var token = (await login.Content.ReadAsStringAsync()).Split("name=\"form_token\" value=\"")[1].Split('"')[0];
        var answers = new List<HttpResponseMessage> { login };
        foreach (var (page, fields) in new (string, Dictionary<string, string>)[]
        {
            ("/login", new() { ["login"] = RunningPatron.AdminEmail, ["password"] = RunningPatron.AdminPassword }),
            ("/login", new() { ["login"] = "nobody" }),
            ("/language", new() { ["language"] = "de" }),
            ("/first-time-setup", new() { ["email"] = waiting }),
            ("/forgot-password", new() { ["email"] = Intents.NewEmail() }),
            ("/api/method/login", new() { ["usr"] = RunningPatron.AdminEmail, ["pwd"] = RunningPatron.AdminPassword }),
            ("/api/method/logout", []),
        })
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, page) { Content = new FormUrlEncodedContent(fields.Append(new("form_token", token))) };
            request.Headers.Add("Cookie", $"form={form.Value}");
            answers.Add(await browser.SendAsync(request));
        }

        var cookies = answers.SelectMany(answer => answer.Cookies()).ToList();
        Assert.Subset(cookies.Select(cookie => cookie.Name.ToString()).ToHashSet(StringComparer.Ordinal), new HashSet<string>(StringComparer.Ordinal) { "form", "sid", "language", "setup", "notice", "kept_form", "user_id", "full_name" });
        Assert.All(cookies, cookie => Assert.True(cookie.Secure, $"{cookie}"));
        var pages = new Dictionary<string, string>(StringComparer.Ordinal) { ["setup"] = "/first-time-setup", ["kept_form"] = "/login" };
        Assert.All(cookies, cookie => Assert.Equal(
            pages.TryGetValue(cookie.Name.ToString(), out var page) ? path.TrimEnd('/') + page : path, cookie.Path.ToString()));
    }

    // Most proxies remove the prefix, some do not.
    [Theory]
    [InlineData("")]
    [InlineData("/portal")]
    public async Task Everything_works_behind_a_path_prefix(string sent)
    {
        var staff = await app.SomeStaffAsync();
        (string, string) bearer = ("Authorization", $"Bearer {staff.Access}");
        await using var server = await app.StartAnotherAsync(("Portal:Url", "https://shop.example.com/portal"));

        Assert.Equal("/portal/dashboard", await LocationAsync("/"));
        Assert.Equal("/portal/login?return_url=%2Fprofile%3Fa%3Db", await LocationAsync("/profile?a=b"));
        using var page = await SendAsync(server, sent + "/login");
        var html = await page.Content.ReadAsStringAsync();
        var links = Address().Matches(html).Select(match => match.Groups["address"].Value).ToList();
        Assert.True(links.Count > 8, html);
        Assert.All(links, link => Assert.StartsWith("/portal/", link, StringComparison.Ordinal));
        foreach (var asset in links.Where(link => link.Contains("/assets/", StringComparison.Ordinal)))
        {
            using var found = await SendAsync(server, asset);
            Assert.Equal(HttpStatusCode.OK, found.StatusCode);
        }

        using var description = await SendAsync(server, sent + "/openapi/v1.json");
        Assert.Equal("..", (await description.ShouldBeAsync(HttpStatusCode.OK)).GetProperty("servers")[0].GetProperty("url").GetString());
        using var docs = await SendAsync(server, sent + "/docs/index.html");
        Assert.Equal(HttpStatusCode.OK, docs.StatusCode);

        using var head = new HttpRequestMessage(HttpMethod.Head, sent + "/login");
        using var client = new HttpClient { BaseAddress = server.Address };
        Assert.Equal(HttpStatusCode.OK, (await client.SendAsync(head)).StatusCode);

        for (var i = 0; i < 2; i++)
        {
            var customer = CustomerIntents.JohnDoe();
            customer["tags"] = $"prefix/{sent.Length}";
            using var create = new HttpRequestMessage(HttpMethod.Post, sent + CustomerIntents.Api) { Content = JsonContent.Create(customer) };
            create.Headers.Add(bearer.Item1, bearer.Item2);
            using var created = await client.SendAsync(create);
            var id = (await created.ShouldBeAsync(HttpStatusCode.Created)).Id();
            Assert.Equal($"/portal{CustomerIntents.Api}{id}/", created.Headers.Location!.ToString());
        }

        using var tagged = await SendAsync(server, $"{sent}{CustomerIntents.Api}tags/prefix%2F{sent.Length}?limit=1", bearer);
        var next = tagged.Headers.GetValues("Link").Single().Split('<', '>')[1];
        Assert.StartsWith($"/portal{CustomerIntents.Api}tags/prefix%2F{sent.Length}?", next, StringComparison.Ordinal);
        using var second = await SendAsync(server, next, bearer);
        Assert.Equal(1, (await second.ShouldBeAsync(HttpStatusCode.OK)).GetArrayLength());

        async Task<string> LocationAsync(string path)
        {
            using var answer = await SendAsync(server, sent + path, ("Accept", "text/html"));
            return answer.Headers.Location!.ToString();
        }
    }

    private static async Task<HttpResponseMessage> SendAsync(RunningPatron server, string path, params (string Name, string Value)[] headers)
    {
        using var client = new HttpClient(new HttpClientHandler { AllowAutoRedirect = false, UseCookies = false });
        using var request = new HttpRequestMessage(HttpMethod.Get, server.Address.GetLeftPart(UriPartial.Authority) + path);
        foreach (var (name, value) in headers)
        {
            request.Headers.TryAddWithoutValidation(name, value);
        }

        return await client.SendAsync(request);
    }

    // The address of the newest session, as people see it.
    private async Task<string> AddressSeenAsync(RunningPatron server, string forwardedFor)
    {
        var person = await app.SharedPersonAsync();
        var signedIn = await (await server.SendAsync(
            HttpMethod.Post, "/api/auth/login/", null, new { email = person.Email, password = person.Password }, ("X-Forwarded-For", forwardedFor))).ShouldBeAsync(HttpStatusCode.OK);
        var sessions = await (await server.SendAsync(
            HttpMethod.Get, "/api/auth/sessions/", person with { Access = signedIn.GetProperty("tokens").GetProperty("access").GetString()! }, null)).ShouldBeAsync(HttpStatusCode.OK);
        return sessions.EnumerateArray().Single(session => session.GetProperty("current").GetBoolean()).GetProperty("address").GetString()!;
    }

    [GeneratedRegex("(?:href|src|action)=\"(?<address>[^\"#]+)", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Address();
}
