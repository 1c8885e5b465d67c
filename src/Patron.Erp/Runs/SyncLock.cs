using Npgsql;
using Patron.Shared.Database;

namespace Patron.Erp.Runs;

/// <summary>Acquires the <see cref="SyncLock"/>.</summary>
public sealed class SyncLockProvider(DatabasePools pools)
{
    /// <summary>Returns null if another process holds the lock.</summary>
    public Task<SyncLock?> TryAcquireAsync(CancellationToken cancellationToken) => SyncLock.TryAcquireAsync(pools, cancellationToken);
}

/// <summary>
/// The lock for syncing: one of all processes on this database holds it, on a connection of its own, and loses it when it dies. Its holder
/// may continue an open run.
/// </summary>
public sealed class SyncLock : IAsyncDisposable
{
    private const string Name = "hashtextextended('customers.sync', 0)";
    private readonly NpgsqlConnection connection;

    private SyncLock(NpgsqlConnection connection) => this.connection = connection;

    internal static async Task<SyncLock?> TryAcquireAsync(DatabasePools pools, CancellationToken cancellationToken)
    {
        var acquired = new SyncLock(await pools.OpenAloneAsync(cancellationToken));
        try
        {
            await using var command = new NpgsqlCommand($"SELECT pg_try_advisory_lock({Name})", acquired.connection);
            if (await command.ExecuteScalarAsync(cancellationToken) is true)
            {
                return acquired;
            }
        }
        catch
        {
            await acquired.connection.DisposeAsync();
            throw;
        }

        await acquired.connection.DisposeAsync();
        return null;
    }

    /// <summary>Releases the lock. Closing the connection releases it too, but later, and another process may be waiting.</summary>
    public async ValueTask DisposeAsync()
    {
        try
        {
            await using var command = new NpgsqlCommand($"SELECT pg_advisory_unlock({Name})", connection);
            await command.ExecuteNonQueryAsync(CancellationToken.None);
        }
        catch (Exception failure) when (DatabaseFailure.IsTemporary(failure))
        {
            // The lock ended with the connection.
        }

        await connection.DisposeAsync();
    }
}
