using Patron.Shared.Callers;
using Patron.Shared.Database;
using Patron.Shared.Results;

namespace Patron.Erp.Runs;

/// <summary>A run that was asked for; an older one where it had not ended.</summary>
public sealed record RequestedSync(SyncRun Run, bool IsNew);

/// <summary>
/// Asks for a run of the sync; a worker begins within a second. One run is open at a time: whoever asks meanwhile is told its number
/// (linking.md, 'Sync, ledger and figures'). Errors: 403 for others than administrators, 400 where there is no ERP.
/// </summary>
public sealed class RequestSync(SyncRuns runs, TimeProvider time, IErpConnector? erp = null)
{
    // The run of the same due time before one that is open.
    private const string OtherRuns = "finished_at IS NULL OR due_at = $1 ORDER BY due_at IS NOT DISTINCT FROM $1 DESC, id DESC LIMIT 1";

    private static readonly Error NoErp = Error.Rule("No ERP is set up here. docs/operations.md says which settings it takes.");

    internal static readonly Error AdminsOnly = Error.Forbidden("Only an administrator may start or follow the sync.");

    public async Task<Result<RequestedSync>> HandleAsync(Caller caller, bool full, CancellationToken cancellationToken) =>
        !caller.IsAdmin ? AdminsOnly
        : erp is null ? NoErp
        : await RequestAsync(SyncRun.Request(full ? SyncMode.Full : SyncMode.Incremental, SyncStart.Request, caller.UserId, dueAt: null, time.GetDatabaseNow()), cancellationToken);

    /// <summary>A schedule's: of many processes one asks for each time that is due, the others are answered that run, and while another one is open all are answered that.</summary>
    public Task<RequestedSync> ScheduleAsync(SyncMode mode, DateTimeOffset dueAt, CancellationToken cancellationToken) =>
        RequestAsync(SyncRun.Request(mode, SyncStart.Schedule, requestedBy: null, dueAt, time.GetDatabaseNow()), cancellationToken);

    private async Task<RequestedSync> RequestAsync(SyncRun run, CancellationToken cancellationToken)
    {
        while (true)
        {
            // Looked for first: a schedule that waits asks every second, and each refused row would use up a number and be an error in the database's log.
            var others = await runs.WhereAsync(OtherRuns, cancellationToken, OptionalParameter.Of(run.DueAt, NpgsqlTypes.NpgsqlDbType.TimestampTz));
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
