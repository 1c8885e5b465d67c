using Microsoft.Extensions.Hosting;
using Npgsql;
using Patron.Shared.Background;
using Patron.Shared.Database;

namespace Patron.Shared.Inbox;

/// <summary>
/// A statement that adds what expires within three days and has no item yet; <c>$1</c> is the current time, and <paramref name="Values"/>
/// are the parameters after it.
/// </summary>
public sealed record ExpiringItems(string Sql, params object[] Values);

/// <summary>
/// Once a minute adds items for what expires soon, and removes those of what has expired. Any number of processes may run it: items are
/// unique by their source.
/// </summary>
public sealed class InboxExpiry(DatabasePools pools, IEnumerable<ExpiringItems> expiring, BackgroundLoop loop, TimeProvider time)
    : BackgroundService
{
    private const string RemoveSql = "DELETE FROM shared.inbox_items WHERE due_at <= $1";

    private static readonly TimeSpan Interval = TimeSpan.FromMinutes(1);

    protected override Task ExecuteAsync(CancellationToken stoppingToken) => loop.RunAsync("inbox", Interval, RefreshAsync, stoppingToken);

    /// <summary>Adds and removes what is due now.</summary>
    public async Task RefreshAsync(CancellationToken cancellationToken)
    {
        foreach (var items in expiring.Append(new ExpiringItems(RemoveSql)))
        {
            await using var command = pools.Background.CreateCommand(items.Sql);
            command.Parameters.Add(new NpgsqlParameter<DateTimeOffset> { TypedValue = time.GetUtcNow() });
            foreach (var value in items.Values)
            {
                command.Parameters.Add(new NpgsqlParameter { Value = value });
            }

            await command.ExecuteNonQueryAsync(cancellationToken);
        }
    }
}
