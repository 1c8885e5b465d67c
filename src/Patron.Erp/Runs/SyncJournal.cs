using System.Text.Json;
using Patron.Erp.Partners;
using Patron.Shared.Database;
using Patron.Shared.Results;
using Patron.Shared.Text;

namespace Patron.Erp.Runs;

/// <summary>
/// What a process that has the <see cref="SyncTurn"/> writes down of its run: how far it is, so that another one goes on there, and how it ended.
/// </summary>
public sealed class SyncJournal(SyncRuns runs, TimeProvider time)
{
    /// <summary>The run that is open, if there is one.</summary>
    public Task<SyncRun?> FindOpenAsync(CancellationToken cancellation) => runs.FindOpenAsync(cancellation);

    /// <summary>The runs that ended after the one with this number, in their order; the last one alone for 0.</summary>
    public async Task<IReadOnlyList<SyncRun>> EndedAfterAsync(long id, CancellationToken cancellation) => id > 0
        ? await runs.WhereAsync("finished_at IS NOT NULL AND id > $1 ORDER BY id", cancellation, id)
        : await runs.WhereAsync("finished_at IS NOT NULL ORDER BY id DESC LIMIT 1", cancellation);

    /// <summary>
    /// The open run, to go on with, or a new one. An incremental run begins where the last one that succeeded ended; without one, or where
    /// <paramref name="full"/> asks for it, everything is read. Errors: 400 where the partners known here are another ERP's.
    /// </summary>
    public async Task<Result<SyncRun>> OpenAsync(bool full, string erp, bool isSameErp, CancellationToken cancellation)
    {
        var last = await runs.FindLastSucceededAsync(cancellation);
        if (last is not null && last.Erp != erp && !isSameErp)
        {
            return Error.Rule(
                $"The partners known here came from {last.Erp}, and the settings name {erp} now. Their keys would mean other people. If it is the same ERP, moved or renamed, say so once with --same-erp.");
        }

        while (true)
        {
            var now = time.GetDatabaseNow();
            // Somebody may ask for a run at this moment: that one it is then.
            var run = await runs.FindOpenAsync(cancellation)
                ?? await runs.TryInsertAsync(SyncRun.Request(full ? SyncMode.Full : SyncMode.Incremental, SyncStart.Command, requestedBy: null, dueAt: null, now), cancellation);
            if (run is not null)
            {
                var before = run.Runner;
                run.Take(Guid.CreateVersion7(now), full || run.Mode == SyncMode.Full, erp, last?.Cursor, now);
                if (await runs.TryUpdateAsync(run, before, cancellation))
                {
                    return run;
                }
            }
        }
    }

    /// <summary>The run has come to this phase. False where another process has taken it over.</summary>
    public Task<bool> EnterAsync(SyncTicket ticket, SyncPhase phase, CancellationToken cancellation) => runs.TryEnterAsync(ticket, phase, cancellation);

    public Task<bool> SucceedAsync(SyncTicket ticket, SyncFigures figures, CancellationToken cancellation) =>
        EndAsync(ticket, run => run.Succeed(JsonSerializer.Serialize(figures, ErpJson.Default.SyncFigures), time.GetDatabaseNow()), cancellation);

    /// <summary>The run has come to an end that it was not made for; the sentence says why.</summary>
    public Task<bool> FailAsync(SyncTicket ticket, string sentence, CancellationToken cancellation) => EndAsync(ticket, run => run.Fail(GivenText.Storable(sentence), time.GetDatabaseNow()), cancellation);

    /// <summary>The open run cannot begin and has failed; the sentence says why. Only for whoever has the turn. Its number, or null where none is open any more.</summary>
    public async Task<long?> RefuseAsync(string sentence, CancellationToken cancellation)
    {
        if (await runs.FindOpenAsync(cancellation) is not { } run)
        {
            return null;
        }

        var before = run.Runner;
        run.Fail(GivenText.Storable(sentence), time.GetDatabaseNow());
        return await runs.TryUpdateAsync(run, before, cancellation) ? run.Id : null;
    }

    private async Task<bool> EndAsync(SyncTicket ticket, Action<SyncRun> end, CancellationToken cancellation)
    {
        if ((await runs.WhereAsync("id = $1 AND runner = $2", cancellation, ticket.RunId, ticket.Runner)).SingleOrDefault() is not { } run)
        {
            return false;
        }

        end(run);
        return await runs.TryUpdateAsync(run, ticket.Runner, cancellation);
    }
}
