using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Patron.Shared.Background;

namespace Patron.Shared.Database;

/// <summary>A statement that deletes expired rows; <c>$1</c> is the current time.</summary>
public sealed record HousekeepingTask(string Name, string Sql);

/// <summary>Runs the housekeeping tasks of all modules once an hour.</summary>
public sealed partial class Housekeeping(
    DatabasePools pools, IEnumerable<HousekeepingTask> tasks, BackgroundLoop loop, TimeProvider time,
    ILogger<Housekeeping> logger) : BackgroundService
{
    private static readonly TimeSpan Interval = TimeSpan.FromHours(1);

    protected override Task ExecuteAsync(CancellationToken stoppingToken) =>
        loop.RunAsync("housekeeping", Interval, DeleteExpiredAsync, stoppingToken);

    /// <summary>Deletes all expired rows.</summary>
    public async Task DeleteExpiredAsync(CancellationToken cancellationToken)
    {
        foreach (var task in tasks)
        {
            await using var command = pools.Background.CreateCommand(task.Sql);
            command.Parameters.AddWithValue(time.GetUtcNow());
            var rows = await command.ExecuteNonQueryAsync(cancellationToken);
            if (rows > 0)
            {
                LogDeleted(task.Name, rows);
            }
        }
    }

    [LoggerMessage(LogLevel.Information, "Housekeeping deleted {Rows} {Name}")]
    private partial void LogDeleted(string name, int rows);
}
