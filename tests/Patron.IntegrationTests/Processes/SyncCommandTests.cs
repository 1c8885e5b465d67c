using System.Diagnostics;
using System.Text.Json;
using Patron.IntegrationTests.Hosting;
using Patron.IntegrationTests.PrivatePostgres;
using Patron.OdooStandIn.Company;
using Patron.OdooStandIn.Server;

namespace Patron.IntegrationTests.Processes;

/// <summary><c>patron sync</c> as a separate process, including killed ones.</summary>
[Collection(nameof(SeveralServers))]
public sealed class SyncCommandTests(TestDatabase database)
{
    [Fact]
    public async Task Killed_run_continues_and_counts_both_parts()
    {
        var company = StandInCompany.Generated(4000);
        await using var odoo = await StandInOdoo.StartAsync(company, new StandInSettings { PerThousandRows = TimeSpan.FromSeconds(2) });
        var connection = await Templates.CopyAsync(database);
        var settings = Settings(odoo, connection);
        using (var first = PatronCommandLine.Start(settings, "sync", "odoo", "--json"))
        {
            var watch = Stopwatch.StartNew();
            while (await ReadAfterAsync(connection) < 500)
            {
                Assert.False(first.HasExited, "the first run should be killed before its end");
                Assert.True(watch.Elapsed < TimeSpan.FromSeconds(40), "the first run should have got so far by now");
                await Task.Delay(20);
            }

            first.Kill();
            await first.WaitForExitAsync();
        }

        var done = await ReadAfterAsync(connection);
        odoo.Book.Clear();
        var answer = await PatronCommandLine.RunAsync(settings, ["sync", "odoo", "--json"]);
        Assert.True(answer.Status == 0, answer.Errors);
        var summary = JsonDocument.Parse(answer.Output).RootElement;
        Assert.Equal(1, summary.GetProperty("run").GetInt64());
        Assert.Equal(company.Ids().Count, summary.GetProperty("total").GetInt64());
        Assert.Equal(0, summary.GetProperty("unchanged").GetInt64());
        Assert.Equal(3201, summary.GetProperty("created").GetInt64()); // Four of five partners, and one with a login.
        Assert.InRange(odoo.Book.Count("res.partner.search_read"), 1, (int)((4000 - done) / 100) + 5);

        var again = JsonDocument.Parse((await PatronCommandLine.RunAsync(settings, ["sync", "odoo", "--json"])).Output).RootElement;
        Assert.Equal((0, 0), (again.GetProperty("created").GetInt64(), again.GetProperty("updated").GetInt64()));
        var status = await PatronCommandLine.RunAsync(settings, ["sync", "status"]);
        Assert.Contains("3,201 linked to Odoo, 0 with a password", status.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Figures_are_printed_as_text_and_a_conflict_is_listed_and_settled()
    {
        await using var odoo = await StandInOdoo.StartAsync(StandInCompany.Typical());
        var settings = Settings(odoo, await Templates.CopyAsync(database));
        var foreseen = await PatronCommandLine.RunAsync(settings, ["sync", "odoo", "--dry-run"]);
        Assert.Contains("A run would find 491 partners", foreseen.Output, StringComparison.Ordinal);
        var told = await PatronCommandLine.RunAsync(settings, ["sync", "odoo"]);
        Assert.Contains("72 child contact", told.Output, StringComparison.Ordinal);
        Assert.Contains("need a decision: patron sync conflicts", told.Output, StringComparison.Ordinal);

        var conflicts = JsonDocument.Parse((await PatronCommandLine.RunAsync(settings, ["sync", "conflicts", "--json"])).Output).RootElement.GetProperty("conflicts");
        Assert.Equal(192, conflicts.GetArrayLength());
        var partner = conflicts[0].GetProperty("partner_id").GetString()!;
        Assert.Equal(0, (await PatronCommandLine.RunAsync(settings, ["sync", "settle", partner, "keep"])).Status);
        Assert.Equal(1, (await PatronCommandLine.RunAsync(settings, ["sync", "settle", partner, "keep"])).Status);
        var table = (await PatronCommandLine.RunAsync(settings, ["sync", "conflicts"])).Output.Split('\n');
        Assert.Matches("^PARTNER +REASON +NAME +EMAIL +CUSTOMER +CUSTOMER NAME", table[0]);
        Assert.Equal((1 + 191, "191 partners. Decide with: patron sync settle PARTNER keep|take|ignore|merge"), (table.Length - 2, table[^2]));

        // Names are other people's texts: they stay in their line, and reach no terminal as commands.
        var other = conflicts[1].GetProperty("partner_id").GetString()!;
        await DataFolder.ExecuteAsync(
            settings["ConnectionStrings__Patron"], $"UPDATE erp.partners SET facts = jsonb_set(facts::jsonb, '{{name}}', to_jsonb(E'\"A\"\\tB\\nC\\x1b[31m'::text)) WHERE external_id = '{other}'");
        var shown = Assert.Single((await PatronCommandLine.RunAsync(settings, ["sync", "conflicts"])).Output.Split('\n'), line => line.StartsWith(other + " ", StringComparison.Ordinal));
        Assert.Contains("""  "A"\tB\nC\u001b[31m  """, shown, StringComparison.Ordinal);

        await ManyAreSettledAsync(settings);
    }

    private static async Task ManyAreSettledAsync(Dictionary<string, string> settings)
    {
        var reasons = JsonDocument.Parse((await PatronCommandLine.RunAsync(settings, ["sync", "conflicts", "--json"])).Output).RootElement.GetProperty("conflicts")
            .EnumerateArray().CountBy(conflict => conflict.GetProperty("reason").GetString()!).OrderBy(reason => reason.Value).ToList();
        var (reason, count) = (reasons[0].Key, reasons[0].Value);
        var refused = await PatronCommandLine.RunAsync(settings, ["sync", "settle", "ignore", "--all"]);
        Assert.Equal((1, "", "Settle 191 partners with 'ignore'? Nothing was done. Add --yes to confirm.\n"), (refused.Status, refused.Output, refused.Errors));

        var some = await PatronCommandLine.RunAsync(settings, ["sync", "settle", "ignore", "--reason", reason, "--yes", "--json"]);
        Assert.True(some.Status == 0, some.Errors);
        Assert.Equal(count, JsonDocument.Parse(some.Output).RootElement.GetProperty("settled").GetInt32());
        var all = await PatronCommandLine.RunAsync(settings, ["sync", "settle", "ignore", "--all", "--yes"]);
        Assert.EndsWith($"Settled {191 - count} partner{(count == 190 ? "" : "s")}.\n", all.Output, StringComparison.Ordinal);
        Assert.Equal("No partners need a decision.\n", (await PatronCommandLine.RunAsync(settings, ["sync", "conflicts"])).Output);
    }

    [Fact]
    public async Task Unreachable_Odoo_is_reported_in_JSON_within_30_seconds()
    {
        var connection = await Templates.CopyAsync(database);
        var watch = Stopwatch.StartNew();
        var settings = new Dictionary<string, string>(PatronProcess.Administrator, StringComparer.Ordinal)
        {
            ["ConnectionStrings__Patron"] = connection, ["Odoo__Url"] = "http://127.0.0.1:9", ["Odoo__Database"] = "erp", ["Odoo__ApiKey"] = "key", ["Keys__Master"] = RunningPatron.MasterKey,
        };
        foreach (var arguments in new string[][] { ["sync", "odoo", "--json"], ["sync", "odoo", "--dry-run", "--json"] })
        {
            var answer = await PatronCommandLine.RunAsync(settings, arguments);
            Assert.Equal(1, answer.Status);
            Assert.Equal(["error"], JsonDocument.Parse(answer.Output).RootElement.EnumerateObject().Select(field => field.Name));
        }

        Assert.True(watch.Elapsed < TimeSpan.FromSeconds(60), $"both took {watch.Elapsed}");
        settings.Remove("Odoo__Url");
        settings.Remove("Odoo__Database");
        settings.Remove("Odoo__ApiKey");
        var unset = await PatronCommandLine.RunAsync(settings, ["sync", "odoo", "--json"]);
        Assert.Contains("Odoo:Url is not set", JsonDocument.Parse(unset.Output).RootElement.GetProperty("error").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Refused_command_leaves_no_open_run_and_keeps_a_requested_one()
    {
        await using var odoo = await StandInOdoo.StartAsync(StandInCompany.Generated(5));
        var connection = await Templates.CopyAsync(database);
        var settings = Settings(odoo, connection);
        Assert.Equal(0, (await PatronCommandLine.RunAsync(settings, ["sync", "odoo"])).Status);
        await DataFolder.ExecuteAsync(connection, "UPDATE erp.runs SET erp = 'another at odoo.example.com'");
        await RefusedAsync();
        Assert.Equal(0L, await DataFolder.ExecuteAsync(connection, "SELECT count(*) FROM erp.runs WHERE finished_at IS NULL"));

        var asked = await DataFolder.ExecuteAsync(connection, """
            INSERT INTO erp.runs (state, mode, started_by, requested_at, phase, read_partners)
            VALUES ('requested', 'full', 'request', now(), 'pages', 0) RETURNING id
            """);
        await RefusedAsync();
        Assert.Equal("requested", await DataFolder.ExecuteAsync(connection, "SELECT state FROM erp.runs ORDER BY id DESC LIMIT 1"));
        var done = JsonDocument.Parse((await PatronCommandLine.RunAsync(settings, ["sync", "odoo", "--same-erp", "--json"])).Output).RootElement;
        Assert.Equal(asked, done.GetProperty("run").GetInt64());

        async Task RefusedAsync()
        {
            var answer = await PatronCommandLine.RunAsync(settings, ["sync", "odoo", "--json"]);
            Assert.Equal(1, answer.Status);
            Assert.Contains("--same-erp", JsonDocument.Parse(answer.Output).RootElement.GetProperty("error").GetString(), StringComparison.Ordinal);
        }
    }

    private static Dictionary<string, string> Settings(StandInOdoo odoo, string connection) => new(PatronProcess.Administrator, StringComparer.Ordinal)
    {
        ["ConnectionStrings__Patron"] = connection, ["Keys__Master"] = RunningPatron.MasterKey, ["Odoo__Url"] = odoo.Url.ToString(), ["Odoo__Database"] = odoo.Database,
        ["Odoo__User"] = odoo.Login, ["Odoo__ApiKey"] = odoo.ApiKey, ["Odoo__PageSize"] = "100",
    };

    private static async Task<long> ReadAfterAsync(string connection)
    {
        try
        {
            return (long)(await DataFolder.ExecuteAsync(connection, "SELECT coalesce(max(read_partners), 0) FROM erp.runs"))!;
        }
        catch (Npgsql.PostgresException)
        {
            return 0; // The database is not migrated yet.
        }
    }
}
