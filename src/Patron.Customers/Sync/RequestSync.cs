using Patron.Shared.Callers;
using Patron.Shared.Database;
using Patron.Shared.Results;

namespace Patron.Customers.Sync;

/// <summary>The company's ERP, where there is one.</summary>
public sealed record ErpSystem(string Name);

/// <summary>A run that was asked for; an older one where it had not ended.</summary>
public sealed record RequestedSync(SyncRun Run, bool IsNew);

/// <summary>
/// Asks for a run of the sync; a worker begins within a second. One run is open at a time: whoever asks meanwhile is told its number
/// (linking.md, 'Sync, ledger and figures'). Errors: 403 for others than administrators, 400 where there is no ERP.
/// </summary>
public sealed class RequestSync(SyncRuns runs, TimeProvider time, ErpSystem? erp = null)
{
    private static readonly Error NoErp = Error.Rule("No Odoo is set up here: the settings Odoo:Url, Odoo:Database and Odoo:ApiKey name one.");

    internal static readonly Error AdminsOnly = Error.Forbidden("Only an administrator may start or follow the sync.");

    public async Task<Result<RequestedSync>> HandleAsync(Caller caller, bool full, CancellationToken cancellation) =>
        !caller.IsAdmin ? AdminsOnly
        : erp is null ? NoErp
        : await RequestAsync(SyncRun.Request(full ? SyncMode.Full : SyncMode.Incremental, SyncStart.Request, caller.UserId, dueAt: null, time.GetDatabaseNow()), cancellation);

    /// <summary>The schedule's: of many processes one asks for each time that is due; while a run is open, that time is passed over.</summary>
    public Task<RequestedSync> ScheduleAsync(DateTimeOffset dueAt, CancellationToken cancellation) =>
        RequestAsync(SyncRun.Request(SyncMode.Incremental, SyncStart.Schedule, requestedBy: null, dueAt, time.GetDatabaseNow()), cancellation);

    private async Task<RequestedSync> RequestAsync(SyncRun run, CancellationToken cancellation)
    {
        while (true)
        {
            if (await runs.TryInsertAsync(run, cancellation) is { } requested)
            {
                return new RequestedSync(requested, IsNew: true);
            }

            var others = await runs.WhereAsync(
                "finished_at IS NULL OR due_at = $1 ORDER BY id DESC LIMIT 1", cancellation, OptionalParameter.Of(run.DueAt, NpgsqlTypes.NpgsqlDbType.TimestampTz));
            if (others.Count > 0)
            {
                return new RequestedSync(others[0], IsNew: false);
            }
        }
    }
}
