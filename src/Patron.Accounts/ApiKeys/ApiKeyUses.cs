using System.Threading.Channels;
using Microsoft.Extensions.Hosting;
using Patron.Shared.Background;
using Patron.Shared.Database;

namespace Patron.Accounts.ApiKeys;

/// <summary>The uses of API keys that <see cref="ApiKeyUseWriter"/> has yet to record.</summary>
public sealed class ApiKeyUses(TimeProvider time)
{
    /// <summary>The minimum time between two recorded uses of a key.</summary>
    internal static readonly TimeSpan WriteInterval = TimeSpan.FromHours(1);

    private const int MaxQueued = 1_000;

    // A use that is dropped because the queue is full is followed by another one.
    private readonly Channel<Guid> queue =
        Channel.CreateBounded<Guid>(new BoundedChannelOptions(MaxQueued) { FullMode = BoundedChannelFullMode.DropWrite });

    /// <summary>Queues a use of a key that was last recorded at this time.</summary>
    public void Record(Guid key, DateTimeOffset? lastUsedAt)
    {
        if (lastUsedAt is null || lastUsedAt <= time.GetUtcNow() - WriteInterval)
        {
            queue.Writer.TryWrite(key);
        }
    }

    /// <summary>Waits for uses and returns their keys.</summary>
    internal async Task<Guid[]> TakeAsync(CancellationToken cancellationToken)
    {
        await queue.Reader.WaitToReadAsync(cancellationToken);
        var keys = new HashSet<Guid>();
        while (queue.Reader.TryRead(out var key))
        {
            keys.Add(key);
        }

        return [.. keys];
    }
}

/// <summary>Records when API keys were last used: in the background, at most once an hour for each key.</summary>
public sealed class ApiKeyUseWriter(ApiKeyUses uses, DatabasePools pools, BackgroundLoop loop, TimeProvider time) : BackgroundService
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    protected override Task ExecuteAsync(CancellationToken stoppingToken) =>
        loop.RunAsync("uses of API keys", Interval, WriteAsync, stoppingToken);

    private async Task WriteAsync(CancellationToken cancellationToken)
    {
        var keys = await uses.TakeAsync(cancellationToken);
        var now = time.GetUtcNow();
        await using var command = pools.Background.CreateCommand(
            "UPDATE accounts.api_keys SET last_used_at = $2 WHERE id = ANY ($1) AND (last_used_at IS NULL OR last_used_at <= $3)");
        command.Parameters.AddWithValue(keys);
        command.Parameters.AddWithValue(now);
        command.Parameters.AddWithValue(now - ApiKeyUses.WriteInterval);
        await command.ExecuteNonQueryAsync(cancellationToken);
    }
}
