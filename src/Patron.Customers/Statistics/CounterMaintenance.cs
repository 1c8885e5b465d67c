using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Patron.Shared.Background;

namespace Patron.Customers.Statistics;

/// <summary>Folds the counters every two seconds and verifies them once a day.</summary>
public sealed partial class CounterMaintenance(
    Counters counters, BackgroundLoop loop, TimeProvider time, ILogger<CounterMaintenance> logger) : BackgroundService
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan RecountInterval = TimeSpan.FromDays(1);

    private DateTimeOffset recountAt = DateTimeOffset.MinValue;

    protected override Task ExecuteAsync(CancellationToken stoppingToken) =>
        loop.RunAsync("statistics", Interval, UpkeepAsync, stoppingToken);

    private async Task UpkeepAsync(CancellationToken cancellationToken)
    {
        await counters.FoldAsync(cancellationToken);
        if (time.GetUtcNow() >= recountAt)
        {
            recountAt = await RecountIfDueAsync(cancellationToken);
        }
    }

    // Returns the time of the next check.
    private async Task<DateTimeOffset> RecountIfDueAsync(CancellationToken cancellationToken)
    {
        var due = (await counters.LastRecountAsync(cancellationToken)).At + RecountInterval;
        if (time.GetUtcNow() < due)
        {
            return due;
        }

        if (await counters.RecountAsync(cancellationToken) is > 0 and var wrong)
        {
            LogCorrected(wrong);
        }

        return time.GetUtcNow() + RecountInterval;
    }

    [LoggerMessage(LogLevel.Error, "Recount corrected {Wrong} wrong statistics counters; please report this")]
    private partial void LogCorrected(long wrong);
}
