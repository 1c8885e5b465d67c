using Patron.Shared.Callers;
using Patron.Shared.Database;
using Patron.Shared.Results;

namespace Patron.Erp.Runs;

/// <summary>The requested run, or the one that is already open.</summary>
public sealed record RequestedSync(SyncRun Run, bool IsNew);

/// <summary>
/// Requests a sync run; a worker starts it within a second. Only one run is open at a time; further requests return that one (linking.md,
/// 'Sync, ledger and figures'). Errors: 403 for callers who are not administrators, 400 where there is no ERP.
/// </summary>
public sealed class RequestSync(SyncRuns runs, TimeProvider time, IErpConnector? erp = null)
{
    // Prefers the run with the same due time over another open one.
    private const string OtherRuns = "finished_at IS NULL OR due_at = $1 ORDER BY due_at IS NOT DISTINCT FROM $1 DESC, id DESC LIMIT 1";

    internal static readonly Error NoErp = Error.Rule("erp_not_configured", "No ERP is set up. docs/settings.md lists the settings.");

    internal static readonly Error AdminsOnly = Error.Forbidden("admin_required", "Only an administrator can start or follow the sync.");

    public async Task<Result<RequestedSync>> HandleAsync(Caller caller, bool full, CancellationToken cancellationToken)
    {
        if (!caller.IsAdmin)
        {
            return AdminsOnly;
        }

        if (erp is null)
        {
            return NoErp;
        }

        var mode = full ? SyncMode.Full : SyncMode.Incremental;
        return await RequestAsync(
            SyncRun.Request(mode, SyncTrigger.Request, caller.UserId, dueAt: null, time.GetDatabaseNow()), cancellationToken);
    }

    /// <summary>
    /// Requests the run of a schedule. Of several processes one inserts the run for a due time, and the others get the same run; while
    /// another run is open, all get that one.
    /// </summary>
    public Task<RequestedSync> ScheduleAsync(SyncMode mode, DateTimeOffset dueAt, CancellationToken cancellationToken) =>
        RequestAsync(SyncRun.Request(mode, SyncTrigger.Schedule, requestedBy: null, dueAt, time.GetDatabaseNow()), cancellationToken);

    private async Task<RequestedSync> RequestAsync(SyncRun run, CancellationToken cancellationToken)
    {
        while (true)
        {
            // Look for an existing run first: a waiting schedule asks every second, and each failed insert would use up a number and log an
            // error in the database.
            var others = await runs.WhereAsync(
                OtherRuns, cancellationToken, OptionalParameter.Of(run.DueAt, NpgsqlTypes.NpgsqlDbType.TimestampTz));
            if (others.Count > 0)
            {
                return new RequestedSync(others[0], IsNew: false);
            }

            if (await runs.TryInsertAsync(run, cancellationToken) is { } requested)
            {
                return new RequestedSync(requested, IsNew: true);
            }
        }
    }
}
