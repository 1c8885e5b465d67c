using Patron.Customers.Jobs;
using Patron.Shared.Results;

namespace Patron.CommandLine.Jobs;

/// <summary>Waits for a job and works on it meanwhile, so that it also gets done without a server.</summary>
internal static class JobWork
{
    private static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(200);

    /// <summary>Returns the job when no worker has anything to do for it, with the names that were not found.</summary>
    public static Task<Job> WaitAsync(CommandContext context, Job job, CancellationToken cancellationToken)
    {
        var current = job;
        var progress = new WorkProgress(
            $"job {job.Id}",
            job.State == JobState.Previewing ? null : () => Math.Min(1, (double)Done(current) / Math.Max(1, Expected(current))));
        return progress.ShowAsync(async () =>
        {
            while (JobStates.IsWorking(current.State))
            {
                // Another process may be faster; then there is only to wait.
                if (!await context.Get<JobRunner>().RunAsync(current, cancellationToken))
                {
                    await Task.Delay(Poll, cancellationToken);
                }

                current = (await context.Get<ListJobs>().FindAsync(context.Caller, job.Id, cancellationToken)).Value;
                progress.Report(Done(current), () => $"{CommandOutput.Count(Done(current), "customer")}");
            }

            return current with { NotFound = job.NotFound };
        });
    }

    /// <summary>Prints the job or the error, and returns the exit status.</summary>
    public static int Print(Result<Job> result, bool json)
    {
        if (!result.Succeeded(out var job, out var error))
        {
            return JsonOutput.Fail(json, error.Sentence);
        }

        if (json)
        {
            JsonOutput.Print(JobSummary.From(job));
        }
        else
        {
            Console.WriteLine(JobText.Describe(job));
        }

        return job.Reason is not null ? 1 : CommandOutput.StatusOf(job.Rows.Changed + job.Rows.Undone, job.Rows.Skipped + job.Rows.Kept);
    }

    private static int Done(Job job) => job.State switch
    {
        JobState.Previewing or JobState.Ready => job.Rows.Total,
        JobState.Undoing or JobState.Undone or JobState.UndoPaused => job.Rows.Undone + job.Rows.Kept,
        _ => job.Rows.Changed + job.Rows.Skipped,
    };

    private static int Expected(Job job) => job.State is JobState.Undoing or JobState.Undone ? job.Rows.Changed : job.Rows.WouldChange;
}
