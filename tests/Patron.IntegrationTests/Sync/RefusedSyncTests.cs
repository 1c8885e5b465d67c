using System.Text.Json;
using Patron.IntegrationTests.Customers;
using Patron.Erp.Runs;

namespace Patron.IntegrationTests.Sync;

/// <summary>Runs that cannot start or finish end with a reason and do not block the next one.</summary>
public sealed class RefusedSyncTests(TestDatabase database)
{
    [Fact]
    public async Task Requested_run_fails_after_Odoo_was_replaced_and_a_later_one_succeeds()
    {
        await using var world = await SyncWorld.StartAsync(database);
        await world.SyncAsync();
        await world.ReplaceOdooAsync();
        var refused = await world.RequestAsync();
        var run = await world.EndedAsync(refused);
        Assert.Equal(("failed", 0), (run.Text("state"), run.GetProperty("read_partners").GetInt32()));
        Assert.Contains("--same-erp", run.Text("error"), StringComparison.Ordinal);
        var status = (await world.AskAsync(HttpMethod.Get, "sync/status/")).GetProperty("data");
        Assert.Equal((JsonValueKind.Null, refused), (status.GetProperty("open").ValueKind, status.GetProperty("last").GetProperty("id").GetInt64()));

        Assert.Null((await world.TrySyncAsync(new SyncParameters { SameErp = true })).Error);
        Assert.Equal("succeeded", (await world.EndedAsync(await world.RequestAsync())).Text("state"));
        Assert.Single(world.Logs.Text.Split('\n'), line => line.StartsWith($"Warning Sync run {refused} failed", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Refused_scheduled_run_does_not_block_the_next_one()
    {
        await using var world = await SyncWorld.StartAsync(database, null, ("Odoo:Schedule", "30 4 * * *"));
        await world.SyncAsync();
        await world.ReplaceOdooAsync();
        world.Time.Shift = TimeSpan.FromDays(1);
        await world.ScheduledRunsAsync(1, "failed");
        Assert.Null((await world.TrySyncAsync(new SyncParameters { SameErp = true })).Error);
        world.Time.Shift = TimeSpan.FromDays(2);
        Assert.Equal("full 04:30, full 04:30", await world.ScheduledRunsAsync(1));
    }

    [Fact]
    public async Task Run_whose_result_cannot_be_stored_has_failed()
    {
        await using var world = await SyncWorld.StartAsync(database);
        await world.CustomersSqlAsync<object>("""
            CREATE FUNCTION customers.refuse_success() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'no success'; END $$
            """);
        await world.CustomersSqlAsync<object>("""
            CREATE TRIGGER refuse_success BEFORE UPDATE ON erp.runs FOR EACH ROW WHEN (NEW.state = 'succeeded') EXECUTE FUNCTION customers.refuse_success()
            """);
        var run = await world.EndedAsync(await world.RequestAsync());
        Assert.Equal("failed", run.Text("state"));
        Assert.Contains("Please report it", run.Text("error"), StringComparison.Ordinal);
    }
}
