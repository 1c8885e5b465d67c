using System.Net;

namespace Patron.IntegrationTests.Hosting;

/// <summary>A browser without script: it keeps cookies, follows no redirects and posts forms with the token of their page.</summary>
public sealed class PageClient : IDisposable
{
    private readonly HttpClient client;

    public PageClient(RunningPatron server) => client = new HttpClient(
        new SocketsHttpHandler { CookieContainer = new CookieContainer(), AllowAutoRedirect = false }) { BaseAddress = server.Address };

    public Task<HttpResponseMessage> GetAsync(string page) => client.GetAsync(new Uri(page, UriKind.Relative));

    /// <summary>Posts these fields to the address of a form that is on the page.</summary>
    public async Task<HttpResponseMessage> PostAsync(string page, string form, params IReadOnlyList<(string Name, string Value)> fields)
    {
        using var shown = await GetAsync(page);
        var token = (await shown.Content.ReadAsStringAsync()).Split("name=\"form_token\" value=\"")[1].Split('"')[0];
        using var content = new FormUrlEncodedContent(
            [.. fields.Select(field => KeyValuePair.Create(field.Name, field.Value)), KeyValuePair.Create("form_token", token)]);
        return await client.PostAsync(new Uri(form, UriKind.Relative), content);
    }

    public void Dispose() => client.Dispose();
}

public static class PageIntents
{
    /// <summary>A browser in which this person has signed in.</summary>
    public static async Task<PageClient> SignInOnPageAsync(this PatronApp app, Person person)
    {
        var browser = new PageClient(app.Accounts);
        using var answer = await browser.PostAsync("/login", "/login", ("login", person.Email), ("password", Intents.GoodPassword));
        Assert.Equal(HttpStatusCode.SeeOther, answer.StatusCode);
        return browser;
    }
}
