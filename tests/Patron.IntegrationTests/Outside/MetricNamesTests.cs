using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using System.Text.RegularExpressions;
using Patron.IntegrationTests.Hosting;
using Patron.IntegrationTests.PrivatePostgres;
using Patron.IntegrationTests.Processes;
using Patron.Shared;
using Patron.Tests;

namespace Patron.IntegrationTests.Outside;

/// <summary>The dashboard in <c>deploy/</c> and the alerts in the operations manual use metrics that Patron exports.</summary>
public sealed partial class MetricNamesTests(TestDatabase databases)
{
    // Exported only where Patron takes backups.
    private static readonly string[] OfBackups = ["patron_backup_age_seconds", "patron_backup_wal_delay_seconds"];

    [Fact]
    public async Task Metrics_of_the_dashboard_and_of_the_alerts_are_exported()
    {
        var metrics = $"http://127.0.0.1:{PatronProcess.FreePort()}";
        using var partners = new DataFolder();
        Directory.CreateDirectory(partners.Location);
        await File.WriteAllTextAsync(
            Path.Combine(partners.Location, "partners.csv"), "id,name,email\n1,First,first@acme.example\n", TestContext.Current.CancellationToken);
        using var folder = new DataFolder();
        var database = await Templates.CopyAsync(databases);
        // A process of its own, because metrics of all servers of a process are mixed.
        await using var patron = await PatronProcess.StartAsync(folder.Location, PatronProcess.SettingsFor(database, ("Metrics__Url", metrics), ("Erp__Source", "csv"),
            ("Erp__Folder", partners.Location)));
        var token = await patron.TokenAsync();
        await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => patron.GetAsync("/api/v1/customers/", token)));
        using var prometheus = new HttpClient { BaseAddress = new Uri(metrics) };

        Assert.Equal(HttpStatusCode.Accepted, await StartSyncAsync(patron, token));
        await patron.UntilAsync(async () => await ReadAsync(prometheus) is var read && read.Contains("patron_sync_runs_total") && read.Contains("patron_sync_age_seconds"));
        await DataFolder.ExecuteAsync(database, "DROP TABLE customers.duplicate_queue"); // A service that keeps failing.
        await patron.UntilAsync(async () => (await ReadAsync(prometheus)).Contains("patron_services_failing"));

        var exported = await ReadAsync(prometheus);
        Assert.Empty(OfDashboard().Concat(OfManual()).Except(exported).Except(OfBackups));
        Assert.True(OfDashboard().Count() > 20);
        Assert.True(OfManual().Count() > 8);
    }

    [Fact]
    public void Panels_of_the_dashboard_have_titles_and_numbers_of_their_own()
    {
        var panels = Dashboard().GetProperty("panels").EnumerateArray().ToList();

        Assert.Distinct(panels.Select(panel => panel.GetProperty("id").GetInt32()));
        Assert.All(panels, panel => Assert.NotEmpty(panel.GetProperty("title").GetString()!));
        Assert.Distinct(panels.Select(panel => panel.GetProperty("gridPos").GetRawText()));
    }

    private static async Task<HttpStatusCode> StartSyncAsync(PatronProcess patron, string token)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/api/portal/sync/")
        {
            Content = JsonContent.Create(new { full = true }),
            Headers = { Authorization = new AuthenticationHeaderValue("Bearer", token) },
        };
        using var answer = await patron.Client.SendAsync(request);
        return answer.StatusCode;
    }

    private static async Task<HashSet<string>> ReadAsync(HttpClient prometheus) =>
        [.. Series().Matches(await prometheus.GetStringAsync("/metrics", TestContext.Current.CancellationToken)).Select(match => match.Groups["name"].Value)];

    private static JsonElement Dashboard() =>
        JsonDocument.Parse(File.ReadAllText(Path.Combine(Checkout.Folder, "deploy", "grafana-dashboard.json"))).RootElement;

    private static IEnumerable<string> OfDashboard() => Dashboard().GetProperty("panels").EnumerateArray()
        .Where(panel => panel.TryGetProperty("targets", out _)).SelectMany(panel => panel.GetProperty("targets").EnumerateArray())
        .SelectMany(target => MetricsIn(target.GetProperty("expr").GetString()!)).Distinct();

    private static IEnumerable<string> OfManual() => AlertRows().Matches(File.ReadAllText(Path.Combine(Checkout.Folder, "docs", "operations.md")))
        .SelectMany(row => MetricsIn(row.Groups["query"].Value)).Distinct();

    // Without the labels, whose names look the same.
    private static IEnumerable<string> MetricsIn(string query) =>
        Metrics().Matches(Labels().Replace(query, "")).Select(match => match.Value);

    [GeneratedRegex(@"(?m)^(?<name>[a-z_0-9]+)[{ ]", RegexOptions.ExplicitCapture | RegexOptions.NonBacktracking)]
    private static partial Regex Series();

    [GeneratedRegex(@"\{[^}]*\}|by \([^)]*\)", RegexOptions.NonBacktracking)]
    private static partial Regex Labels();

    [GeneratedRegex(@"\b(http|db|dotnet|aspnetcore|kestrel|patron)_[a-z_0-9]+", RegexOptions.ExplicitCapture | RegexOptions.NonBacktracking)]
    private static partial Regex Metrics();

    [GeneratedRegex(@"(?m)^\| [^|]+ \| `(?<query>[^`]*_(seconds|total|available|failing|given_up|count|requests|bucket|used|max|bytes)[^`]*)` \|", RegexOptions.ExplicitCapture | RegexOptions.NonBacktracking)]
    private static partial Regex AlertRows();
}
