using Patron.Customers.Search;
using Patron.Shared.Callers;
using Patron.Shared.Results;

namespace Patron.Customers.Jobs;

/// <summary>A page, and the cursor after which the next one begins; null on the last.</summary>
public sealed record JobPage<T>(IReadOnlyList<T> Items, long? Next);

/// <summary>
/// Reads jobs of the acting organization and their customers: staff, and keys with <c>customers:bulk</c> (403 for others). Jobs are listed
/// with the newest first, customers by ascending number. 404 for another organization's job, 422 for a limit out of bounds.
/// </summary>
public sealed class ListJobs(JobStore jobs, JobRows rows)
{
    public const int DefaultLimit = 100;

    public async Task<Result<Job>> FindAsync(Caller caller, long id, CancellationToken cancellationToken) =>
        JobActor.Refuse(caller) is { } refused ? refused : await jobs.FindAsync(caller, id, forUpdate: false, cancellationToken);

    public async Task<Result<JobPage<Job>>> HandleAsync(
        Caller caller, JobState? state, JobKind? kind, long? cursor, int limit, CancellationToken cancellationToken)
    {
        if ((JobActor.Refuse(caller) ?? CheckLimit(limit)) is { } refused)
        {
            return refused;
        }

        var page = await jobs.ListAsync(caller, state, kind, cursor, limit + 1, cancellationToken);
        return page.Count > limit ? new JobPage<Job>(page[..limit], page[limit - 1].Id) : new JobPage<Job>(page, Next: null);
    }

    /// <summary>The customers of a job, in one state or all.</summary>
    public async Task<Result<JobPage<JobRow>>> ListRowsAsync(
        Caller caller, long id, JobRowState? state, long? cursor, int limit, CancellationToken cancellationToken)
    {
        if (CheckLimit(limit) is { } invalid)
        {
            return invalid;
        }

        if (!(await FindAsync(caller, id, cancellationToken)).Succeeded(out var job, out var missing))
        {
            return missing;
        }

        var page = await rows.ListAsync(job, state, (int)Math.Clamp(cursor ?? 0, 0, int.MaxValue), limit + 1, cancellationToken);
        return page.Count > limit ? new JobPage<JobRow>(page[..limit], page[limit - 1].Place) : new JobPage<JobRow>(page, Next: null);
    }

    private static Error? CheckLimit(int limit)
    {
        var errors = new FieldErrors();
        PageBounds.CheckLimit(limit, errors);
        return errors.Any ? errors.ToError() : null;
    }
}
