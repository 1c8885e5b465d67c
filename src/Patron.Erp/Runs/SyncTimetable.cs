
namespace Patron.Erp.Runs;

/// <summary>A time that a schedule names, and what the run that is due then reads.</summary>
public sealed record DueSync(SyncMode Mode, DateTimeOffset DueAt);

/// <summary>
/// When runs are due, by the settings. Each process keeps its own; with the
/// same settings all of them name the same run for the same time, so the unique <c>due_at</c> of a run is enough to have it once.
/// </summary>
public sealed class SyncTimetable
{
    private readonly TimeProvider time;
    private readonly SyncSchedule? full;
    private readonly SyncSchedule? incremental;
    private DateTimeOffset? nextFull;
    private DateTimeOffset? nextIncremental;

    /// <summary>Begins with the first times after now.</summary>
    public SyncTimetable(SyncSettings settings, TimeProvider time)
    {
        this.time = time;
        full = SyncSchedule.TryRead(settings.Schedule, out var read) ? read : null;
        incremental = SyncSchedule.TryRead(settings.IncrementalSchedule, out read) ? read : null;
        var now = time.GetUtcNow();
        nextFull = full?.NextAfter(now);
        nextIncremental = incremental?.NextAfter(now);
    }

    /// <summary>What is due, or null. Where both schedules are, it is the full run: it finds all that an incremental one would.</summary>
    public DueSync? FindDue()
    {
        var now = time.GetUtcNow();
        if (nextFull <= now)
        {
            return new DueSync(SyncMode.Full, nextFull.Value);
        }

        return nextIncremental <= now ? new DueSync(SyncMode.Incremental, nextIncremental.Value) : null;
    }

    /// <summary>What is due has been asked for or passed over.</summary>
    public void MoveOn()
    {
        var now = time.GetUtcNow();
        nextFull = nextFull <= now ? full!.NextAfter(now) : nextFull;
        nextIncremental = nextIncremental <= now ? incremental!.NextAfter(now) : nextIncremental;
    }
}
