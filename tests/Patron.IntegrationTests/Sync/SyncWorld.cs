using System.Net;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Patron.Erp.Partners;
using Patron.Erp.Runs;
using Patron.Hosting;
using Patron.IntegrationTests.Customers;
using Patron.IntegrationTests.Hosting;
using Patron.IntegrationTests.Odoo;
using Patron.OdooStandIn.Company;
using Patron.OdooStandIn.Server;
using Patron.Shared;
using Patron.Shared.Results;

namespace Patron.IntegrationTests.Sync;

/// <summary>
/// A Patron and its company's ERP, both new for one test: an Odoo, or a folder to which the same company exports its partners.
/// </summary>
internal sealed class SyncWorld : PatronApp
{
    private readonly (string Name, string Value)[] settings;
    private readonly StandInOdoo? odoo;
    private readonly FolderCompany? folder;
    private Person? admin;

    private SyncWorld(TestDatabase database, StandInCompany company, StandInOdoo? odoo, (string Name, string Value)[] settings)
        : base(database)
    {
        (Company, this.odoo, this.settings) = (company, odoo, settings);
        folder = odoo is null ? new FolderCompany(company) : null;
    }

    public StandInCompany Company { get; }

    public StandInOdoo Odoo => odoo ?? throw new InvalidOperationException("The company exports to a folder.");

    /// <summary>Whether the ERP has documents of its partners, and URLs for them.</summary>
    public bool IsOdoo => odoo is not null;

    /// <summary>The folder of exports, for a company without Odoo.</summary>
    public FolderCompany Folder => folder ?? throw new InvalidOperationException("The company has an Odoo.");

    /// <summary>The log of the first process.</summary>
    public LogLines Logs { get; } = new();

    /// <summary>Starts with an Odoo that has only the company's own partners, unless another company is given.</summary>
    public static Task<SyncWorld> StartAsync(TestDatabase database, StandInCompany? company = null, params (string Name, string Value)[] settings) =>
        StartAsync(database, ErpKind.Odoo, company, settings);

    /// <summary>Starts with an ERP of this kind.</summary>
    public static async Task<SyncWorld> StartAsync(TestDatabase database, ErpKind erp, StandInCompany? company = null, params (string Name, string Value)[] settings)
    {
        company ??= NewCompany();
        var world = new SyncWorld(database, company, erp == ErpKind.Odoo ? await StandInOdoo.StartAsync(company) : null, settings);
        await world.InitializeAsync();
        return world;
    }

    /// <summary>Starts another process on the same database.</summary>
    public Task<RunningPatron> StartAnotherProcessAsync(params (string Name, string Value)[] others) =>
        RunningPatron.StartAsync(Accounts.ConnectionString, ProcessRole.All, Settings(others), Time);

