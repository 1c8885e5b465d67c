using System.Net;
using System.Text.RegularExpressions;
using Patron.IntegrationTests.Hosting;

namespace Patron.BrowserTests;

/// <summary>A browser without script: it keeps cookies and does not follow redirects.</summary>
internal sealed partial class Browser(Uri site) : IDisposable
{
    private readonly HttpClient client = new(new SocketsHttpHandler { AllowAutoRedirect = false });

    public Uri Site { get; set; } = site;

    public static async Task<Browser> SignedInAsync(PatronApp app, string login, string password)
    {
        var browser = new Browser(app.Accounts.Address);
        var token = Token(await browser.GetAsync("/login"));
        using var answer = await browser.PostAsync("/login", new() { ["form_token"] = token, ["login"] = login, ["password"] = password });
        Assert.Equal(HttpStatusCode.SeeOther, answer.StatusCode);
        return browser;
    }

    public static Task<Browser> SignedInAsync(PatronApp app, Person person) => SignedInAsync(app, person.Email, person.Password);

    /// <summary>The token of the page's forms.</summary>
    public static string Token(string html) => FormToken().Match(html).Groups["token"].Value;

    public Task<HttpResponseMessage> SendAsync(HttpRequestMessage request)
    {
        request.RequestUri = new Uri(Site, request.RequestUri!.ToString());
        return client.SendAsync(request);
    }

    public async Task<string> GetAsync(string path)
    {
        using var answer = await SendAsync(new HttpRequestMessage(HttpMethod.Get, path));
        return await answer.Content.ReadAsStringAsync();
    }

    public Task<HttpResponseMessage> PostAsync(string path, Dictionary<string, string> fields) =>
        SendAsync(new HttpRequestMessage(HttpMethod.Post, path) { Content = new FormUrlEncodedContent(fields) });

    /// <summary>Bytes on the wire.</summary>
    public async Task<int> WeightAsync(string path)
    {
        using var answer = await SendAsync(new HttpRequestMessage(HttpMethod.Get, path) { Headers = { { "Accept-Encoding", "br" } } });
        return (await answer.Content.ReadAsByteArrayAsync()).Length;
    }

    public void Dispose() => client.Dispose();

    [GeneratedRegex("name=\"form_token\" value=\"(?<token>[^\"]+)\"", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex FormToken();
}
