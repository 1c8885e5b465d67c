using Patron.Shared.Background;

namespace Patron.Erp.Runs;

/// <summary>A due time and the mode of its run.</summary>
public sealed record DueSync(SyncMode Mode, DateTimeOffset DueAt);

/// <summary>
/// Determines when runs are due, by the settings. Each process has its own instance; with the same settings all of them request the same
/// run for the same time, and the unique <c>due_at</c> makes it run once.
/// </summary>
public sealed class SyncScheduler
{
    private readonly TimeProvider time;
    private readonly CronSchedule? full;
    private readonly CronSchedule? incremental;
    private DateTimeOffset? nextFull;
    private DateTimeOffset? nextIncremental;

    /// <summary>Starts with the first times after now.</summary>
    public SyncScheduler(SyncSettings settings, TimeProvider time)
    {
        this.time = time;
        full = CronSchedule.TryRead(settings.Schedule, out var read) ? read : null;
        incremental = CronSchedule.TryRead(settings.IncrementalSchedule, out read) ? read : null;
        var now = time.GetUtcNow();
        nextFull = full?.NextAfter(now);
        nextIncremental = incremental?.NextAfter(now);
    }

    /// <summary>The due run, or null. If both schedules are due, the full run covers both.</summary>
    public DueSync? FindDue()
    {
        var now = time.GetUtcNow();
        if (nextFull <= now)
        {
            return new DueSync(SyncMode.Full, nextFull.Value);
        }

        return nextIncremental <= now ? new DueSync(SyncMode.Incremental, nextIncremental.Value) : null;
    }

    /// <summary>Moves on to the next times, after a due run was requested or skipped.</summary>
    public void Advance()
    {
        var now = time.GetUtcNow();
        nextFull = nextFull <= now ? full!.NextAfter(now) : nextFull;
        nextIncremental = nextIncremental <= now ? incremental!.NextAfter(now) : nextIncremental;
    }
}
