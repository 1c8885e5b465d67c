using System.Net;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Patron.Erp;
using Patron.Erp.Partners;
using Patron.Erp.Runs;
using Patron.IntegrationTests.Customers;
using Patron.IntegrationTests.Hosting;
using Patron.IntegrationTests.Odoo;
using Patron.OdooStandIn.Company;
using Patron.OdooStandIn.Server;
using Patron.Shared;
using Patron.Shared.Results;

namespace Patron.IntegrationTests.Sync;

/// <summary>A Patron and the Odoo of its company, both new for one test.</summary>
internal sealed class SyncWorld : PatronApp
{
    private readonly (string Name, string Value)[] settings;
    private Person? admin;

    private SyncWorld(TestDatabase database, StandInOdoo odoo, (string Name, string Value)[] settings)
        : base(database) => (Odoo, this.settings) = (odoo, settings);

    public StandInOdoo Odoo { get; }

    public StandInCompany Company => Odoo.Company;

    /// <summary>What the first process logs.</summary>
    public LogLines Logs { get; } = new();

    /// <summary>An Odoo with no partners but the company's own, unless another company is given.</summary>
    public static async Task<SyncWorld> StartAsync(TestDatabase database, StandInCompany? company = null, params (string Name, string Value)[] settings)
    {
        var world = new SyncWorld(database, await StandInOdoo.StartAsync(company ?? NewCompany()), settings);
        await world.InitializeAsync();
        return world;
    }

    /// <summary>Another process on the same database.</summary>
    public Task<RunningPatron> StartBesideAsync(params (string Name, string Value)[] others) =>
        RunningPatron.StartAsync(Accounts.ConnectionString, ProcessRole.All, Settings(others), Time);

    public new async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        await Odoo.DisposeAsync();
    }

    public async Task<Person> SomeAdminAsync() => admin ??= await this.AdminAsync();

    /// <summary>A whole run, in this process and at once; its figures.</summary>
    public async Task<SyncFigures> SyncAsync(bool full = false)
    {
        var run = await TrySyncAsync(new SyncOrder { Full = full });
        Assert.True(run.Error is null, run.Error?.Detail);
        var figures = run.Value.Figures;
        Assert.Equal(figures.Total, figures.Created + figures.Updated + figures.Unchanged + figures.Skipped.Values.Sum() + figures.Conflicts + figures.Errors);
        return figures;
    }

    public Task<Result<FinishedSync>> TrySyncAsync(SyncOrder? order = null) =>
        Accounts.Services.GetRequiredService<RunSync>().HandleAsync(order ?? new SyncOrder(), _ => { }, CancellationToken.None);

    /// <summary>Waits until so many runs have ended that a schedule asked for; what they read and when they were due, in their order.</summary>
    public async Task<string?> ScheduledRunsAsync(int count, string state = "succeeded")
    {
        await Eventually.BeSoAsync(async () =>
            await CustomersSqlAsync<long>("SELECT count(*) FROM erp.runs WHERE started_by = 'schedule' AND state = $1", state) >= count);
        return await CustomersSqlAsync<string>(
            "SELECT string_agg(concat_ws(' ', mode, to_char(due_at AT TIME ZONE 'UTC', 'HH24:MI')), ', ' ORDER BY id) FROM erp.runs WHERE started_by = 'schedule'");
    }

    /// <summary>Waits until a run has ended; its answer.</summary>
    public async Task<JsonElement> EndedAsync(long id)
    {
        await Eventually.BeSoAsync(() => CustomersSqlAsync<bool>("SELECT finished_at IS NOT NULL FROM erp.runs WHERE id = $1", id));
        return (await AskAsync(HttpMethod.Get, $"sync/{id}/")).GetProperty("data");
    }

    /// <summary>An administrator asks for a run; its number.</summary>
    public async Task<long> RequestAsync() =>
        (await AskAsync(HttpMethod.Post, "sync/", new { }, HttpStatusCode.Accepted)).GetProperty("data").GetProperty("id").GetInt64();

    /// <summary>As if the partners known here had come from another Odoo.</summary>
    public Task ReplaceOdooAsync() => CustomersSqlAsync<object>("UPDATE erp.runs SET erp = 'another at odoo.example.com'");

    /// <summary>The customer who is tied to the partner, as the record is kept.</summary>
    public async Task<JsonElement> CustomerOfAsync(long partner) => JsonDocument.Parse(await CustomersSqlAsync<string>(
        "SELECT to_json(c)::text FROM customers.customers c JOIN erp.partners p ON p.customer_uid = c.uid WHERE p.external_id = $1::text", partner)
        ?? throw new InvalidOperationException($"Partner {partner} is nobody's.")).RootElement;

    /// <summary>The ledger's line, as <c>state</c> or <c>state reason</c>.</summary>
    public async Task<string?> StateOfAsync(long partner) => await CustomersSqlAsync<string>(
        "SELECT concat_ws(' ', state, reason) FROM erp.partners WHERE external_id = $1::text", partner);

    public Task<long> CountCustomersAsync() => CustomersSqlAsync<long>("SELECT count(*) FROM customers.customers");

    public async Task<JsonElement> AskAsync(HttpMethod method, string path, object? body = null, HttpStatusCode status = HttpStatusCode.OK) =>
        await (await Accounts.SendAsync(method, $"/api/portal/{path}", await SomeAdminAsync(), body)).ShouldBeAsync(status);

    private static StandInCompany NewCompany()
    {
        var company = StandInCompany.Generated(0);
        company.Delete(company.PartnerNamed("Portal Person"));
        return company;
    }

    protected override async Task<(RunningPatron Accounts, RunningPatron Customers)> StartAsync()
    {
        var server = await StartAsync(ProcessRole.All, Settings(), Logs);
        return (server, server);
    }

    private Dictionary<string, string?> Settings(params (string Name, string Value)[] others) => Odoo.Settings([("Odoo:Schedule", "never"), .. settings, .. others]);
}

/// <summary>What tests say of partners and records.</summary>
internal static class SyncIntents
{
    public static string? Email(this JsonElement record) => record.Text("email");

    /// <summary>What the record says of a field, whatever its kind.</summary>
    public static string? Said(this JsonElement record, string field) => record.GetProperty(field) is { ValueKind: not JsonValueKind.Null } value ? value.ToString() : null;
}
