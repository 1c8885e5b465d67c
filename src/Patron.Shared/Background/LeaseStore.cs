using Microsoft.Extensions.Logging;
using Npgsql;
using Patron.Shared.Database;

namespace Patron.Shared.Background;

/// <summary>
/// Leases: work that one process at a time may do. A lease ends 10 seconds after its holder last renewed it, so that another process takes
/// over when the holder dies. It is a row, not a lock of a session, so it works through poolers that share connections. A holder that was
/// suspended can go on for a moment beside its successor; the work must tolerate that. Times are the database's.
/// </summary>
public sealed class LeaseStore(DatabasePools pools, ILogger<Lease> logger)
{
    private const string AcquireSql = """
        INSERT INTO shared.leases AS l (name, holder, expires_at) VALUES ($1, $2, clock_timestamp() + $3)
        ON CONFLICT (name) DO UPDATE SET holder = excluded.holder, expires_at = excluded.expires_at WHERE l.expires_at < clock_timestamp()
        """;

    private const string FindSql = "SELECT holder, expires_at FROM shared.leases WHERE name = $1";

    private static readonly TimeSpan Duration = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan PollInterval = TimeSpan.FromMilliseconds(200);

    /// <summary>Returns null if another process holds the lease.</summary>
    public async Task<Lease?> TryAcquireAsync(string name, CancellationToken cancellationToken)
    {
        var holder = Guid.CreateVersion7();
        await using var command = pools.Background.CreateCommand(AcquireSql);
        command.Parameters.Add(new() { Value = name });
        command.Parameters.Add(new() { Value = holder });
        command.Parameters.Add(new() { Value = Duration });
        return await command.ExecuteNonQueryAsync(cancellationToken) == 1 ? new Lease(pools, logger, name, holder, Duration) : null;
    }

    /// <summary>
    /// As <see cref="TryAcquireAsync"/>, but waits while the holder may be dead: until the lease ends, or its holder proves to be alive by
    /// renewing it, which takes a few seconds.
    /// </summary>
    public async Task<Lease?> AcquireUnlessRenewedAsync(string name, CancellationToken cancellationToken)
    {
        (Guid Holder, DateTime ExpiresAt)? seen = null;
        while (true)
        {
            if (await TryAcquireAsync(name, cancellationToken) is { } lease)
            {
                return lease;
            }

            var current = await FindAsync(name, cancellationToken);
            if (current?.Holder == seen?.Holder && current?.ExpiresAt > seen?.ExpiresAt)
            {
                return null;
            }

            seen = current;
            await Task.Delay(PollInterval, cancellationToken);
        }
    }

    private async Task<(Guid Holder, DateTime ExpiresAt)?> FindAsync(string name, CancellationToken cancellationToken)
    {
        await using var command = pools.Background.CreateCommand(FindSql);
        command.Parameters.Add(new() { Value = name });
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        return await reader.ReadAsync(cancellationToken) ? (reader.GetGuid(0), reader.GetDateTime(1)) : null;
    }
}

/// <summary>A lease that this process holds and renews until it is disposed.</summary>
public sealed partial class Lease : IAsyncDisposable
{
    private const string RenewSql = "UPDATE shared.leases SET expires_at = clock_timestamp() + $3 WHERE name = $1 AND holder = $2";
    private const string ReleaseSql = "DELETE FROM shared.leases WHERE name = $1 AND holder = $2";

    private readonly CancellationTokenSource stopping = new();
    private readonly DatabasePools pools;
    private readonly ILogger<Lease> logger;
    private readonly string name;
    private readonly Guid holder;
    private readonly TimeSpan duration;
    private readonly Task renewal;

    internal Lease(DatabasePools pools, ILogger<Lease> logger, string name, Guid holder, TimeSpan duration)
    {
        (this.pools, this.logger, this.name, this.holder, this.duration) = (pools, logger, name, holder, duration);
        renewal = RenewAsync();
    }

    /// <summary>Releases the lease, so that others need not wait for its end.</summary>
    public async ValueTask DisposeAsync()
    {
        await stopping.CancelAsync();
        await renewal;
        stopping.Dispose();
        try
        {
            await using var command = Command(ReleaseSql);
            await command.ExecuteNonQueryAsync();
        }
        catch (Exception failure) when (DatabaseFailure.IsTemporary(failure))
        {
            // The lease ends by itself.
        }
    }

    private async Task RenewAsync()
    {
        using var timer = new PeriodicTimer(duration / 4);
        try
        {
            while (await timer.WaitForNextTickAsync(stopping.Token))
            {
                if (!await TryRenewAsync())
                {
                    LogLost(name);
                    return;
                }
            }
        }
        catch (OperationCanceledException)
        {
            // Disposed.
        }
    }

    // A renewal that the database did not answer is tried again at the next tick; the duration allows for three failures.
    private async Task<bool> TryRenewAsync()
    {
        try
        {
            await using var command = Command(RenewSql);
            command.Parameters.Add(new() { Value = duration });
            return await command.ExecuteNonQueryAsync(stopping.Token) == 1;
        }
        catch (Exception failure) when (DatabaseFailure.IsTemporary(failure))
        {
            return true;
        }
    }

    private NpgsqlCommand Command(string sql)
    {
        var command = pools.Background.CreateCommand(sql);
        command.Parameters.Add(new() { Value = name });
        command.Parameters.Add(new() { Value = holder });
        return command;
    }

    [LoggerMessage(LogLevel.Warning, "Lease {Name} was lost to another process")]
    private partial void LogLost(string name);
}
