using Patron.Customers.Erp;
using Patron.Shared.Callers;
using Patron.Shared.Results;

namespace Patron.Erp.Runs;

/// <summary>
/// The status of the sync: the customers, the open run, the last ones, and what needs a decision (source 4, 'Monitor Sync Status').
/// </summary>
public sealed record SyncStatus(
    CustomerFigures Customers, SyncRun? Open, SyncRun? Last, SyncRun? LastSucceeded, long Conflicts, long Errors, long ChangeRequests);

/// <summary>Reads the runs of the sync, for administrators; 403 for others.</summary>
public sealed class ReadSyncRuns(SyncRuns runs, ChangeRequests requests, CountPartners count)
{
    /// <summary>The maximum length of a list.</summary>
    public const int MaxLimit = 100;

    private static readonly Error NoSuchRun = Error.NotFound(
        "sync_run_not_found", "There's no sync run with this id. GET /api/portal/sync/ lists the latest ones.");

    /// <summary>The latest runs, newest first.</summary>
    public async Task<Result<IReadOnlyList<SyncRun>>> ListAsync(Caller caller, int limit, CancellationToken cancellationToken)
    {
        if (!caller.IsAdmin)
        {
            return RequestSync.AdminsOnly;
        }

        return limit is < 1 or > MaxLimit
            ? Error.Invalid("limit", $"Must be a number from 1 to {MaxLimit}.")
            : await runs.WhereAsync("true ORDER BY id DESC LIMIT $1", cancellationToken, limit);
    }

    /// <summary>One run; 404 where there is none with this number.</summary>
    public async Task<Result<SyncRun>> FindAsync(Caller caller, long id, CancellationToken cancellationToken)
    {
        if (!caller.IsAdmin)
        {
            return RequestSync.AdminsOnly;
        }

        return (await runs.WhereAsync("id = $1", cancellationToken, id)).SingleOrDefault() is { } found ? found : NoSuchRun;
    }

    public async Task<Result<SyncStatus>> StatusAsync(Caller caller, CancellationToken cancellationToken)
    {
        if (!caller.IsAdmin)
        {
            return RequestSync.AdminsOnly;
        }

        var (conflicts, errors) = await count.CountOpenAsync(cancellationToken);
        return new SyncStatus(
            await count.CountCustomersAsync(cancellationToken),
            await runs.FindOpenAsync(cancellationToken),
            await LastAsync(cancellationToken),
            await runs.FindLastSucceededAsync(cancellationToken),
            conflicts,
            errors,
            await requests.CountOpenAsync(cancellationToken));
    }

    /// <summary>The last finished run. Without a permission check, for health probes, which show only its state and time.</summary>
    public async Task<SyncRun?> LastAsync(CancellationToken cancellationToken) =>
        (await runs.WhereAsync("finished_at IS NOT NULL ORDER BY id DESC LIMIT 1", cancellationToken)).SingleOrDefault();
}
