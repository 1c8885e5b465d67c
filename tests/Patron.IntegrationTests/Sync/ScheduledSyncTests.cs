using Microsoft.Extensions.DependencyInjection;
using Patron.Erp.Runs;
using Patron.IntegrationTests.Hosting;
using Patron.OdooStandIn.Company;
using Patron.Shared.Background;

namespace Patron.IntegrationTests.Sync;

/// <summary>Scheduled runs: nightly full ones, and incremental ones between them if configured.</summary>
public sealed class ScheduledSyncTests(TestDatabase database)
{
    private const string HalfPastFour = "30 4 * * *";

    [Fact]
    public async Task Due_time_is_run_once_by_all_processes()
    {
        await using var world = await SyncWorld.StartAsync(database, StandInCompany.Generated(5), ("Odoo:Schedule", HalfPastFour));
        await using var other = await world.StartAnotherProcessAsync();
        await world.SyncAsync();
        world.Time.Shift = TimeSpan.FromDays(1);
        Assert.Equal("full 04:30", await world.ScheduledRunsAsync(1));
    }

    [Fact]
    public async Task Late_commit_is_missed_by_an_incremental_run_and_found_by_a_full_one()
    {
        await using var world = await SyncWorld.StartAsync(database, null, ("Odoo:Schedule", HalfPastFour));
        var known = world.Company.AddPartner("Known", "known@x.example");
        await world.SyncAsync();
        world.Company.ChangeLate(known, DateTimeOffset.UtcNow.AddHours(-1), ("phone", "+263 77 6"));
        Assert.Equal(0, (await world.SyncAsync()).Updated);
        world.Time.Shift = TimeSpan.FromDays(1);
        await world.ScheduledRunsAsync(1);
        Assert.Equal("+263 77 6", (await world.CustomerOfAsync(known)).Said("phone"));
    }

    [Fact]
    public async Task Incremental_schedule_requests_an_incremental_run()
    {
        await using var world = await SyncWorld.StartAsync(database, null, ("Odoo:IncrementalSchedule", HalfPastFour));
        await world.SyncAsync();
        world.Time.Shift = TimeSpan.FromDays(1);
        Assert.Equal("incremental 04:30", await world.ScheduledRunsAsync(1));
    }

    [Fact]
    public async Task Both_schedules_due_at_one_time_make_one_full_run()
    {
        await using var world = await SyncWorld.StartAsync(database, null, ("Odoo:Schedule", HalfPastFour), ("Odoo:IncrementalSchedule", HalfPastFour));
        await using var other = await world.StartAnotherProcessAsync();
        await world.SyncAsync();
        world.Time.Shift = TimeSpan.FromDays(1);
        await world.ScheduledRunsAsync(1);
        world.Time.Shift = TimeSpan.FromDays(2);
        Assert.Equal("full 04:30, full 04:30", await world.ScheduledRunsAsync(2));
    }

    [Fact]
    public async Task Due_full_run_waits_for_an_incremental_one()
    {
        await using var world = await SyncWorld.StartAsync(database, null, ("Odoo:Schedule", HalfPastFour));
        await world.SyncAsync();
        await using (await world.Accounts.Services.GetRequiredService<LeaseStore>().TryAcquireAsync(RunSync.LeaseName, CancellationToken.None))
        {
            await world.RequestAsync();
            world.Time.Shift = TimeSpan.FromDays(1);
            await Eventually.BecomeTrueAsync(() => Task.FromResult(world.Logs.Text.Contains("is deferred until run", StringComparison.Ordinal)));
        }

        Assert.Equal("full 04:30", await world.ScheduledRunsAsync(1));
        Assert.Equal("incremental", await world.CustomersSqlAsync<string>("SELECT mode FROM erp.runs WHERE started_by = 'request' AND state = 'succeeded'"));
    }
}
