using Patron.Shared.Callers;
using Patron.Shared.Database;
using Patron.Shared.Results;

namespace Patron.Customers.Jobs;

/// <summary>
/// Takes back what a job changed, in the background and with the caller's permissions, or continues a paused undo. Only what still is as
/// the job left it is taken back; the rows list the rest. Repeating it changes nothing. 403 as <see cref="CreateJob"/>, 404, and 409 for a
/// job that is not done, changed nothing, or cannot be undone: invitations are mailed and erased customers are gone.
/// </summary>
public sealed class UndoJob(JobStore jobs, JobActor actor, DatabaseSession database, TimeProvider time)
{
    public async Task<Result<Job>> HandleAsync(Caller caller, long id, CancellationToken cancellationToken)
    {
        await using var transaction = await database.BeginAsync(cancellationToken);
        if (!(await jobs.FindForAsync(caller, id, actor, cancellationToken)).Succeeded(out var job, out var refused))
        {
            return refused;
        }

        if (job.State is JobState.Undoing or JobState.Undone)
        {
            return job;
        }

        if (!job.CanUndo)
        {
            return JobErrors.WrongState(job, "undo");
        }

        var now = time.GetDatabaseNow();
        var undoing = await jobs.MoveAsync(
            job with { Acting = StoredCaller.Of(caller) }, JobState.Undoing, reason: null, now, cancellationToken);
        await jobs.AddAuditAsync(caller, job, "job.undo_requested", now, cancellationToken);
        return await transaction.CommitAsync(undoing, cancellationToken);
    }
}
