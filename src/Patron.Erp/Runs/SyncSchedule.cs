using System.Diagnostics.CodeAnalysis;
using Quartz;

namespace Patron.Erp.Runs;

/// <summary>When the sync runs by itself: a cron string of five fields (minute, hour, day, month, day of the week), in UTC.</summary>
public sealed class SyncSchedule
{
    /// <summary>What stands in the settings where it runs only when it is started.</summary>
    public const string Never = "never";

    private readonly CronExpression cron;

    private SyncSchedule(CronExpression cron) => this.cron = cron;

    /// <summary>Whether a setting may say this: a cron string, or that no run is due by itself.</summary>
    public static bool IsValid(string text) => text == Never || TryRead(text, out _);

    public static bool TryRead(string text, [NotNullWhen(true)] out SyncSchedule? schedule)
    {
        schedule = CronExpression.TryParse(text, CronFormat.Unix, out var cron) ? new SyncSchedule(cron.WithTimeZone(TimeZoneInfo.Utc)) : null;
        return schedule is not null;
    }

    /// <summary>The next time after this one; null where there is none any more.</summary>
    public DateTimeOffset? NextAfter(DateTimeOffset time) => cron.GetNextValidTimeAfter(time);
}
