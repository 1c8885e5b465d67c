using Npgsql;

namespace Patron.Customers.Sync;

/// <summary>The right to write for a run: whoever holds its number, as long as nobody took the run over.</summary>
public sealed record SyncTicket(long RunId, Guid Runner, bool IsFull)
{
    /// <summary>Keeps the right to the end of the transaction; false where it is lost.</summary>
    internal async Task<bool> HoldAsync(NpgsqlConnection connection, CancellationToken cancellation)
    {
        await using var command = new NpgsqlCommand("SELECT FROM customers.sync_runs WHERE id = $1 AND runner = $2 FOR UPDATE", connection);
        command.Parameters.Add(new NpgsqlParameter<long> { TypedValue = RunId });
        command.Parameters.Add(new NpgsqlParameter<Guid> { TypedValue = Runner });
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        return await reader.ReadAsync(cancellation);
    }
}
