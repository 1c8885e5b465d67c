using System.Collections.Concurrent;
using System.Net;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Patron.IntegrationTests.Customers;
using Patron.IntegrationTests.Hosting;
using Patron.IntegrationTests.Processes;
using Patron.Shared;

namespace Patron.IntegrationTests.Outside;

/// <summary>A test OTLP collector.</summary>
internal sealed class Collector : IAsyncDisposable
{
    private readonly WebApplication app;

    private Collector(WebApplication app) => this.app = app;

    public ConcurrentQueue<(string Path, string Payload)> Received { get; } = new();

    public string Url => app.Urls.First();

    public static async Task<Collector> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var built = builder.Build();
        var collector = new Collector(built);
        built.Run(async http =>
        {
            using var body = new MemoryStream();
            await http.Request.Body.CopyToAsync(body);
            collector.Received.Enqueue((http.Request.Path.Value!, Encoding.UTF8.GetString(body.ToArray())));
            http.Response.ContentType = "application/x-protobuf";
        });
        await built.StartAsync();
        return collector;
    }

    public async ValueTask DisposeAsync() => await app.DisposeAsync();
}

public sealed class TelemetryTests(TestDatabase databases)
{
    [Fact]
    public async Task Traces_and_metrics_contain_route_templates_but_no_personal_data()
    {
        await using var collector = await Collector.StartAsync();
        var app = new Configured(databases, "OTEL_EXPORTER_OTLP_ENDPOINT", collector.Url);
        string[] personal;
        await app.InitializeAsync();
        try
        {
            personal = await Session.RunAsync(app);
        }
        finally
        {
            await app.DisposeAsync(); // Sends the last batch.
        }

        var traces = string.Concat(collector.Received.Where(sent => sent.Path == "/v1/traces").Select(sent => sent.Payload));
        var metrics = string.Concat(collector.Received.Where(sent => sent.Path == "/v1/metrics").Select(sent => sent.Payload));
        Assert.Contains("GET /api/v1/customers/email/{email}", traces, StringComparison.Ordinal);
        Assert.Contains("POST /api/auth/register/", traces, StringComparison.Ordinal);
        Assert.Contains("patron.role", traces, StringComparison.Ordinal);
        Assert.Contains("http.server.request.duration", metrics, StringComparison.Ordinal);
        Assert.Contains("db.client.", metrics, StringComparison.Ordinal);
        var everything = traces + metrics;
        // Three letters alone can also occur in the binary format by chance.
        Assert.DoesNotMatch(Session.TokenStart + "[A-Za-z0-9_-]{10}", everything);
        Assert.All(personal.Except([Session.TokenStart]).Append("/api/v1/customers/email/j").Append("/nothing/here"), word => Assert.DoesNotContain(word, everything, StringComparison.OrdinalIgnoreCase));
        Assert.DoesNotContain(app.Accounts.DataFolder, everything, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_an_endpoint_nothing_is_collected()
    {
        await using var app = await RunningPatron.StartAsync(await Templates.CopyAsync(databases));

        Assert.DoesNotContain(app.Services.GetServices<IHostedService>(), service => service.GetType().FullName!.Contains("Telemetry", StringComparison.Ordinal));
        Assert.DoesNotContain(AppDomain.CurrentDomain.GetAssemblies().Where(assembly => assembly.GetName().Name == "OpenTelemetry").SelectMany(assembly => assembly.GetTypes())
            .Where(type => type.Name is "TracerProviderSdk" or "MeterProviderSdk"), type => app.Services.GetService(type.BaseType!) is not null);
    }

    [Fact]
    public async Task Prometheus_reads_metrics_at_a_separate_listener()
    {
        var metrics = $"http://127.0.0.1:{PatronProcess.FreePort()}";
        await using var app = new Configured(databases, "Metrics:Url", metrics);
        await app.InitializeAsync();
        using var prometheus = new HttpClient { BaseAddress = new Uri(metrics) };
        await app.Accounts.SendAsync(HttpMethod.Get, "/api/auth/profile/", null);

        Assert.Contains("http_route=\"/api/auth/profile/\"", await prometheus.GetStringAsync("/metrics", TestContext.Current.CancellationToken), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.NotFound, (await prometheus.GetAsync("/health/live", TestContext.Current.CancellationToken)).StatusCode);
        await (await app.Accounts.SendAsync(HttpMethod.Get, "/metrics", null)).ShouldBeAsync(HttpStatusCode.NotFound);
    }

    private sealed class Configured(TestDatabase database, string setting, string value) : PatronApp(database)
    {
        protected override async Task<(RunningPatron Accounts, RunningPatron Customers)> StartAsync()
        {
            var server = await StartAsync(ProcessRole.All, new Dictionary<string, string?> { [setting] = value });
            return (server, server);
        }
    }
}

/// <summary>Requests of many kinds, successful and failing.</summary>
internal static class Session
{
    /// <summary>The beginning of every part of a token that is a JSON object.</summary>
    public const string TokenStart = "eyJ";

    /// <summary>Sends the requests and returns the personal data and secrets that must not be found anywhere afterwards.</summary>
    public static async Task<string[]> RunAsync(PatronApp app)
    {
        const string First = "Wilhelmina";
        const string Last = "Featherstonehaugh";
        const string Password = "a Secret of 9 Words";
        const string Wrong = "not the Secret at 4ll";
        var person = await app.RegisterAsync(Intents.NewEmail("wilhelmina"), First, Last, Password);
        await app.Accounts.SendAsync(HttpMethod.Post, "/api/auth/register/", null, new { email = person.Email, first_name = First, last_name = Last, password1 = Password, password2 = Password });
        await app.SignInAsync(person.Email, Password);
        await app.Accounts.SendAsync(HttpMethod.Post, "/api/auth/login/", null, new { email = person.Email, password = Wrong });
        await app.Accounts.SendAsync(HttpMethod.Post, "/api/auth/login/", null, new { email = "nobody-at-all@tests.example", password = Wrong });
        await app.Accounts.SendAsync(HttpMethod.Post, "/api/auth/password/forgot/", null, new { email = person.Email });
        await app.Accounts.SendAsync(HttpMethod.Post, "/api/auth/token/refresh/", null, new { refresh = person.Refresh });
        await app.Accounts.SendAsync(HttpMethod.Post, "/api/auth/token/refresh/", null, new { refresh = "abc.def.ghi" });
        await app.Accounts.SendAsync(HttpMethod.Get, "/api/auth/profile/", person with { Access = person.Access + "x" });
        var verification = (await app.MailAsync(person.Email, "confirm")).Token;
        await app.Accounts.SendAsync(HttpMethod.Post, "/api/auth/email/verify/", person, new { token = verification });

        var staff = await app.StaffAsync();
        var email = Intents.NewEmail("jonathan");
        await app.CreateCustomerAsync(staff, CustomerIntents.JohnDoe(email));
        await (await app.Customers.SendAsync(HttpMethod.Get, $"{CustomerIntents.Api}email/{email}", staff)).ShouldBeAsync(HttpStatusCode.OK);
        await (await app.PostCustomerAsync(staff, CustomerIntents.JohnDoe(email))).ShouldBeAsync(HttpStatusCode.BadRequest);
        await app.Customers.SendAsync(HttpMethod.Get, $"{CustomerIntents.Api}email/{email}?is_active={email}", null);
        await app.Customers.SendAsync(HttpMethod.Get, $"/nothing/here/{email}", staff);
        await app.Customers.SendAsync(HttpMethod.Get, $"{CustomerIntents.Api}?limit={email}", staff);
        await app.Customers.SendAsync(HttpMethod.Post, CustomerIntents.Api, staff, CustomerIntents.Raw($"{{\"email\": \"{email}\", "));
        await app.Customers.SendAsync(HttpMethod.Get, CustomerIntents.Api, staff, null, ("X-Organization", email), ("User-Agent", $"agent of {email}"));
        return ["wilhelmina", Last, Password, Wrong, "nobody-at-all", "jonathan", email, person.Email, person.Access, person.Refresh, verification, "123 Main Street", "555-0123", TokenStart];
    }
}
