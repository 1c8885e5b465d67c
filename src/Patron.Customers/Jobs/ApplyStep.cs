using System.Diagnostics;
using Patron.Customers.Customers;
using Patron.Shared.Callers;
using Patron.Shared.Database;

namespace Patron.Customers.Jobs;

/// <summary>
/// Applies a job to its next customers in one transaction, which also marks their rows: after a crash nothing is done twice. A customer is
/// changed if it still matches the filter, the touched fields are as the preview saw them, and the rules still allow it.
/// </summary>
public sealed class ApplyStep(
    JobStore jobs, JobRows rows, JobActor actor, JobCustomers customers, DatabaseSession database, TimeProvider time)
{
    /// <summary>Applies one batch. Returns false where another process works on the job.</summary>
    internal async Task<bool> HandleAsync(Job job, IJobKind kind, BatchSize size, CancellationToken cancellationToken)
    {
        var caller = await actor.RestoreAsync(job, kind, cancellationToken); // Outside of the transaction: it has a connection of its own.
        await using var transaction = await database.BeginAsync(cancellationToken);
        if (await jobs.LockWorkAsync(job, cancellationToken) is not { } locked || locked.ConfirmedAt != job.ConfirmedAt)
        {
            return false;
        }

        var pending = caller is null ? [] : await rows.ReadNextAsync(locked, size.AtMost(kind.MaxBatch), cancellationToken);
        if (caller is null || pending.Count == 0)
        {
            var (state, reason) = caller is null ? (JobState.Paused, "rights_lost") : (JobState.Applied, null);
            await jobs.MoveAsync(locked, state, reason, time.GetDatabaseNow(), cancellationToken);
            await transaction.CommitAsync(cancellationToken);
            return true;
        }

        var watch = Stopwatch.StartNew();
        var marked = await ApplyAsync(locked, kind, caller, pending, cancellationToken);
        await rows.MarkAsync(locked, pending[^1].Place, marked, cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        size.Adapt(marked.Count, watch.Elapsed);
        return true;
    }

    private async Task<List<MarkedRow>> ApplyAsync(
        Job job, IJobKind kind, Caller caller, List<PendingRow> pending, CancellationToken cancellationToken)
    {
        var changes = kind.ReadChanges(job.Changes).Value;
        var open = pending.FindAll(row => row.State == JobRowState.WouldChange);
        var found = (await customers.LockAsync(job, [.. open.Select(row => row.CustomerUid)], cancellationToken))
            .ToDictionary(locked => locked.Customer.Uid);
        var absorbed = await customers.FindAbsorbedAsync(
            job, [.. open.Select(row => row.CustomerUid).Where(uid => !found.ContainsKey(uid))], cancellationToken);

        var marked = new List<MarkedRow>(open.Count);
        var changing = new List<(PendingRow Row, Customer Customer)>();
        foreach (var row in open)
        {
            if (FindDifference(job, changes, row, found.GetValueOrDefault(row.CustomerUid), absorbed) is { } reason)
            {
                marked.Add(new MarkedRow(row.Place, JobRowState.Skipped, reason));
            }
            else
            {
                changing.Add((row, found[row.CustomerUid].Customer));
            }
        }

        var decisions = await kind.DecideAsync(caller, changes, [.. changing.Select(one => one.Customer)], cancellationToken);
        Customer[] allowed =
            [.. changing.Where((_, place) => decisions[place].State == JobRowState.WouldChange).Select(one => one.Customer)];
        var failed = await kind.WriteAsync(caller, changes, allowed, cancellationToken);
        marked.AddRange(changing.Select((one, place) => decisions[place].State == JobRowState.WouldChange
            ? ToMark(one.Row, failed.GetValueOrDefault(one.Customer.Uid))
            : new MarkedRow(one.Row.Place, JobRowState.Skipped, decisions[place].Reason ?? "changed_since")));
        return marked;
    }

    private static MarkedRow ToMark(PendingRow row, string? failure) =>
        new(row.Place, failure is null ? JobRowState.Changed : JobRowState.Skipped, failure);

    // Null for a customer that is as the preview saw it.
    private static string? FindDifference(
        Job job, JobChanges changes, PendingRow row, LockedCustomer? found, HashSet<Guid> absorbed)
    {
        if (found is null)
        {
            return absorbed.Contains(row.CustomerUid) ? "merged" : "erased";
        }

        if (!found.Matches)
        {
            return "no_longer_matches";
        }

        return JobRows.FingerprintOf(job, changes.Touched, found.Customer) == row.Fingerprint ? null : "changed_since";
    }
}
