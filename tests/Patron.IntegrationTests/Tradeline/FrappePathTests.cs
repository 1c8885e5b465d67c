using Patron.Tests;
using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Patron.IntegrationTests.Accounts;
using Patron.IntegrationTests.Customers;
using Patron.IntegrationTests.Hosting;
using static Patron.IntegrationTests.Tradeline.TradelineCalls;

namespace Patron.IntegrationTests.Tradeline;

/// <summary>
/// Compares the endpoints of Frappe with recorded answers of a real one (frappe.json, where {staff}, {customer}, {password}, {full_name}
/// and {session} are placeholders).
/// </summary>
public sealed class FrappePathTests(OneProcess app) : IClassFixture<OneProcess>
{
    private const string Reset = "frappe.core.doctype.user.user.reset_password";

    private static readonly Dictionary<string, JsonElement> Recorded =
        JsonDocument.Parse(File.ReadAllText(Path.Combine(Checkout.Folder, "tests", "Patron.IntegrationTests", "Tradeline", "frappe.json")))
            .RootElement.EnumerateArray().ToDictionary(exchange => exchange.Text("name")!, StringComparer.Ordinal);

    public static TheoryData<string> Exchanges => [.. Recorded.Keys];

    [Theory]
    [MemberData(nameof(Exchanges))]
    public async Task Recorded_exchange_with_Frappe_is_reproduced(string name)
    {
        var exchange = Recorded[name];
        var (staff, customer) = (await app.SomeStaffAsync(), await app.SharedPersonAsync());
        var sid = Optional(exchange, "sid") switch
        {
            "live" => await app.CookieAsync(staff.Email),
            "ended" => await EndedAsync(staff),
            "forged" => new string('5', 56),
            _ => null,
        };
        using var response = await SendAsync(exchange, Fill(Optional(exchange, "body"), staff, customer), sid);
        var answer = await response.ShouldBeAsync((HttpStatusCode)exchange.GetProperty("status").GetInt32());

        Assert.All(exchange.GetProperty("answer").EnumerateObject(), member => Assert.Equal(Fill(member.Value.GetString(), staff, customer), answer.Text(member.Name)));
        if (exchange.TryGetProperty("cookies", out var cookies))
        {
            var found = response.Cookies().ToDictionary(cookie => cookie.Name.ToString(), cookie => Uri.UnescapeDataString(cookie.Value.ToString()), StringComparer.Ordinal);
            Assert.Equal(cookies.EnumerateObject().Select(cookie => cookie.Name).Order(), found.Keys.Order());
            Assert.All(cookies.EnumerateObject().Where(cookie => !cookie.Value.ValueEquals("{session}")), cookie =>
                Assert.Equal(Fill(cookie.Value.GetString(), staff, customer), found[cookie.Name]));
        }
    }

    [Theory]
    [InlineData("application/json", """{"usr": "{customer}", "pwd": "{password}", "otp": null, "device": {"a": [1]}}""")]
    [InlineData("application/x-www-form-urlencoded", "usr={customer}&pwd={password}&device=x&device=y")]
    [InlineData("multipart/form-data; boundary=b", "--b\r\nContent-Disposition: form-data; name=\"usr\"\r\n\r\n{customer}\r\n--b\r\nContent-Disposition: form-data; name=\"pwd\"\r\n\r\n{password}\r\n--b--\r\n")]
    public async Task Sign_in_accepts_every_content_type_and_ignores_unknown_arguments(string type, string body)
    {
        var person = await app.SharedPersonAsync();
        using var client = new HttpClient { BaseAddress = app.Accounts.Address };
        using var response = await client.PostAsync($"{Frappe}login", AccountCalls.Raw(Fill(body, person, person)!, type));
        Assert.Equal("No App", (await response.ShouldBeAsync(HttpStatusCode.OK)).Text("message"));
    }

    [Fact]
    public async Task Password_in_the_URL_is_refused()
    {
        var person = await app.SharedPersonAsync();
        using var response = await app.GetMethodAsync($"{Frappe}login?usr={person.Email}&pwd={Uri.EscapeDataString(person.Password)}");
        await response.ShouldFailAsync(HttpStatusCode.MethodNotAllowed);
        Assert.Empty(response.Cookies());
    }

    [Fact]
    public async Task Sign_out_ends_cookie_and_tokens_and_sets_guest_cookies()
    {
        var person = await app.RegisterAsync();
        var sid = await app.CookieAsync(person.Email);
        using var response = await app.PostMethodAsync($"{Frappe}logout", null, null, ByCookie(sid));

        await response.ShouldBeAsync(HttpStatusCode.OK);
        Assert.Equal(("Guest", "Guest", "no"), (response.Cookie("sid").Value.ToString(), response.Cookie("user_id").Value.ToString(), response.Cookie("system_user").Value.ToString()));
        Assert.False(await app.IsSignedInAsync(sid));
        Assert.True(await app.Accounts.IsSignedInAsync(person)); // The token belongs to another session.

        await (await app.PostMethodAsync($"{Frappe}logout", null, person)).ShouldBeAsync(HttpStatusCode.OK);
        Assert.False(await app.Accounts.IsSignedInAsync(person));
        await (await app.RefreshAsync(person.Refresh)).ShouldFailAsync(HttpStatusCode.Unauthorized);
    }