    public new async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        folder?.Dispose();
        if (odoo is not null)
        {
            await odoo.DisposeAsync();
        }
    }

    public async Task<Person> GetAdminAsync() => admin ??= await this.AdminAsync();

    /// <summary>Runs a complete sync in this process and returns its figures.</summary>
    public async Task<SyncFigures> SyncAsync(bool full = false)
    {
        var run = await TrySyncAsync(new SyncParameters { Full = full });
        Assert.True(run.Error is null, run.Error?.Detail);
        var figures = run.Value.Figures;
        Assert.Equal(figures.Total, figures.Created + figures.Updated + figures.Unchanged + figures.Skipped.Values.Sum() + figures.Conflicts + figures.Errors);
        return figures;
    }

    public Task<Result<FinishedSync>> TrySyncAsync(SyncParameters? order = null)
    {
        folder?.Export();
        return Accounts.Services.GetRequiredService<RunSync>().HandleAsync(order ?? new SyncParameters(), _ => { }, CancellationToken.None);
    }

    /// <summary>Previews a complete sync.</summary>
    public async Task<SyncFigures> PreviewAsync()
    {
        folder?.Export();
        return (await Accounts.Services.GetRequiredService<PreviewSync>().HandleAsync(_ => { }, CancellationToken.None)).Value;
    }

    /// <summary>Waits until this many scheduled runs have finished; returns their modes and due times in order.</summary>
    public async Task<string?> ScheduledRunsAsync(int count, string state = "succeeded")
    {
        await Eventually.BecomeTrueAsync(async () =>
            await CustomersSqlAsync<long>("SELECT count(*) FROM erp.runs WHERE started_by = 'schedule' AND state = $1", state) >= count);
        return await CustomersSqlAsync<string>(
            "SELECT string_agg(concat_ws(' ', mode, to_char(due_at AT TIME ZONE 'UTC', 'HH24:MI')), ', ' ORDER BY id) FROM erp.runs WHERE started_by = 'schedule'");
    }

    /// <summary>Waits until a run has finished; returns its response.</summary>
    public async Task<JsonElement> EndedAsync(long id)
    {
        await Eventually.BecomeTrueAsync(() => CustomersSqlAsync<bool>("SELECT finished_at IS NOT NULL FROM erp.runs WHERE id = $1", id));
        return (await AskAsync(HttpMethod.Get, $"sync/{id}/")).GetProperty("data");
    }

    /// <summary>Requests a run as an administrator; returns its number.</summary>
    public async Task<long> RequestAsync() =>
        (await AskAsync(HttpMethod.Post, "sync/", new { }, HttpStatusCode.Accepted)).GetProperty("data").GetProperty("id").GetInt64();

    /// <summary>Makes the stored partners belong to another Odoo.</summary>
    public Task ReplaceOdooAsync() => CustomersSqlAsync<object>("UPDATE erp.runs SET erp = 'another at odoo.example.com'");

    /// <summary>The row of the customer that is linked to the partner.</summary>
    public Task<JsonElement> CustomerOfAsync(long partner) => CustomerOfAsync($"{partner}");

    /// <summary>The row of the customer that is linked to the partner with this id.</summary>
    public async Task<JsonElement> CustomerOfAsync(string partner) => JsonDocument.Parse(await CustomersSqlAsync<string>(
        "SELECT to_json(c)::text FROM customers.customers c JOIN erp.partners p ON p.customer_uid = c.uid WHERE p.external_id = $1", partner)
        ?? throw new InvalidOperationException($"Partner {partner} is nobody's.")).RootElement;

    /// <summary>The partner's state, as <c>state</c> or <c>state reason</c>.</summary>
    public Task<string?> StateOfAsync(long partner) => StateOfAsync($"{partner}");

    public Task<string?> StateOfAsync(string partner) => CustomersSqlAsync<string>("SELECT concat_ws(' ', state, reason) FROM erp.partners WHERE external_id = $1", partner);

    public Task<long> CountCustomersAsync() => CustomersSqlAsync<long>("SELECT count(*) FROM customers.customers");

    public async Task<JsonElement> AskAsync(HttpMethod method, string path, object? body = null, HttpStatusCode status = HttpStatusCode.OK) =>
        await (await Accounts.SendAsync(method, $"/api/portal/{path}", await GetAdminAsync(), body)).ShouldBeAsync(status);

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

    private Dictionary<string, string?> Settings(params (string Name, string Value)[] others)
    {
        (string Name, string Value)[] all = folder is null
            ? [("Odoo:Schedule", "never"), .. settings, .. others]
            : [("Erp:Source", "csv"), ("Erp:Folder", folder.Path), ("Erp:Schedule", "never"), .. settings, .. others];
        return odoo?.Settings(all) ?? all.ToDictionary(setting => setting.Name, setting => (string?)setting.Value, StringComparer.Ordinal);
    }
}

/// <summary>Helpers for JSON of partners and records.</summary>
internal static class SyncIntents
{
    public static string? Email(this JsonElement record) => record.Text("email");

    /// <summary>The value of a record's field as text, of any kind.</summary>
    public static string? Said(this JsonElement record, string field) => record.GetProperty(field) is { ValueKind: not JsonValueKind.Null } value ? value.ToString() : null;
}
