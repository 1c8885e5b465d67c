using System.Net;
using System.Text.Json;
using Microsoft.Net.Http.Headers;
using Patron.IntegrationTests.Customers;
using Patron.IntegrationTests.Hosting;

namespace Patron.IntegrationTests.Tradeline;

/// <summary>Requests of the tradeline dialect, and helpers of its tests.</summary>
internal static class TradelineCalls
{
    public const string Auth = "/api/method/rockettradeline.api.auth.";
    public const string Address = "/api/method/rockettradeline.api.address.";
    public const string Frappe = "/api/method/";

    public static Task<HttpResponseMessage> PostMethodAsync(this PatronApp app, string path, object? body = null, Person? who = null, params (string Name, string Value)[] headers) =>
        app.Accounts.SendAsync(HttpMethod.Post, path, who, body, headers);

    public static Task<HttpResponseMessage> GetMethodAsync(this PatronApp app, string path, Person? who = null, params (string Name, string Value)[] headers) =>
        app.Accounts.SendAsync(HttpMethod.Get, path, who, null, headers);

    /// <summary>Calls a method that must succeed, and returns the body.</summary>
    public static async Task<JsonElement> CallAsync(this PatronApp app, string path, object body, Person? who = null) =>
        await (await app.PostMethodAsync(path, body, who)).ShouldBeAsync(HttpStatusCode.OK);

    /// <summary>Signs up a new person, with a customer record.</summary>
    public static async Task<Person> SignUpAsync(this PatronApp app, string fullName = "John Doe")
    {
        var email = Intents.NewEmail();
        var answer = await app.CallAsync($"{Auth}sign_up", new { email, full_name = fullName, password = Intents.GoodPassword, phone = "+1-555-123-4567" });
        var tokens = answer.GetProperty("tokens");
        var id = await app.AccountsSqlAsync<Guid>("SELECT id FROM accounts.users WHERE email = $1", email);
        return new Person(id, email, Intents.GoodPassword, tokens.Text("access")!, tokens.Text("refresh")!);
    }

    /// <summary>Signs in like a browser and returns the value of the session cookie.</summary>
    public static async Task<string> CookieAsync(this PatronApp app, string email, string password = Intents.GoodPassword)
    {
        using var response = await app.PostMethodAsync($"{Frappe}login", new { usr = email, pwd = password });
        await response.ShouldBeAsync(HttpStatusCode.OK);
        return response.Cookie("sid").Value.ToString();
    }

    /// <summary>The header of a caller with only this session cookie.</summary>
    public static (string Name, string Value) ByCookie(string sid) => ("Cookie", $"system_user=no; sid={sid}; user_id=x");

    /// <summary>Whether the cookie is still valid.</summary>
    public static async Task<bool> IsSignedInAsync(this PatronApp app, string sid)
    {
        var response = await app.Accounts.SendAsync(HttpMethod.Get, "/api/auth/profile/", null, null, ByCookie(sid));
        Assert.True(response.StatusCode is HttpStatusCode.OK or HttpStatusCode.Unauthorized, $"{response.StatusCode}");
        return response.StatusCode == HttpStatusCode.OK;
    }

    public static IList<SetCookieHeaderValue> Cookies(this HttpResponseMessage response) =>
        response.Headers.TryGetValues("Set-Cookie", out var values) ? SetCookieHeaderValue.ParseList([.. values]) : [];

    public static SetCookieHeaderValue Cookie(this HttpResponseMessage response, string name) => response.Cookies().Single(cookie => cookie.Name == name);
}
