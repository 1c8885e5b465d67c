using System.Globalization;
using Patron.Shared.Database;

namespace Patron.Shared.Audit;

/// <summary>
/// The monthly partitions of the audit log: creates those of the next months, and removes those that are older than the retention. The
/// function of the database does both in a moment or, while others hold locks, at the next run.
/// </summary>
public static class AuditPartitions
{
    public static HousekeepingTask Housekeeping(AuditOptions options)
    {
        var months = options.RetentionMonths?.ToString(CultureInfo.InvariantCulture) ?? "NULL";
        return new HousekeepingTask("audit partitions", $"SELECT shared.keep_audit_partitions($1, {months})");
    }
}
