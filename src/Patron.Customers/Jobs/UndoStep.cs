using System.Diagnostics;
using NpgsqlTypes;
using Patron.Customers.Customers;
using Patron.Shared.Callers;
using Patron.Shared.Database;

namespace Patron.Customers.Jobs;

/// <summary>
/// Takes a job back from its next customers, in one transaction. The values before are read from the audit entries with the job as the
/// cause, so nothing comes back of a customer that was erased.
/// </summary>
public sealed class UndoStep(
    JobStore jobs, JobRows rows, JobActor actor, JobCustomers customers, RecordUndo records, DatabaseSession database)
{
    /// <summary>The action of the undo's own audit entries, which have the same cause.</summary>
    internal const string Action = "customer.job_undone";

    // The expression keeps the index of causes out of the plan: a job has up to a million entries, a batch of customers a few thousand.
    private const string EntriesSql = $"""
        SELECT subject_id, before::text, after::text, at FROM shared.audit_entries
        WHERE subject_id = ANY ($1) AND coalesce(cause, '') = $2 AND at >= $3 AND action <> '{Action}'
        """;

    /// <summary>Undoes one batch. Returns false where another process works on the job.</summary>
    internal async Task<bool> HandleAsync(Job job, IJobKind kind, BatchSize size, CancellationToken cancellationToken)
    {
        var caller = await actor.RestoreAsync(job, kind, cancellationToken);
        await using var transaction = await database.BeginAsync(cancellationToken);
        if (await jobs.LockWorkAsync(job, cancellationToken) is not { } locked)
        {
            return false;
        }

        var pending = caller is null ? [] : await rows.ReadNextAsync(locked, size.AtMost(kind.MaxBatch), cancellationToken);
        if (caller is null || pending.Count == 0)
        {
            var (state, reason) = caller is null ? (JobState.UndoPaused, "rights_lost") : (JobState.Undone, null);
            await jobs.MoveAsync(locked, state, reason, records.Now, cancellationToken);
            await transaction.CommitAsync(cancellationToken);
            return true;
        }

        var watch = Stopwatch.StartNew();
        var marked = await UndoAsync(locked, caller, pending.FindAll(row => row.State == JobRowState.Changed), cancellationToken);
        await rows.MarkAsync(locked, pending[^1].Place, marked, cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        size.Adapt(marked.Count, watch.Elapsed);
        return true;
    }

    private async Task<List<MarkedRow>> UndoAsync(Job job, Caller caller, List<PendingRow> changed, CancellationToken cancellationToken)
    {
        Guid[] uids = [.. changed.Select(row => row.CustomerUid)];
        var found = (await customers.LockAsync(job, uids, cancellationToken))
            .ToDictionary(locked => locked.Customer.Uid, locked => locked.Customer);
        var absorbed = await customers.FindAbsorbedAsync(job, [.. uids.Where(uid => !found.ContainsKey(uid))], cancellationToken);
        var entries = (await database.QueryAsync(
            EntriesSql, row => (Uid: row.Uuid(), Entry: new JobEntry(row.OptionalText(), row.OptionalText(), row.Time())), cancellationToken,
            uids, caller.Cause!.ToString(), job.CreatedAt)).ToDictionary(one => one.Uid, one => one.Entry);
        var consents = await records.ReadConsentsAsync(job, [.. found.Keys], cancellationToken);

        var marked = new List<MarkedRow>(changed.Count);
        foreach (var row in changed)
        {
            marked.Add(found.TryGetValue(row.CustomerUid, out var customer)
                ? records.Undo(caller, row.Place, customer, entries.GetValueOrDefault(row.CustomerUid), consents)
                : new MarkedRow(row.Place, JobRowState.Kept, absorbed.Contains(row.CustomerUid) ? "merged" : "erased"));
        }

        await records.SaveAsync(caller, [.. found.Values.Where(customer => customer.HasChanged)], cancellationToken);
        return marked;
    }
}
