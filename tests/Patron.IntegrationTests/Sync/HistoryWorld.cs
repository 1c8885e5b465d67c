using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.Extensions.DependencyInjection;
using Patron.Erp.Runs;
using Patron.IntegrationTests.Customers;
using Patron.IntegrationTests.Hosting;
using Patron.OdooStandIn.Company;
using Patron.OdooStandIn.Server;
using Patron.Shared.Database;
using Patron.Shared.Results;

namespace Patron.IntegrationTests.Sync;

/// <summary>
/// A world in which one history after the other is played. Its partners, customers and runs are deleted before each one; addresses contain
/// the history's number, so that accounts of an earlier one do not match.
/// </summary>
internal sealed partial class HistoryWorld : IAsyncDisposable
{
    private const int Addresses = 5;

    /// <summary>Far enough in the past for many histories: an incremental run reads only what changed since the last run.</summary>
    private static readonly TimeSpan Past = TimeSpan.FromDays(-2000);
    private static readonly TimeSpan BetweenRuns = TimeSpan.FromHours(1);

    private const string ResetSql = "TRUNCATE erp.partners, erp.readings, erp.runs, erp.dashboards, customers.customers, customers.absorbed, customers.merges CASCADE";

    private const string StateSql = """
        SELECT json_build_object(
            'customers', (SELECT coalesce(json_agg(to_jsonb(c) ORDER BY c.id), '[]') FROM customers.customers c),
            'partners', (SELECT coalesce(json_agg(to_jsonb(p) ORDER BY p.external_id), '[]') FROM erp.partners p),
            'readings', (SELECT count(*) FROM erp.readings))::text
        """;

    private readonly SyncWorld world;
    private readonly ShiftedTime companyTime;
    private readonly List<RunningPatron> processes = [];
    private readonly List<long> partners = [];
    private readonly List<long> ownPartners;
    private int seed;

    private HistoryWorld(SyncWorld world, ShiftedTime companyTime) =>
        (this.world, this.companyTime, ownPartners) = (world, companyTime, [.. world.Company.Ids()]);

    public StandInCompany Company => world.Company;

    /// <summary>The steps so far, for failure messages.</summary>
    public List<string> Log { get; } = [];

    /// <summary>The partners of this history that exist in the ERP, oldest first.</summary>
    public IReadOnlyList<long> Partners => partners;

    public static async Task<HistoryWorld> StartAsync(TestDatabase database, params int[] pageSizes)
    {
        var past = new ShiftedTime { Shift = Past };
        var company = StandInCompany.Generated(0, time: past);
        company.Delete(company.PartnerNamed("Portal Person"));
        var started = new HistoryWorld(await SyncWorld.StartAsync(database, company, Settings(pageSizes[0])), past);
        started.processes.Add(started.world.Accounts);
        foreach (var size in pageSizes.Skip(1))
        {
            started.processes.Add(await started.world.StartAnotherProcessAsync([.. Settings(size), ("Mail:Folder", Path.Combine(started.world.Accounts.DataFolder, "mail"))]));
        }

        return started;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var process in processes.Skip(1))
        {
            await process.DisposeAsync();
        }

