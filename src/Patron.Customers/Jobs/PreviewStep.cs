using Patron.Shared.Callers;
using Patron.Shared.Database;

namespace Patron.Customers.Jobs;

/// <summary>
/// Writes the set of a job's customers with what would change on each, page by page in the order of their numbers. A page is read, decided
/// and written in one transaction, without locks on customers; memory does not grow with the set. Customers that came later are not in it.
/// </summary>
public sealed class PreviewStep(
    JobStore jobs, JobRows rows, JobActor actor, JobCustomers customers, DatabaseSession database, TimeProvider time)
{
    /// <summary>How long a preview can be confirmed.</summary>
    public static readonly TimeSpan Validity = TimeSpan.FromHours(1);

    // A search by parts of names reads the whole index each time, so it is asked for many numbers at once.
    private const int ChunkSize = 20_000;
    private const int PageSize = 1000;

    /// <summary>Previews one chunk. Returns false where another process works on the job.</summary>
    internal async Task<bool> HandleAsync(Job job, IJobKind kind, CancellationToken cancellationToken)
    {
        if (await actor.RestoreAsync(job, kind, cancellationToken) is not { } caller)
        {
            return await EndAsync(job, JobState.Cancelled, "rights_lost", cancellationToken);
        }

        var changes = kind.ReadChanges(job.Changes).Value;
        var ids = await customers.FindNextAsync(job, ChunkSize, cancellationToken);
        foreach (var page in ids.Chunk(PageSize))
        {
            if (await WritePageAsync(job, kind, caller, changes, page, cancellationToken) is not { } continued)
            {
                return false;
            }

            job = continued;
            if (job.Rows.Total > kind.MaxCustomers)
            {
                return await EndAsync(job, JobState.Cancelled, "too_many_customers", cancellationToken);
            }
        }

        return ids.Count == ChunkSize || await EndAsync(job, JobState.Ready, reason: null, cancellationToken);
    }

    // Null when the job is no longer as this process knows it.
    private async Task<Job?> WritePageAsync(
        Job job, IJobKind kind, Caller caller, JobChanges changes, long[] page, CancellationToken cancellationToken)
    {
        await using var transaction = await database.BeginAsync(cancellationToken);
        if (await jobs.LockWorkAsync(job, cancellationToken) is not { } locked || locked.SetAfter != job.SetAfter)
        {
            return null;
        }

        var found = await customers.ReadAsync(job, page, cancellationToken);
        // Before the decision, which changes the record.
        var fingerprints = found.ConvertAll(customer => JobRows.FingerprintOf(job, changes.Touched, customer));
        var decisions = await kind.DecideAsync(caller, changes, found, cancellationToken);
        await rows.AddAsync(
            locked, [.. found.Select((customer, place) => new PreviewedRow(customer.Uid, decisions[place], fingerprints[place]))], page[^1],
            cancellationToken);
        var continued = await jobs.LockWorkAsync(job, cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return continued;
    }

    private async Task<bool> EndAsync(Job job, JobState state, string? reason, CancellationToken cancellationToken)
    {
        await using var transaction = await database.BeginAsync(cancellationToken);
        if (await jobs.LockWorkAsync(job, cancellationToken) is not { } locked || locked.SetAfter != job.SetAfter)
        {
            return false;
        }

        var now = time.GetDatabaseNow();
        await jobs.MoveAsync(locked with { ExpiresAt = now + Validity }, state, reason, now, cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return true;
    }
}
