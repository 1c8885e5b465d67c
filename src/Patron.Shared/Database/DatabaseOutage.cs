using Microsoft.Extensions.Logging;

namespace Patron.Shared.Database;

/// <summary>
/// Tells the log of an outage of the database once when it begins, every half minute while it lasts, and once when it is over, however many
/// requests and services come upon it.
/// </summary>
public sealed partial class DatabaseOutage(TimeProvider time, ILogger<DatabaseOutage> logger)
{
    private static readonly TimeSpan BetweenReminders = TimeSpan.FromSeconds(30);

    // A database that answers every second question is not back.
    private static readonly TimeSpan QuietBeforeEnd = TimeSpan.FromSeconds(2);

    private readonly Lock gate = new();
    private volatile bool isOngoing;
    private long beganAt;
    private long failedAt;
    private long toldAt;
    private long failures;

    /// <summary>A statement found the database away.</summary>
    public void Report(Exception exception)
    {
        lock (gate)
        {
            failedAt = time.GetTimestamp();
            failures++;
            if (!isOngoing)
            {
                (isOngoing, beganAt, toldAt, failures) = (true, failedAt, failedAt, 1);
                LogAway(DatabaseFailure.Reason(exception));
            }
            else if (time.GetElapsedTime(toldAt, failedAt) >= BetweenReminders)
            {
                toldAt = failedAt;
                LogStillAway(Seconds(beganAt), failures, DatabaseFailure.Reason(exception));
            }
        }
    }

    /// <summary>A statement succeeded.</summary>
    public void ReportSuccess()
    {
        if (!isOngoing)
        {
            return;
        }

        lock (gate)
        {
            if (isOngoing && time.GetElapsedTime(failedAt) >= QuietBeforeEnd)
            {
                isOngoing = false;
                LogBack(Seconds(beganAt), failures);
            }
        }
    }

    private long Seconds(long since) => (long)Math.Ceiling(time.GetElapsedTime(since).TotalSeconds);

    [LoggerMessage(LogLevel.Warning, "The database is away: {Reason}. Requests get 503 and background work waits until it is back")]
    private partial void LogAway(string reason);

    [LoggerMessage(LogLevel.Warning, "The database has been away for {Seconds} s; {Failures} requests and background rounds failed: {Reason}")]
    private partial void LogStillAway(long seconds, long failures, string reason);

    [LoggerMessage(LogLevel.Information, "The database is back after {Seconds} s; {Failures} requests and background rounds failed meanwhile")]
    private partial void LogBack(long seconds, long failures);
}
