using Npgsql;
using Patron.Shared.Database;

namespace Patron.Erp.Runs;

/// <summary>Gives the <see cref="SyncTurn"/>.</summary>
public sealed class SyncTurns(DatabasePools pools)
{
    /// <summary>Null where somebody else has it.</summary>
    public Task<SyncTurn?> TryTakeAsync(CancellationToken cancellationToken) => SyncTurn.TryTakeAsync(pools, cancellationToken);
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

    internal static async Task<SyncTurn?> TryTakeAsync(DatabasePools pools, CancellationToken cancellationToken)
    {
        var turn = new SyncTurn(await pools.OpenAloneAsync(cancellationToken));
        try
        {
            await using var command = new NpgsqlCommand($"SELECT pg_try_advisory_lock({Name})", turn.connection);
            if (await command.ExecuteScalarAsync(cancellationToken) is true)
            {
                return turn;
            }
        }
        catch
        {
            await turn.connection.DisposeAsync();
            throw;
        }

        await turn.connection.DisposeAsync();
        return null;
    }

    /// <summary>Gives the turn back. It ends with its connection too, but a little later, and the next one may be waiting already.</summary>
    public async ValueTask DisposeAsync()
    {
        try
        {
            await using var command = new NpgsqlCommand($"SELECT pg_advisory_unlock({Name})", connection);
            await command.ExecuteNonQueryAsync(CancellationToken.None);
        }
        catch (Exception broken) when (DatabaseFailure.IsTemporary(broken))
        {
            // The connection is gone, and the turn with it.
        }

        await connection.DisposeAsync();
    }
}
