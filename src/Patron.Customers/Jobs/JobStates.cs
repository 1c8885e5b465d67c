using Patron.Shared.Text;

namespace Patron.Customers.Jobs;

/// <summary>The state of a job.</summary>
public enum JobState
{
    /// <summary>A worker writes the set of customers and what would change.</summary>
    Previewing,

    /// <summary>Waits for the confirmation, at most an hour.</summary>
    Ready,

    /// <summary>Nobody confirmed it in time.</summary>
    Expired,

    /// <summary>Ended early. Rows that were changed before stay changed.</summary>
    Cancelled,

    /// <summary>A worker changes the customers.</summary>
    Applying,

    /// <summary>Interrupted while applying, for a reason; a confirmation continues it.</summary>
    Paused,

    /// <summary>Done.</summary>
    Applied,

    /// <summary>A worker takes the changes back.</summary>
    Undoing,

    /// <summary>Interrupted while undoing, for a reason; another request to undo continues it.</summary>
    UndoPaused,

    /// <summary>The changes are taken back, as far as the rows say.</summary>
    Undone,
}

/// <summary>What became, or would become, of a customer in a job.</summary>
public enum JobRowState
{
    WouldChange,

    Unchanged,

    /// <summary>A rule forbids the change; the reason is the code of the error.</summary>
    Cannot,

    Changed,

    /// <summary>Not changed because the customer is not as the preview saw it, or a rule forbids it by now.</summary>
    Skipped,

    Undone,

    /// <summary>Some fields were taken back; the row lists the others.</summary>
    PartlyUndone,

    /// <summary>Not taken back, for a reason.</summary>
    Kept,
}

/// <summary>The allowed changes of a job's state.</summary>
public static class JobStates
{
    private static readonly (JobState From, JobState To)[] Allowed =
    [
        (JobState.Previewing, JobState.Ready), (JobState.Previewing, JobState.Cancelled),
        (JobState.Ready, JobState.Applying), (JobState.Ready, JobState.Expired), (JobState.Ready, JobState.Cancelled),
        (JobState.Applying, JobState.Applied), (JobState.Applying, JobState.Paused), (JobState.Applying, JobState.Cancelled),
        (JobState.Paused, JobState.Applying), (JobState.Paused, JobState.Cancelled),
        (JobState.Applied, JobState.Undoing), (JobState.Cancelled, JobState.Undoing),
        (JobState.Undoing, JobState.Undone), (JobState.Undoing, JobState.UndoPaused), (JobState.UndoPaused, JobState.Undoing),
    ];

    /// <summary>Whether a worker has something to do.</summary>
    public static bool IsWorking(JobState state) => state is JobState.Previewing or JobState.Applying or JobState.Undoing;

    /// <summary>Whether the rows are as they will be, unless somebody undoes the job.</summary>
    public static bool HasEnded(JobState state) =>
        state is JobState.Expired or JobState.Cancelled or JobState.Applied or JobState.Undone;

    /// <summary>Whether this state may follow that one.</summary>
    public static bool MayFollow(JobState from, JobState to) => Allowed.Contains((from, to));

    /// <summary>Throws where this state may not follow that one, because that is a bug.</summary>
    internal static string Follow(JobState from, JobState to) => MayFollow(from, to)
        ? EnumNames<JobState>.Of(to)
        : throw new InvalidOperationException($"A job that is {EnumNames<JobState>.Of(from)} cannot become {EnumNames<JobState>.Of(to)}.");
}
