using Patron.Shared.Callers;
using Patron.Shared.Database;
using Patron.Shared.Results;

namespace Patron.Customers.Jobs;

/// <summary>
/// Confirms a previewed job, which a worker then applies with the caller's permissions, or continues a paused one. The caller says how many
/// customers the preview would change; another number is 409 with both. A second confirmation gets the same answer. 403 as
/// <see cref="CreateJob"/>, 404, and 409 for a job that has expired or ended otherwise.
/// </summary>
public sealed class ConfirmJob(JobStore jobs, JobActor actor, DatabaseSession database, TimeProvider time)
{
    public async Task<Result<Job>> HandleAsync(Caller caller, long id, int count, CancellationToken cancellationToken)
    {
        await using var transaction = await database.BeginAsync(cancellationToken);
        if (!(await jobs.FindForAsync(caller, id, actor, cancellationToken)).Succeeded(out var job, out var refused))
        {
            return refused;
        }

        var now = time.GetDatabaseNow();
        if (job.State == JobState.Ready && job.ExpiresAt <= now)
        {
            var expired = await jobs.MoveAsync(job, JobState.Expired, reason: null, now, cancellationToken);
            await transaction.CommitAsync(cancellationToken);
            return JobErrors.WrongState(expired, "confirm");
        }

        if (job.State is JobState.Previewing or JobState.Expired || job.ConfirmedAt is null && job.State == JobState.Cancelled)
        {
            return JobErrors.WrongState(job, "confirm");
        }

        if (job.Rows.WouldChange != count)
        {
            return JobErrors.WrongCount(job, count);
        }

        if (job.State is not (JobState.Ready or JobState.Paused))
        {
            return job; // Somebody else confirmed it, or the caller repeats the request.
        }

        var confirmed = job with
        {
            Acting = StoredCaller.Of(caller), ConfirmedAt = now, ConfirmedBy = caller.UserId ?? caller.Key?.Id, ExpiresAt = null,
        };
        var applying = await jobs.MoveAsync(confirmed, JobState.Applying, reason: null, now, cancellationToken);
        await jobs.AddAuditAsync(caller, job, "job.confirmed", now, cancellationToken);
        return await transaction.CommitAsync(applying, cancellationToken);
    }
}
