using System.Net;
using Patron.IntegrationTests.Hosting;

namespace Patron.IntegrationTests.Reliability;

/// <summary>A server that has not started completely, because its database is unreachable.</summary>
public sealed class StartUpGateTests : IAsyncLifetime
{
    private RunningPatron server = null!;

    public async ValueTask InitializeAsync() =>
        server = await RunningPatron.LaunchAsync("Host=127.0.0.1;Port=1;Username=nobody;Database=nothing;Timeout=1");

    public ValueTask DisposeAsync() => server.DisposeAsync();

    [Theory]
    [InlineData("/api/v1/customers/")]
    [InlineData("/api/auth/profile/")]
    [InlineData("/api/method/version")]
    [InlineData("/.well-known/jwks.json")]
    [InlineData("/nowhere")]
    public async Task Whatever_needs_the_database_answers_503(string path)
    {
        using var answer = await server.SendAsync(HttpMethod.Get, path, null, null, SessionCookie);

        var problem = await answer.ShouldBeAsync(HttpStatusCode.ServiceUnavailable);
        Assert.StartsWith("Patron is starting", problem.GetProperty("detail").GetString(), StringComparison.Ordinal);
        Assert.Equal(TimeSpan.FromSeconds(2), answer.Headers.RetryAfter?.Delta);
    }

    [Theory]
    [InlineData("GET", "/login", "en", "Starting up")]
    [InlineData("GET", "/dashboard", "en", "Starting up")]
    [InlineData("GET", "/nowhere", "en", "Starting up")]
    [InlineData("POST", "/login", "en", "Starting up")]
    [InlineData("GET", "/register", "de", "Wird gerade gestartet")]
    public async Task Pages_say_that_Patron_is_starting(string method, string path, string language, string title)
    {
        using var answer = await server.SendAsync(
            new HttpMethod(method), path, null, null, SessionCookie, ("Accept", "text/html"), ("Accept-Language", language));

        Assert.Equal((HttpStatusCode.ServiceUnavailable, "text/html"), (answer.StatusCode, answer.Content.Headers.ContentType?.MediaType));
        Assert.Equal(TimeSpan.FromSeconds(2), answer.Headers.RetryAfter?.Delta);
        Assert.Contains($"<h1>{title}</h1>", await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Whatever_needs_no_database_is_served()
    {
        var page = await (await server.Client.GetAsync("/login")).Content.ReadAsStringAsync();
        var style = page.Split("stylesheet\" href=\"")[1].Split('"')[0];
        foreach (var path in new[] { style, "/health/live", "/health", "/openapi/v1.json", "/docs/index.html" })
        {
            using var answer = await server.SendAsync(HttpMethod.Get, path, null, null, SessionCookie);
            Assert.True(answer.IsSuccessStatusCode, $"{path}: {answer.StatusCode}");
        }
    }

    // A session cookie is looked up in the database.
    private static (string, string) SessionCookie { get; } = ("Cookie", "sid=" + new string('A', 64));
}
