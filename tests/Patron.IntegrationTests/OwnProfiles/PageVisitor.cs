using System.Net;
using System.Text.RegularExpressions;
using Patron.IntegrationTests.Hosting;
using Patron.IntegrationTests.Tradeline;

namespace Patron.IntegrationTests.OwnProfiles;

/// <summary>A visitor of the portal's pages without script, who keeps cookies as a browser does.</summary>
internal sealed partial class PageVisitor(PatronApp app, string language = "en")
{
    private readonly Dictionary<string, string> cookies = new(StringComparer.Ordinal);

    public static async Task<PageVisitor> SignInAsync(PatronApp app, Person person, string language = "en")
    {
        var visitor = new PageVisitor(app, language);
        visitor.cookies["sid"] = await app.CookieAsync(person.Email);
        return visitor;
    }

    /// <summary>Opens a page and returns its HTML.</summary>
    public async Task<string> OpenAsync(string path, HttpStatusCode status = HttpStatusCode.OK)
    {
        using var response = await SendAsync(HttpMethod.Get, path, null);
        Assert.Equal(status, response.StatusCode);
        return await response.Content.ReadAsStringAsync();
    }

    /// <summary>Sends a form of a page and returns where the answer leads.</summary>
    public async Task<string?> PostAsync(string page, string action, params (string Name, string Value)[] fields)
    {
        using var response = await PostFormAsync(page, action, fields);
        Assert.Equal(HttpStatusCode.SeeOther, response.StatusCode);
        return response.Headers.Location?.ToString();
    }

    /// <summary>Sends a form of a page that is refused, and returns the page with the mistakes.</summary>
    public async Task<string> RefusedAsync(
        string page, string action, (string Name, string Value)[] fields, HttpStatusCode status = HttpStatusCode.UnprocessableEntity)
    {
        using var response = await PostFormAsync(page, action, fields);
        Assert.Equal(status, response.StatusCode);
        return await response.Content.ReadAsStringAsync();
    }

    /// <summary>The card with this id, or null.</summary>
    public static string? Card(string page, string id) =>
        Regex.Match(page, $"<section class=\"card\" id=\"{id}\".*?</section>", RegexOptions.Singleline, TimeSpan.FromSeconds(1)) is { Success: true } found
            ? WebUtility.HtmlDecode(found.Value)
            : null;

    private async Task<HttpResponseMessage> PostFormAsync(string page, string action, (string Name, string Value)[] fields)
    {
        var token = FormToken().Match(await OpenAsync(page)).Groups["token"].Value;
        using var form = new FormUrlEncodedContent(fields.Append(("form_token", token)).Select(field => KeyValuePair.Create(field.Item1, field.Item2)));
        return await SendAsync(HttpMethod.Post, action, form);
    }

    private async Task<HttpResponseMessage> SendAsync(HttpMethod method, string path, HttpContent? body)
    {
        var sent = string.Join("; ", cookies.Select(cookie => $"{cookie.Key}={cookie.Value}"));
        var response = await app.Accounts.SendAsync(method, path, null, body, ("Cookie", sent), ("Accept-Language", language), ("Accept", "text/html"));
        foreach (var set in response.Headers.TryGetValues("Set-Cookie", out var all) ? all : [])
        {
            var (name, value) = set.Split(';')[0].Split('=', 2) is [var first, var second] ? (first, second) : (set, "");
            cookies[name] = value;
        }

        return response;
    }

    [GeneratedRegex("name=\"form_token\"[^>]*value=\"(?<token>[^\"]+)\"", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex FormToken();
}
