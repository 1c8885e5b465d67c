using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Patron.Erp.Runs;
using Patron.IntegrationTests.Customers;
using Patron.IntegrationTests.Hosting;
using Patron.OdooStandIn.Company;
using Patron.OdooStandIn.Server;
using Patron.Shared.Background;
using Patron.Shared.Results;

namespace Patron.IntegrationTests.Sync;

/// <summary>Sync runs: late changes, the sync lock, and an unavailable Odoo or killed process.</summary>
public sealed class SyncRunTests(TestDatabase database)
{
    [Fact]
    public async Task Late_commit_and_rows_of_one_second_are_read()
    {
        await using var world = await SyncWorld.StartAsync(database);
        var early = world.Company.AddPartner("Early", "early@x.example");
        await world.SyncAsync();
        var late = world.Company.AddLate("Late", "late@x.example", DateTimeOffset.UtcNow.AddDays(-2));
        var same = new[] { 1, 2, 3 }.Select(number => world.Company.AddPartner($"Same {number}", $"same{number}@x.example")).ToList();
        world.Company.SameSecond(DateTimeOffset.UtcNow.AddSeconds(-1), same);
        Assert.Equal(4, (await world.SyncAsync()).Created);
        Assert.Equal("current", await world.StateOfAsync(late));

        world.Odoo.Book.Clear();
        world.Company.Change(early, ("phone", "+263 77 6"));
        Assert.Equal(1, (await world.SyncAsync()).Updated);
        Assert.Equal(1, world.Odoo.Book.MaxConcurrentCalls);
    }

    [Fact]
    public async Task Unreadable_row_is_reported_and_retried_by_the_next_run()
    {
        await using var world = await SyncWorld.StartAsync(database, StandInCompany.Generated(40), ("Odoo:PageSize", "10"));
        var poisoned = world.Company.Ids()[^8];
        world.Company.PoisonRow(poisoned);
        var figures = await world.SyncAsync();
        Assert.Equal([$"{poisoned}"], figures.Failed.Select(note => note.PartnerId));
        Assert.StartsWith("error", await world.StateOfAsync(poisoned), StringComparison.Ordinal);
        world.Company.Heal();
        var healed = await world.SyncAsync();
        Assert.Equal((0, figures.Created + figures.Skipped.Values.Sum() + 1), (healed.Errors, healed.Created + healed.Unchanged + healed.Skipped.Values.Sum()));
    }

    [Fact]
    public async Task Run_fails_while_Odoo_is_unavailable_and_the_next_one_succeeds()
    {
        await using var world = await SyncWorld.StartAsync(database, StandInCompany.Generated(40), ("Odoo:PageSize", "10"));
        world.Odoo.Book.FailNext(Fault.BadGateway);
        await world.SyncAsync();
        world.Company.AddPartner("New", "new@x.example");
        world.Odoo.Book.FailAlways("res.partner.search_read", Fault.HtmlError);
        var failed = await world.TrySyncAsync();
        Assert.Equal(ErrorKind.Unavailable, failed.Error?.Kind);
        var run = (await world.AskAsync(HttpMethod.Get, "sync/status/")).GetProperty("data").GetProperty("last");
        Assert.Equal(("failed", failed.Error!.Detail), (run.Text("state"), run.Text("error")));
        Assert.Equal("degraded", await SyncHealthAsync());

        world.Odoo.Book.FailNoMore();
        Assert.Equal(1, (await world.SyncAsync()).Created);
        Assert.Equal("ok", await SyncHealthAsync());

        async Task<string?> SyncHealthAsync() =>
            (await (await world.Accounts.Client.GetAsync("/health")).ShouldBeAsync(HttpStatusCode.OK)).GetProperty("checks").Text("sync");
    }

    [Fact]
    public async Task Of_fifty_concurrent_requests_one_starts_a_run()
    {
        await using var world = await SyncWorld.StartAsync(database, StandInCompany.Generated(40));
        var admin = await world.GetAdminAsync();
        var answers = await Task.WhenAll(Enumerable.Range(0, 50).Select(_ => world.Accounts.SendAsync(HttpMethod.Post, "/api/portal/sync/", admin, new { })));
        Assert.All(answers, answer => Assert.True(answer.StatusCode is HttpStatusCode.Accepted or HttpStatusCode.OK, answer.StatusCode.ToString()));
        var first = await answers.Single(answer => answer.StatusCode == HttpStatusCode.Accepted).ShouldBeAsync(HttpStatusCode.Accepted);
        var id = first.GetProperty("data").GetProperty("id").GetInt64();
        var watch = System.Diagnostics.Stopwatch.StartNew();
        while ((await world.AskAsync(HttpMethod.Get, $"sync/{id}/")).GetProperty("data").Text("state") != "succeeded")
        {
            Assert.True(watch.Elapsed < TimeSpan.FromSeconds(20), "the worker should have run it by now");
            await Task.Delay(20);
        }

        Assert.Equal(1, await world.CustomersSqlAsync<long>("SELECT count(*) FROM erp.runs WHERE state = 'succeeded' AND id = $1", id));
        await (await world.Accounts.SendAsync(HttpMethod.Post, "/api/portal/sync/", await world.SomeStaffAsync(), new { })).ShouldBeAsync(HttpStatusCode.Forbidden);
        await (await world.Accounts.SendAsync(HttpMethod.Get, "/api/portal/sync/4711/", admin)).ShouldBeAsync(HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task Run_without_an_ERP_is_refused_with_a_hint()
    {
        await using var app = new OneProcess(database);
        await app.InitializeAsync();
        var refused = await (await app.Accounts.SendAsync(HttpMethod.Post, "/api/portal/sync/", await app.AdminAsync(), new { })).ShouldBeAsync(HttpStatusCode.BadRequest);
        Assert.Contains("docs/settings.md", refused.Text("detail"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Second_process_is_told_which_run_is_open()
    {
        await using var world = await SyncWorld.StartAsync(database);
        await using var lease = await world.Accounts.Services.GetRequiredService<LeaseStore>().TryAcquireAsync(RunSync.LeaseName, CancellationToken.None);
        Assert.NotNull(lease);
        await using var other = await world.StartAnotherProcessAsync();
        var refused = await other.Services.GetRequiredService<RunSync>().HandleAsync(new SyncParameters(), _ => { }, CancellationToken.None);
        Assert.Contains("is in progress", refused.Error?.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Another_Odoo_and_a_sudden_loss_of_partners_are_refused()
    {
        await using var world = await SyncWorld.StartAsync(database, StandInCompany.Generated(60));
        await world.SyncAsync();
        await world.ReplaceOdooAsync();
        Assert.Contains("--same-erp", (await world.TrySyncAsync()).Error?.Detail, StringComparison.Ordinal);
        Assert.Null((await world.TrySyncAsync(new SyncParameters { SameErp = true })).Error);

        foreach (var partner in world.Company.Ids().Skip(10).Reverse())
        {
            world.Company.Delete(partner);
        }

        Assert.Contains("--accept-losses", (await world.TrySyncAsync()).Error?.Detail, StringComparison.Ordinal);
        Assert.Equal(0, await world.CustomersSqlAsync<long>("SELECT count(*) FROM erp.partners WHERE state = 'gone'"));
        Assert.True((await world.TrySyncAsync(new SyncParameters { AcceptLosses = true })).Value.Figures.Gone > 40);
    }
}
