using Microsoft.EntityFrameworkCore;
using Patron.Customers.Database;
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
public sealed class RequestSync(CustomersContext context, TimeProvider time, ErpSystem? erp = null)
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
            context.SyncRuns.Add(run);
            try
            {
                await context.SaveChangesAsync(cancellation);
                return new RequestedSync(run, IsNew: true);
            }
            catch (DbUpdateException refusal) when (UniqueViolation.Constraint(refusal) is "ux_sync_runs_open" or "ux_sync_runs_due_at")
            {
                context.ChangeTracker.Clear();
                var other = await context.SyncRuns.AsNoTracking()
                    .Where(known => known.FinishedAt == null || (run.DueAt != null && known.DueAt == run.DueAt))
                    .OrderBy(known => known.Id).LastOrDefaultAsync(cancellation);
                if (other is not null)
                {
                    return new RequestedSync(other, IsNew: false);
                }
            }
        }
    }
}
