using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Patron.Customers.Database;
using Patron.Shared.Database;
using Patron.Shared.Results;
using Patron.Shared.Text;

namespace Patron.Customers.Sync;

/// <summary>
/// What a process that has the <see cref="SyncTurn"/> writes down of its run: how far it is, so that another one goes on there, and how it ended.
/// </summary>
public sealed class SyncJournal(CustomersContext context, TimeProvider time)
{
    /// <summary>Changes of this long before the watermark are read again: a transaction may be seen long after the time it wrote down.</summary>
    private static readonly TimeSpan Overlap = TimeSpan.FromMinutes(15);

    /// <summary>The run that is open, if there is one.</summary>
    public Task<SyncRun?> FindOpenAsync(CancellationToken cancellation) => context.SyncRuns.AsNoTracking().SingleOrDefaultAsync(run => run.FinishedAt == null, cancellation);

    /// <summary>The runs that ended after the one with this number, in their order; the last one alone for 0.</summary>
    public async Task<IReadOnlyList<SyncRun>> EndedAfterAsync(long id, CancellationToken cancellation)
    {
        var ended = context.SyncRuns.AsNoTracking().Where(run => run.FinishedAt != null && run.Id > id);
        return id > 0
            ? await ended.OrderBy(run => run.Id).ToListAsync(cancellation)
            : await ended.OrderByDescending(run => run.Id).Take(1).ToListAsync(cancellation);
    }

    /// <summary>
    /// The open run, to go on with, or a new one. An incremental run begins at the watermark of the last one that succeeded; without one, or where
    /// <paramref name="full"/> asks for it, everything is read. Errors: 400 where the partners known here are another ERP's.
    /// </summary>
    public async Task<Result<SyncRun>> OpenAsync(bool full, string erp, bool isSameErp, CancellationToken cancellation)
    {
        var last = await context.SyncRuns.AsNoTracking().Where(run => run.State == SyncState.Succeeded).OrderBy(run => run.Id).LastOrDefaultAsync(cancellation);
        if (last is not null && last.Erp != erp && !isSameErp)
        {
            return Error.Rule(
                $"The partners known here came from {last.Erp}, and the settings name {erp} now. Their numbers would mean other people. If it is the same Odoo, moved or renamed, say so once with --same-erp.");
        }

        while (true)
        {
            var now = time.GetDatabaseNow();
            var run = await context.SyncRuns.SingleOrDefaultAsync(known => known.FinishedAt == null, cancellation);
            if (run is null)
            {
                run = SyncRun.Request(full ? SyncMode.Full : SyncMode.Incremental, SyncStart.Command, requestedBy: null, dueAt: null, now);
                context.SyncRuns.Add(run);
            }

            run.Take(Guid.CreateVersion7(now), full || run.Mode == SyncMode.Full, erp, last?.Watermark - Overlap, now);
            try
            {
                await context.SaveChangesAsync(cancellation);
                return run;
            }
            catch (DbUpdateException refusal) when (UniqueViolation.Constraint(refusal) == "ux_sync_runs_open")
            {
                context.ChangeTracker.Clear(); // Somebody has asked for a run at this moment: that one it is.
            }
        }
    }

    /// <summary>The run has come so far. False where another process has taken it over.</summary>
    public async Task<bool> AdvanceAsync(SyncTicket ticket, SyncPhase phase, long afterId, int read, DateTimeOffset? written, CancellationToken cancellation)
    {
        // One partner with a time to come would hide from all later runs what changes until then.
        var now = time.GetDatabaseNow();
        var watermark = written > now ? now : written;
        return await context.SyncRuns.Where(run => run.Id == ticket.RunId && run.Runner == ticket.Runner).ExecuteUpdateAsync(
            set => set.SetProperty(run => run.Phase, phase).SetProperty(run => run.AfterId, afterId)
                .SetProperty(run => run.ReadPartners, run => run.ReadPartners + read)
                .SetProperty(run => run.Watermark, run => run.Watermark == null || watermark > run.Watermark ? watermark : run.Watermark),
            cancellation) == 1;
    }

    public Task SucceedAsync(SyncTicket ticket, SyncFigures figures, CancellationToken cancellation) =>
        EndAsync(ticket, run => run.Succeed(JsonSerializer.Serialize(figures, ErpJson.Default.SyncFigures), time.GetDatabaseNow()), cancellation);

    /// <summary>The run has come to an end that it was not made for; the sentence says why.</summary>
    public Task FailAsync(SyncTicket ticket, string sentence, CancellationToken cancellation) => EndAsync(ticket, run => run.Fail(GivenText.Storable(sentence), time.GetDatabaseNow()), cancellation);

    private async Task EndAsync(SyncTicket ticket, Action<SyncRun> end, CancellationToken cancellation)
    {
        if (await context.SyncRuns.SingleOrDefaultAsync(run => run.Id == ticket.RunId && run.Runner == ticket.Runner, cancellation) is { } run)
        {
            end(run);
            await context.SaveChangesAsync(cancellation);
        }
    }
}
