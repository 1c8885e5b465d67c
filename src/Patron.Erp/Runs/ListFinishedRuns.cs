using Patron.Customers.Customers;
using Patron.Shared.Callers;
using Patron.Shared.Results;

namespace Patron.Erp.Runs;

/// <summary>
/// The last runs of the sync that have ended, oldest first, for charts: for staff of the home organization and its keys with
/// <c>customers:read</c> (403 for others).
/// </summary>
public sealed class ListFinishedRuns(SyncRuns runs, HomeOrganization home)
{
    public const int MaxRuns = 30;

    public async Task<Result<IReadOnlyList<SyncRun>>> HandleAsync(Caller caller, CancellationToken cancellationToken)
    {
        if (CustomerAccess.RefuseUnlessHomeStaff(caller, home, Scopes.ReadCustomers) is { } refused)
        {
            return refused;
        }

        var newest = await runs.WhereAsync("finished_at IS NOT NULL ORDER BY id DESC LIMIT $1", cancellationToken, MaxRuns);
        return newest.OrderBy(run => run.Id).ToList();
    }
}