    [Fact]
    public async Task API_key_has_no_account()
    {
        var key = ("Authorization", $"token {await app.ApiKeyAsync()}");
        await (await app.GetMethodAsync($"{Frappe}frappe.auth.get_logged_user", null, key)).ShouldFailAsync(HttpStatusCode.Forbidden);
        await (await app.PostMethodAsync($"{Frappe}logout", null, null, key)).ShouldBeAsync(HttpStatusCode.OK);
    }

    [Fact]
    public async Task Reset_has_the_same_answer_for_every_address_and_mails_only_existing_accounts()
    {
        var person = await app.RegisterAsync();
        var answers = new HashSet<string>(StringComparer.Ordinal);
        foreach (var user in new[] { person.Email, Intents.NewEmail(), "no address", "", null })
        {
            answers.Add((await app.CallAsync("/", new { cmd = Reset, user })).GetRawText());
        }

        Assert.Single(answers);
        Assert.NotEmpty((await app.MailAsync(person.Email, "reset your")).Token);
    }

    [Fact]
    public async Task Commands_sign_in_and_out_and_others_are_404()
    {
        var person = await app.RegisterAsync();
        using var signedIn = await app.PostMethodAsync("/", new { cmd = "login", usr = person.Email, pwd = person.Password });
        Assert.Equal("/me", (await signedIn.ShouldBeAsync(HttpStatusCode.OK)).Text("home_page"));
        var sid = signedIn.Cookie("sid").Value.ToString();
        Assert.True(await app.IsSignedInAsync(sid));

        using var signedOut = await app.PostMethodAsync("/", new { cmd = "logout" }, null, ByCookie(sid));
        Assert.Equal("/login", (await signedOut.ShouldBeAsync(HttpStatusCode.OK)).Text("home_page"));
        Assert.False(await app.IsSignedInAsync(sid));

        foreach (var cmd in new[] { "frappe.client.get_list", "", null })
        {
            var problem = await (await app.PostMethodAsync("/", new { cmd })).ShouldFailAsync(HttpStatusCode.NotFound);
            Assert.Equal("DoesNotExistError", problem.Text("exc_type"));
        }
    }

    [Fact]
    public async Task Wrong_passwords_are_rate_limited()
    {
        var person = await app.RegisterAsync();
        await app.SignInWrongAsync(person.Email, 9);
        await (await app.PostMethodAsync($"{Frappe}login", new { usr = person.Email, pwd = "wrong" })).ShouldFailAsync(HttpStatusCode.Unauthorized);
        var problem = await (await app.PostMethodAsync($"{Frappe}login", new { usr = person.Email, pwd = person.Password })).ShouldFailAsync(HttpStatusCode.TooManyRequests);
        Assert.Equal("RateLimitExceededError", problem.Text("exc_type"));
    }

    [Theory]
    [InlineData("POST", $"{Frappe}login")]
    [InlineData("POST", $"{Auth}login")]
    [InlineData("POST", $"{Auth}sign_up")]
    [InlineData("POST", "/")]
    public async Task Foreign_origin_cannot_sign_in_or_sign_up(string method, string path)
    {
        var person = await app.SharedPersonAsync();
        var body = new { cmd = "login", usr = person.Email, pwd = person.Password };
        using var response = await app.Accounts.SendAsync(new HttpMethod(method), path, null, body, ("Origin", "https://evil.example"));
        await response.ShouldFailAsync(HttpStatusCode.Forbidden);
        Assert.Empty(response.Cookies());
    }

    [Theory]
    [InlineData("GET", "frappe.nope.nope")]
    [InlineData("POST", "otherapp.api.auth.login")]
    [InlineData("POST", "rockettradeline.api.auth.nope")]
    [InlineData("DELETE", "")]
    public async Task Unknown_method_is_404_with_a_sentence(string method, string name)
    {
        var problem = await (await app.Accounts.SendAsync(new HttpMethod(method), Frappe + name)).ShouldFailAsync(HttpStatusCode.NotFound);
        Assert.Contains("no method with this name", problem.Text("detail"), StringComparison.Ordinal);
    }

    private async Task<HttpResponseMessage> SendAsync(JsonElement exchange, string? body, string? sid)
    {
        using var request = new HttpRequestMessage(new HttpMethod(exchange.Text("method")!), new Uri(app.Accounts.Address, exchange.Text("path")!));
        request.Headers.TryAddWithoutValidation("Authorization", Optional(exchange, "authorization"));
        request.Headers.TryAddWithoutValidation("Cookie", sid is null ? null : $"sid={sid}; system_user=yes");
        if (body is not null)
        {
            request.Content = new ByteArrayContent(Encoding.UTF8.GetBytes(body)) { Headers = { ContentType = MediaTypeHeaderValue.Parse(exchange.Text("content_type")!) } };
        }

        using var client = new HttpClient(); // The OpenAPI document describes the members of JSON only, not of forms.
        return await client.SendAsync(request);
    }

    private async Task<string> EndedAsync(Person person)
    {
        var sid = await app.CookieAsync(person.Email);
        await (await app.PostMethodAsync($"{Frappe}logout", null, null, ByCookie(sid))).ShouldBeAsync(HttpStatusCode.OK);
        return sid;
    }

    private static string? Optional(JsonElement exchange, string name) => exchange.TryGetProperty(name, out var value) ? value.GetString() : null;

    private static string? Fill(string? text, Person staff, Person customer) => text?
        .Replace("{staff}", staff.Email, StringComparison.Ordinal).Replace("{customer}", customer.Email, StringComparison.Ordinal)
        .Replace("{password}", Intents.GoodPassword, StringComparison.Ordinal).Replace("{full_name}", "Jane Doe", StringComparison.Ordinal);
}
