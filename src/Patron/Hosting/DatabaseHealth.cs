using Npgsql;
using Patron.Backups;
using Patron.Erp;
using Patron.Shared;
using Patron.Shared.Database;
using Patron.Shared.Mail;

namespace Patron.Hosting;

/// <summary>What the database says of itself, of mails, of the last sync and of backups.</summary>
internal sealed record DatabaseState(string State, bool IsMailStuck = false)
{
    public LastSyncAnswer? LastSync { get; init; }

    public BackupState? Backup { get; init; }
}

/// <summary>The part of <see cref="Health"/> that the database answers, over one connection of the probes.</summary>
internal sealed class DatabaseHealth(DatabasePools pools, StartSignal start, ReadBackupState backups, ErpAvailability? erp = null)
{
    // This statement runs before the tables exist; the others do not.
    private const string WritableSql = "SELECT pg_is_in_recovery() OR current_setting('transaction_read_only')::bool";

    // Mail is degraded when a message has failed more than once and still waits. Messages refused by the recipient's server do not count.
    private const string MailIsStuckSql = """
        SELECT EXISTS (SELECT FROM shared.outbox_messages WHERE kind = $1 AND dead_at IS NULL AND refused_at IS NULL AND attempts > 1)
        """;

    private const string LastSyncSql = "SELECT id, state, finished_at FROM erp.runs WHERE finished_at IS NOT NULL ORDER BY id DESC LIMIT 1";

    public async Task<DatabaseState> CheckAsync(CancellationToken cancellationToken)
    {
        try
        {
            // WaitAsync, because cancellation does not end a connection attempt to a server that hangs during the handshake.
            return await ReadDatabaseAsync(cancellationToken).WaitAsync(cancellationToken);
        }
        catch (Exception exception) when (DatabaseFailure.IsTemporary(exception) || exception is OperationCanceledException)
        {
            return new DatabaseState(Health.Away);
        }
    }

    private async Task<DatabaseState> ReadDatabaseAsync(CancellationToken cancellationToken)
    {
        await using var connection = await pools.Probes.OpenConnectionAsync(cancellationToken);
        await using (var command = new NpgsqlCommand(WritableSql, connection))
        {
            if (await command.ExecuteScalarAsync(cancellationToken) is true)
            {
                return new DatabaseState(Health.ReadOnly);
            }
        }

        if (!start.IsCompleted)
        {
            return new DatabaseState(Health.Ok);
        }

        var isMailStuck = await IsMailStuckAsync(connection, cancellationToken);
        return new DatabaseState(Health.Ok, isMailStuck)
        {
            LastSync = erp is null ? null : await LastSyncAsync(connection, cancellationToken),
            Backup = await backups.HandleAsync(connection, cancellationToken),
        };
    }

    private static async Task<bool> IsMailStuckAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(MailIsStuckSql, connection);
        command.Parameters.AddWithValue(OutgoingMail.OutboxKind);
        return await command.ExecuteScalarAsync(cancellationToken) is true;
    }

    private static async Task<LastSyncAnswer?> LastSyncAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(LastSyncSql, connection);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        return await reader.ReadAsync(cancellationToken)
            ? new LastSyncAnswer(
                reader.GetInt64(0), reader.GetString(1), await reader.GetFieldValueAsync<DateTimeOffset>(2, cancellationToken))
            : null;
    }
}
