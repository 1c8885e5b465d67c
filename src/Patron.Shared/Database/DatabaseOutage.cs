using Microsoft.Extensions.Logging;

namespace Patron.Shared.Database;

/// <summary>
/// Logs an outage of the database once when it begins, every 30 seconds while it lasts and once when it ends, regardless of how many
/// requests and services fail.
/// </summary>
public sealed partial class DatabaseOutage(DatabasePools pools, TimeProvider time, ILogger<DatabaseOutage> logger)
{
    private static readonly TimeSpan ReminderInterval = TimeSpan.FromSeconds(30);

    // While some statements still fail, the outage is not over.
    private static readonly TimeSpan RecoveryPeriod = TimeSpan.FromSeconds(2);

    private readonly Lock gate = new();
    private volatile bool isOngoing;
    private long beganAt;
    private long failedAt;
    private long loggedAt;
    private long failures;

    /// <summary>Whether the database was unavailable when it was last used.</summary>
    public bool IsOngoing => isOngoing;

    /// <summary>Reports that a statement failed because the database is unavailable.</summary>
    public void Report(Exception exception)
    {
        // The next request has to reach the server that accepts writes, which a new connection can find. And if this server is promoted, the
        // driver misunderstands statements on this connection whose preparation was refused (DatabaseFailure).
        if (DatabaseFailure.KindOf(exception) == DatabaseFailureKind.ReadOnly)
        {
            pools.Clear();
        }

        lock (gate)
        {
            failedAt = time.GetTimestamp();
            failures++;
            if (!isOngoing)
            {
                (isOngoing, beganAt, loggedAt, failures) = (true, failedAt, failedAt, 1);
                LogUnavailable(DatabaseFailure.Reason(exception));
            }
            else if (time.GetElapsedTime(loggedAt, failedAt) >= ReminderInterval)
            {
                loggedAt = failedAt;
                LogStillUnavailable(Seconds(beganAt), failures, DatabaseFailure.Reason(exception));
            }
        }
    }

    /// <summary>Reports that a statement succeeded.</summary>
    public void ReportSuccess()
    {
        if (!isOngoing)
        {
            return;
        }

        lock (gate)
        {
            if (isOngoing && time.GetElapsedTime(failedAt) >= RecoveryPeriod)
            {
                isOngoing = false;
                LogAvailable(Seconds(beganAt), failures);
            }
        }
    }

    private long Seconds(long since) => (long)Math.Ceiling(time.GetElapsedTime(since).TotalSeconds);

    [LoggerMessage(LogLevel.Warning, "Database unavailable: {Reason}. Requests get 503 and background work waits until it is available")]
    private partial void LogUnavailable(string reason);

    [LoggerMessage(LogLevel.Warning, "Database unavailable for {Seconds} s; {Failures} requests and background runs failed: {Reason}")]
    private partial void LogStillUnavailable(long seconds, long failures, string reason);

    [LoggerMessage(LogLevel.Information, "Database available again after {Seconds} s; {Failures} requests and background runs failed")]
    private partial void LogAvailable(long seconds, long failures);
}
