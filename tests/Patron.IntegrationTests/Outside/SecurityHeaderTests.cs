using System.Net;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Patron.IntegrationTests.Accounts;
using Patron.IntegrationTests.Hosting;

namespace Patron.IntegrationTests.Outside;

/// <summary>Headers that protect answers from caches, sniffing, frames and eavesdroppers.</summary>
public sealed partial class SecurityHeaderTests(OneProcess app) : IClassFixture<OneProcess>
{
    private static readonly string[] Cached = ["/.well-known/jwks.json", "/openapi/v1.json", "/assets/", "/docs"];

    [Fact]
    public async Task Every_answer_of_every_endpoint_has_the_headers_and_is_not_stored()
    {
        var person = await app.RegisterAsync();
        var wrong = new List<string>();
        var endpoints = app.Accounts.Services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>().ToList();
        Assert.True(endpoints.Count > 100, "The endpoints were not found.");
        var requests = from endpoint in endpoints
                       from method in endpoint.Metadata.GetMetadata<HttpMethodMetadata>()?.HttpMethods ?? ["GET"]
                       from who in new[] { null, person }
                       select (method, Path: "/" + Parameter().Replace(endpoint.RoutePattern.RawText!.TrimStart('/'), "1"), who);
        string[] others = ["/nowhere", "/api/nowhere", "/docs", "/docs/index.html", "/docs/swagger-ui.css", "/docs/nowhere"];
        using var client = new HttpClient(new HttpClientHandler { AllowAutoRedirect = false, UseCookies = false }) { BaseAddress = app.Accounts.Address };

        foreach (var (method, path, who) in requests.Concat(others.Select(path => ("GET", path, (Person?)null))))
        {
            using var request = new HttpRequestMessage(new HttpMethod(method), path);
            request.Headers.TryAddWithoutValidation("Authorization", who is null ? null : $"Bearer {who.Access}");
            using var answer = await client.SendAsync(request);
            var isCached = answer.IsSuccessStatusCode && Array.Exists(Cached, prefix => path.StartsWith(prefix, StringComparison.Ordinal));
            if (Header(answer, "X-Content-Type-Options") != "nosniff" || Header(answer, "X-Frame-Options") != "DENY"
                || !Header(answer, "Content-Security-Policy").Contains("frame-ancestors 'none'", StringComparison.Ordinal)
                || Header(answer, "Referrer-Policy") is not ("no-referrer" or "same-origin")
                || !Header(answer, "Cache-Control").Contains(isCached ? "public" : "no-store", StringComparison.Ordinal))
            {
                wrong.Add($"{method} {path} as {who?.Email}: {answer}");
            }
        }

        Assert.Empty(wrong);
    }

    [Fact]
    public async Task Failures_of_the_server_have_the_headers_too()
    {
        await using var server = await RunningPatron.LaunchAsync("Host=127.0.0.1;Port=1;Username=nobody;Timeout=1");
        server.ExpectsServerErrors = true;
        using var answer = await server.SendAsync(HttpMethod.Get, "/.well-known/jwks.json");

        Assert.Equal(HttpStatusCode.ServiceUnavailable, answer.StatusCode);
        Assert.Equal(("nosniff", "no-store"), (Header(answer, "X-Content-Type-Options"), Header(answer, "Cache-Control")));
    }

    [Fact]
    public async Task Public_content_is_cached_and_answers_304_to_those_who_have_it()
    {
        var style = (await app.Accounts.Client.GetStringAsync("/login")).Split("stylesheet\" href=\"")[1].Split('"')[0];
        foreach (var path in new[] { style, "/openapi/v1.json", "/docs/index.html", "/docs/swagger-ui.css", "/docs/swagger-ui-bundle.js" })
        {
            using var first = await app.Accounts.SendAsync(HttpMethod.Get, path);
            using var head = await app.Accounts.SendAsync(HttpMethod.Head, path);
            using var second = await app.Accounts.SendAsync(HttpMethod.Get, path, null, null, ("If-None-Match", first.Headers.ETag!.ToString()));
            Assert.Equal((HttpStatusCode.OK, HttpStatusCode.NotModified), (head.StatusCode, second.StatusCode));
            Assert.All([first, head, second], answer => Assert.StartsWith("public", Header(answer, "Cache-Control"), StringComparison.Ordinal));
            Assert.Equal(first.Headers.ETag, head.Headers.ETag);
        }
    }

    // Only https counts, and only if the portal is meant to be reached by it.
    [Theory]
    [InlineData("https://shop.example.com", "https", "max-age=31536000")]
    [InlineData("https://shop.example.com", "http", "")]
    [InlineData("http://shop.example.com", "https", "")]
    [InlineData("", "https", "")]
    public async Task Browsers_are_told_to_use_https_only(string url, string scheme, string expected)
    {
        await using var server = await app.StartAnotherAsync(("Proxies:Trusted:0", "127.0.0.1"), ("Portal:Url", url));

        using var answer = await server.SendAsync(HttpMethod.Get, "/health/live", null, null, ("X-Forwarded-For", "203.0.113.1"), ("X-Forwarded-Proto", scheme));

        Assert.Equal(expected, Header(answer, "Strict-Transport-Security"));
    }

    private static string Header(HttpResponseMessage answer, string name) => answer.Headers.TryGetValues(name, out var values) ? string.Join(", ", values) : "";

    [GeneratedRegex(@"\{[^}]+\}", RegexOptions.None, 1000)]
    private static partial Regex Parameter();
}
