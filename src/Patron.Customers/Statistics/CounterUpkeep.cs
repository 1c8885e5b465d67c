using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Npgsql;
using Patron.Shared;

namespace Patron.Customers.Statistics;

/// <summary>Folds the counters every two seconds, and proves them once a day.</summary>
public sealed partial class CounterUpkeep(Counters counters, StartSignal start, TimeProvider time, ILogger<CounterUpkeep> logger) : BackgroundService
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan BetweenRecounts = TimeSpan.FromDays(1);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (!await start.SucceedsAsync(stoppingToken))
        {
            return;
        }

        var recountAt = DateTimeOffset.MinValue;
        using var timer = new PeriodicTimer(Interval);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            try
            {
                await counters.FoldAsync(stoppingToken);
                if (time.GetUtcNow() >= recountAt)
                {
                    recountAt = await RecountIfDueAsync(stoppingToken);
                }
            }
            catch (Exception exception) when (exception is NpgsqlException or TimeoutException)
            {
                LogPutOff(exception.GetType().Name); // The database is away: the next time will do.
            }
        }
    }

    // Answers when to look again.
    private async Task<DateTimeOffset> RecountIfDueAsync(CancellationToken cancellation)
    {
        var due = (await counters.LastRecountAsync(cancellation)).At + BetweenRecounts;
        if (time.GetUtcNow() < due)
        {
            return due;
        }

        if (await counters.RecountAsync(cancellation) is > 0 and var wrong)
        {
            LogWrong(wrong);
        }

        return time.GetUtcNow() + BetweenRecounts;
    }

    [LoggerMessage(LogLevel.Error, "{Wrong} counters of the statistics were wrong and have been corrected; please report it")]
    private partial void LogWrong(long wrong);

    [LoggerMessage(LogLevel.Warning, "Upkeep of the counters put off: {Reason}")]
    private partial void LogPutOff(string reason);
}