        await world.DisposeAsync();
    }

    /// <summary>Deletes the previous history.</summary>
    public async Task BeginAsync(int number)
    {
        seed = number;
        foreach (var partner in Company.Ids().Except(ownPartners).ToList())
        {
            Company.Delete(partner);
        }

        partners.Clear();
        Log.Clear();
        labels.Clear();
        ResetPeople();
        admin ??= await world.AdminAsync();
        await world.CustomersSqlAsync<object>(ResetSql);
    }

    /// <summary>Applies a step, if it applies to somebody.</summary>
    public async Task ApplyAsync(HistoryStep step)
    {
        if ((step.Event < HistoryEvent.StaffWroteAddress ? ApplyInErp(step) : await ApplyInPatronAsync(step)) is { } value)
        {
            Log.Add(value);
        }
    }

    /// <summary>
    /// A complete run by one of the processes; with <paramref name="trouble"/> it is interrupted and started again before.
    /// </summary>
    public async Task<SyncFigures> SyncAsync(bool isFull, Random? trouble = null)
    {
        companyTime.Shift += BetweenRuns;
        while (trouble is not null && trouble.Next(2) == 0)
        {
            await InterruptAsync(isFull, trouble);
        }

        Log.Add(isFull ? "full run" : "incremental run");
        var process = processes[trouble?.Next(processes.Count) ?? 0];
        while (true)
        {
            var run = await RunAsync(process, isFull, _ => { }, CancellationToken.None);
            if (run.Error is null)
            {
                return run.Value.Figures;
            }

            // A background worker has picked up the open run; start another one after it.
            Assert.Contains("is in progress", run.Error.Detail, StringComparison.Ordinal);
            await Task.Delay(5);
        }
    }

    public async Task<SyncFigures> PreviewAsync()
    {
        var predicted = await processes[^1].Services.GetRequiredService<PreviewSync>().HandleAsync(_ => { }, CancellationToken.None);
        Assert.True(predicted.Error is null, predicted.Error?.Detail);
        return predicted.Value;
    }

    public async Task<HistoryState> ReadAsync()
    {
        var state = JsonNode.Parse((await world.CustomersSqlAsync<string>(StateSql))!)!;
        return new HistoryState(
            [.. state["customers"]!.AsArray().Select(row => new CustomerRow(row!.AsObject()))], [.. state["partners"]!.AsArray().Select(row => new LedgerRowState(row!.AsObject()))],
            (long)state["readings"]!, Label);
    }

    /// <summary>The value of a partner's field in the ERP.</summary>
    public string? ErpValue(long partner, string field) => Company.Value("res.partner", partner, field) as string is { Length: > 0 } value ? value : null;

    public bool IsCompany(long partner) => Company.Value("res.partner", partner, "is_company") is true;

    public bool IsActive(long partner) => Company.Value("res.partner", partner, "active") is true;

    public bool HasParent(long partner) => Company.Value("res.partner", partner, "parent_id") is long;

    /// <summary>Whether it may become a customer.</summary>
    public bool IsEligible(long partner) => EmailKey(partner) is not null && (IsCompany(partner) || !HasParent(partner));

    public string? EmailKey(long partner) => ErpValue(partner, "email") is { } value && value.Contains('@', StringComparison.Ordinal) ? StripName(value).ToLowerInvariant() : null;

    /// <summary>Such as P3 for the fourth partner of the history.</summary>
    public string Label(string partner) => labels.GetValueOrDefault(partner, partner);

    private static string StripName(string value) => value.Split('<', '>') is [_, var bare, ..] ? bare : value;

    private static (string, string)[] Settings(int pageSize) => [("Odoo:PageSize", $"{pageSize}"), ("Odoo:DashboardAge", "00:00:00")];

    private static Task<Result<FinishedSync>> RunAsync(RunningPatron process, bool isFull, Action<SyncProgress> report, CancellationToken cancellationToken) =>
        process.Services.GetRequiredService<RunSync>().HandleAsync(new SyncParameters { Full = isFull }, report, cancellationToken);

    // Stops a process, cuts its connections, or makes Odoo unavailable.
    private async Task InterruptAsync(bool isFull, Random trouble)
    {
        var process = processes[trouble.Next(processes.Count)];
        var reports = trouble.Next(8);
        switch (trouble.Next(3))
        {
            case 0:
                using (var stop = new CancellationTokenSource())
                {
                    Log.Add($"run is stopped after report {reports}");
                    await TryRunAsync(_ =>
                    {
                        if (reports-- == 0)
                        {
                            stop.Cancel();
                        }
                    }, stop.Token);
                }

                break;
            case 1:
                Log.Add($"run loses its connections after report {reports}");
                Task? cut = null;
                var delay = trouble.Next(4);
                await TryRunAsync(_ => cut = reports-- == 0 ? CutConnectionsAsync(delay) : cut, CancellationToken.None);
                await (cut ?? Task.CompletedTask);
                // One that was cut on its way back to the pool would fail the next run, which had only to be repeated.
                processes.ForEach(each => each.Services.GetRequiredService<DatabasePools>().Clear());
                break;
            default:
                Log.Add($"Odoo refuses Patron's user after report {reports}");
                await TryRunAsync(_ =>
                {
                    if (reports-- == 0)
                    {
                        Company.DenyRobot("res.partner");
                    }
                }, CancellationToken.None);
                Company.AllowRobot("res.partner");
                break;
        }

        async Task TryRunAsync(Action<SyncProgress> report, CancellationToken cancellationToken)
        {
            try
            {
                await RunAsync(process, isFull, report, cancellationToken);
            }
            catch (Exception broken) when (broken is OperationCanceledException or Npgsql.NpgsqlException)
            {
                // The run stays open.
            }
        }
    }

    private async Task CutConnectionsAsync(int milliseconds)
    {
        await Task.Delay(milliseconds);
        await world.CustomersSqlAsync<object>(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid() AND state IN ('active', 'idle in transaction')");
    }

    private string? ApplyInErp(HistoryStep step) => step.Event switch
    {
        HistoryEvent.PartnerAdded => Add(step),
        _ when partners.Count == 0 => null,
        HistoryEvent.AddressMoved => Write(Pick(step.One), Address(step.Other), step.Third),
        HistoryEvent.AddressesSwapped => Swap(Pick(step.One), Pick(step.Other)),
        HistoryEvent.AddressesChained => Chain(Pick(step.One), Pick(step.Other), Address(step.Third)),
        HistoryEvent.AddressShared => Write(Pick(step.One), ErpValue(Pick(step.Other), "email"), step.Third),
        HistoryEvent.AddressEmptied => Write(Pick(step.One), step.Other % 2 == 0 ? null : "n/a", 0),
        HistoryEvent.PartnersMerged => Merge(Pick(step.One), Pick(step.Other)),
        HistoryEvent.PartnerArchived => Change(Pick(step.One), "active", false),
        HistoryEvent.PartnerRestored => Change(Pick(step.One), "active", true),
        HistoryEvent.PartnerDeleted => Delete(Pick(step.One)),
        HistoryEvent.CompanyFlipped => Change(Pick(step.One), "is_company", !IsCompany(Pick(step.One))),
        HistoryEvent.ParentSet => SetParent(Pick(step.One), Pick(step.Other)),
        HistoryEvent.ParentRemoved => Change(Pick(step.One), "parent_id", null),
        HistoryEvent.FieldChanged => Change(Pick(step.One), new[] { "phone", "city", "street", "name", "ref" }[step.Other % 5], $"{Label($"{Pick(step.One)}")} of {seed}, {step.Third % 5}"),
        _ => throw new InvalidOperationException($"{step.Event}"),
    };

    private readonly Dictionary<string, string> labels = new(StringComparer.Ordinal);

    private long Pick(int number) => partners[number % partners.Count];

    private string Address(int number) => $"{(char)('a' + (number % Addresses))}.{seed}@h.example";

    private string Add(HistoryStep step)
    {
        var label = $"P{labels.Count}";
        var id = Company.AddPartner($"{label} of {seed}", Address(step.Other), ("is_company", step.One % 2 == 0), ("active", step.Third % 5 > 0));
        partners.Add(id);
        amounts[Company.AddOrder(id, AmountOf(labels.Count))] = AmountOf(labels.Count);
        labels[$"{id}"] = label;
        return $"{label} added with {Address(step.Other)}{(step.One % 2 == 0 ? ", company" : "")}{(step.Third % 5 > 0 ? "" : ", archived")}";
    }

    private string Write(long partner, string? email, int style)
    {
        var written = email is null ? null : (style % 4) switch { 0 => email.ToUpperInvariant(), 1 => $"\"Some, One\" <{StripName(email)}>", _ => email };
        Company.Change(partner, ("email", written));
        return $"{Label($"{partner}")} has address {written ?? "nothing"}";
    }

    private string Swap(long one, long other)
    {
        var (first, second) = (ErpValue(one, "email"), ErpValue(other, "email"));
        return $"{Write(one, second, 2)}, {Write(other, first, 2)}";
    }

    private string Chain(long one, long other, string last)
    {
        var next = ErpValue(other, "email");
        return $"{Write(other, last, 2)}, {Write(one, next, 2)}";
    }

    private string Change(long partner, string field, object? value)
    {
        Company.Change(partner, (field, value));
        return $"{Label($"{partner}")}: {field} is {value ?? "empty"}";
    }

    private string? SetParent(long partner, long parent)
    {
        for (long? above = parent; above is { } next; above = Company.Value("res.partner", next, "parent_id") as long?)
        {
            if (next == partner)
            {
                return null; // Odoo refuses a cycle.
            }
        }

        Company.Change(partner, ("parent_id", parent));
        return $"{Label($"{partner}")} has parent {Label($"{parent}")}";
    }

    private string? Merge(long from, long into)
    {
        for (long? above = into; above is { } next; above = Company.Value("res.partner", next, "parent_id") as long?)
        {
            if (next == from)
            {
                return null; // Odoo refuses to merge a partner with its contact.
            }
        }

        Company.Merge(from, into);
        partners.Remove(from);
        return $"{Label($"{from}")} merged into {Label($"{into}")}";
    }

    private string Delete(long partner)
    {
        foreach (var child in partners.Where(child => Company.Value("res.partner", child, "parent_id") is long parent && parent == partner).ToList())
        {
            Company.Change(child, ("parent_id", null));
        }

        Company.Delete(partner);
        partners.Remove(partner);
        return $"{Label($"{partner}")} deleted";
    }
}
