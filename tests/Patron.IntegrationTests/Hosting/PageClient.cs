using System.Net;
using Patron.IntegrationTests.Tradeline;

namespace Patron.IntegrationTests.Hosting;

/// <summary>A browser without script: it keeps cookies, follows no redirects and posts forms with the token of their page.</summary>
public sealed class PageClient : IDisposable
{
    private readonly CookieContainer cookies = new();
    private readonly HttpClient client;

    public PageClient(RunningPatron server, string language = "en")
    {
        client = new HttpClient(new SocketsHttpHandler { CookieContainer = cookies, AllowAutoRedirect = false }) { BaseAddress = server.Address };
        client.DefaultRequestHeaders.Add("Accept", "text/html");
        client.DefaultRequestHeaders.Add("Accept-Language", language);
    }

    /// <summary>A browser in which this person has signed in.</summary>
    public static async Task<PageClient> SignInAsync(PatronApp app, Person person, string language = "en")
    {
        var browser = new PageClient(app.Accounts, language);
        browser.cookies.Add(app.Accounts.Address, new Cookie("sid", await app.CookieAsync(person.Email)));
        return browser;
    }

    public Task<HttpResponseMessage> GetAsync(string page) => client.GetAsync(new Uri(page, UriKind.Relative));

    /// <summary>Requests the page as a script does, whose answer the browser does not show.</summary>
    public async Task<HttpResponseMessage> FetchAsync(string page)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(page, UriKind.Relative));
        request.Headers.Add("Sec-Fetch-Dest", "empty");
        return await client.SendAsync(request);
    }

    /// <summary>Posts these fields to the address of a form that is on the page.</summary>
    public async Task<HttpResponseMessage> PostAsync(string page, string form, params IReadOnlyList<(string Name, string Value)> fields)
    {
        using var shown = await GetAsync(page);
        var html = await shown.Content.ReadAsStringAsync();
        var token = html.Split("name=\"form_token\" value=\"")[1].Split('"')[0];
        using var content = new FormUrlEncodedContent(
            [.. fields.Select(field => KeyValuePair.Create(field.Name, field.Value)), KeyValuePair.Create("form_token", token)]);
        return await client.PostAsync(new Uri(form, UriKind.Relative), content);
    }

    public void Dispose() => client.Dispose();
}
