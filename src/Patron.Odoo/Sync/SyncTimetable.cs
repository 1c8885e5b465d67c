using Patron.Customers.Sync;

namespace Patron.Odoo.Sync;

/// <summary>A time that a schedule names, and what the run that is due then reads.</summary>
internal sealed record DueSync(SyncMode Mode, DateTimeOffset DueAt);

/// <summary>
/// When runs are due: full ones by <c>Odoo:Schedule</c>, incremental ones by <c>Odoo:IncrementalSchedule</c>. Each process keeps its own; with the
/// same settings all of them name the same run for the same time, so the unique <c>due_at</c> of a run is enough to have it once.
/// </summary>
internal sealed class SyncTimetable
{
    private readonly SyncSchedule? full;
    private readonly SyncSchedule? incremental;
    private DateTimeOffset? nextFull;
    private DateTimeOffset? nextIncremental;

    /// <summary>Begins with the first times after <paramref name="now"/>.</summary>
    public SyncTimetable(OdooOptions options, DateTimeOffset now)
    {
        full = SyncSchedule.TryRead(options.Schedule, out var read) ? read : null;
        incremental = SyncSchedule.TryRead(options.IncrementalSchedule, out read) ? read : null;
        nextFull = full?.NextAfter(now);
        nextIncremental = incremental?.NextAfter(now);
    }

    /// <summary>What is due, or null. Where both schedules are, it is the full run: it finds all that an incremental one would.</summary>
    public DueSync? FindDue(DateTimeOffset now)
    {
        if (nextFull <= now)
        {
            return new DueSync(SyncMode.Full, nextFull.Value);
        }

        return nextIncremental <= now ? new DueSync(SyncMode.Incremental, nextIncremental.Value) : null;
    }

    /// <summary>Whatever was due by this time has been asked for or passed over.</summary>
    public void MoveOn(DateTimeOffset now)
    {
        nextFull = nextFull <= now ? full!.NextAfter(now) : nextFull;
        nextIncremental = nextIncremental <= now ? incremental!.NextAfter(now) : nextIncremental;
    }
}
