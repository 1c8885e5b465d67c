using Patron.Customers.Erp;
using Patron.Shared.Background;
using Patron.Shared.Callers;
using Patron.Shared.Results;

namespace Patron.Erp.Runs;

/// <summary>
/// The settings of the sync as they are in force, without secrets: the ERP and its installation (null without one), when full and
/// incremental runs begin (cron strings in UTC or <c>never</c>) with the next times, and the fields that the ERP owns.
/// </summary>
public sealed record SyncSetup(string? Erp, string? Identity, SyncSettings Schedules, IReadOnlyList<string> OwnedFields)
{
    public DateTimeOffset? NextFull { get; init; }

    public DateTimeOffset? NextIncremental { get; init; }
}

/// <summary>Reads the settings of the sync, for administrators (403 for others).</summary>
public sealed class ReadSyncSetup(
    ErpOwnership ownership, TimeProvider time, IErpConnector? connector = null, SyncSettings? settings = null)
{
    private static readonly SyncSettings Unscheduled = new(CronSchedule.Never, CronSchedule.Never);

    public Result<SyncSetup> Handle(Caller caller)
    {
        if (!caller.IsAdmin)
        {
            return RequestSync.AdminsOnly;
        }

        var schedules = settings ?? Unscheduled;
        return new SyncSetup(connector?.Name, connector?.Identity, schedules, ownership.ToString().Split(','))
        {
            NextFull = NextOf(schedules.Schedule), NextIncremental = NextOf(schedules.IncrementalSchedule),
        };
    }

    private DateTimeOffset? NextOf(string schedule) =>
        CronSchedule.TryRead(schedule, out var read) ? read.NextAfter(time.GetUtcNow()) : null;
}
