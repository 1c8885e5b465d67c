using Patron.Shared.Callers;
using Patron.Shared.Database;
using Patron.Shared.Results;

namespace Patron.Customers.Jobs;

/// <summary>
/// Ends a job that is not done: customers that it has changed stay changed and can be undone. Repeating it changes nothing. 403 as
/// <see cref="CreateJob"/>, 404, and 409 for a job that is done.
/// </summary>
public sealed class CancelJob(JobStore jobs, JobActor actor, DatabaseSession database, TimeProvider time)
{
    public async Task<Result<Job>> HandleAsync(Caller caller, long id, CancellationToken cancellationToken)
    {
        await using var transaction = await database.BeginAsync(cancellationToken);
        if (!(await jobs.FindForAsync(caller, id, actor, cancellationToken)).Succeeded(out var job, out var refused))
        {
            return refused;
        }

        if (job.State == JobState.Cancelled)
        {
            return job;
        }

        if (!JobStates.MayFollow(job.State, JobState.Cancelled))
        {
            return JobErrors.WrongState(job, "cancel");
        }

        var now = time.GetDatabaseNow();
        var cancelled = await jobs.MoveAsync(job, JobState.Cancelled, reason: null, now, cancellationToken);
        await jobs.AddAuditAsync(caller, job, "job.cancelled", now, cancellationToken);
        return await transaction.CommitAsync(cancelled, cancellationToken);
    }
}
