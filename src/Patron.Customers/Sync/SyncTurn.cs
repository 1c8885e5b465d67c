using Npgsql;

namespace Patron.Customers.Sync;

/// <summary>Gives the <see cref="SyncTurn"/>.</summary>
public sealed class SyncTurns(NpgsqlDataSource source)
{
    /// <summary>Null where somebody else has it.</summary>
    public Task<SyncTurn?> TryTakeAsync(CancellationToken cancellation) => SyncTurn.TryTakeAsync(source, cancellation);
}

/// <summary>
/// The turn to sync: one process of all on this database has it, on a connection of its own, and loses it with its life. Whoever gets it may go
/// on with a run that was left open.
/// </summary>
public sealed class SyncTurn : IAsyncDisposable
{
    private const string Name = "hashtextextended('customers.sync', 0)";
    private readonly NpgsqlConnection connection;

    private SyncTurn(NpgsqlConnection connection) => this.connection = connection;

    internal static async Task<SyncTurn?> TryTakeAsync(NpgsqlDataSource source, CancellationToken cancellation)
    {
        var own = await source.OpenConnectionAsync(cancellation);
        await using var command = new NpgsqlCommand($"SELECT pg_try_advisory_lock({Name})", own);
        if ((bool)(await command.ExecuteScalarAsync(cancellation))!)
        {
            return new SyncTurn(own);
        }

        await own.DisposeAsync();
        return null;
    }

    public async ValueTask DisposeAsync()
    {
        try
        {
            await using var command = new NpgsqlCommand($"SELECT pg_advisory_unlock({Name})", connection);
            await command.ExecuteNonQueryAsync(CancellationToken.None);
        }
        catch (NpgsqlException)
        {
            // The connection is gone, and the turn with it.
        }

        await connection.DisposeAsync();
    }
}
