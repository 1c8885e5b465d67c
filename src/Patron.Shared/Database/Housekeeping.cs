using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Patron.Shared.Background;

namespace Patron.Shared.Database;

/// <summary>A statement that deletes what nobody needs any more; <c>$1</c> is the present time.</summary>
public sealed record HousekeepingTask(string Name, string Sql);

/// <summary>Runs every module's housekeeping once an hour, so that expired rows do not pile up.</summary>
public sealed partial class Housekeeping(
    DatabasePools pools, IEnumerable<HousekeepingTask> tasks, BackgroundLoop loop, TimeProvider time, ILogger<Housekeeping> logger) : BackgroundService
{
    private static readonly TimeSpan Interval = TimeSpan.FromHours(1);

    protected override Task ExecuteAsync(CancellationToken stoppingToken) => loop.RunAsync("housekeeping", Interval, SweepAsync, stoppingToken);

    /// <summary>Deletes what is due now.</summary>
    public async Task SweepAsync(CancellationToken cancellationToken)
    {
        foreach (var task in tasks)
        {
            await using var command = pools.Background.CreateCommand(task.Sql);
            command.Parameters.AddWithValue(time.GetUtcNow());
            var rows = await command.ExecuteNonQueryAsync(cancellationToken);
            if (rows > 0)
            {
                LogSwept(task.Name, rows);
            }
        }
    }

    [LoggerMessage(LogLevel.Information, "Housekeeping removed {Rows} {Name}")]
    private partial void LogSwept(string name, int rows);
}
