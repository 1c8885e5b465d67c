using System.Data;
using Npgsql;

namespace Patron.Backups;

/// <summary>
/// A moment, its position in the WAL, and the rows of each table. A moment without counts has no restore point either.
/// </summary>
internal sealed record CountedMoment(DateTimeOffset At, string Position, string? RestorePoint, IReadOnlyDictionary<string, long>? Counts);

/// <summary>Counts the rows of all tables of Patron, so that a restored database can be compared with the backed-up one.</summary>
internal static class BackupCounts
{
    private const int Tries = 10;
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(3);

    // Partitions are counted with their parent.
    private const string TablesSql = """
        SELECT format('%I.%I', n.nspname, c.relname) FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
        WHERE n.nspname IN ('shared', 'accounts', 'customers', 'erp') AND c.relkind IN ('r', 'p') AND NOT c.relispartition ORDER BY 1
        """;

    // An autovacuum that holds a table gives way after the deadlock timeout. A deadlock with a writer ends this transaction, not that one.
    private const string LimitsSql = "SET LOCAL lock_timeout = '1s'; SET LOCAL deadlock_timeout = '200ms'";

    /// <summary>
    /// Names a moment in the WAL and counts the rows of that moment. Writers wait for some milliseconds while the snapshot and the name are
    /// taken, so that both are of the same moment; at most for a second. While a transaction keeps a table for longer, such as an import,
    /// it is tried again, and after half a minute the moment has no counts.
    /// </summary>
    public static async Task<CountedMoment> AtRestorePointAsync(string connectionString, string name, CancellationToken cancellationToken)
    {
        await using var source = NpgsqlDataSource.Create(connectionString);
        for (var tries = 1; ; tries++)
        {
            try
            {
                return await TryAtRestorePointAsync(source, name, cancellationToken);
            }
            catch (PostgresException busy) when (busy.SqlState is PostgresErrorCodes.LockNotAvailable or PostgresErrorCodes.DeadlockDetected)
            {
                if (tries == Tries)
                {
                    return await UncountedAsync(source, cancellationToken);
                }

                await Task.Delay(Pause, cancellationToken);
            }
        }
    }

    /// <summary>Counts in the snapshot of the connection's transaction, or each table at its own moment if there is none.</summary>
    public static async Task<IReadOnlyDictionary<string, long>> ReadAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        var counts = new Dictionary<string, long>(StringComparer.Ordinal);
        foreach (var table in await TablesAsync(connection, cancellationToken))
        {
            await using var command = new NpgsqlCommand($"SELECT count(*) FROM {table}", connection) { CommandTimeout = 0 };
            counts[table] = (long)(await command.ExecuteScalarAsync(cancellationToken))!;
        }

        return counts;
    }

    private static async Task<CountedMoment> TryAtRestorePointAsync(
        NpgsqlDataSource source, string name, CancellationToken cancellationToken)
    {
        await using var counter = await source.OpenConnectionAsync(cancellationToken);
        await using var snapshot = await counter.BeginTransactionAsync(IsolationLevel.RepeatableRead, cancellationToken);
        DateTimeOffset at;
        string position;
        await using (var locker = await source.OpenConnectionAsync(cancellationToken))
        await using (var locks = await locker.BeginTransactionAsync(cancellationToken))
        {
            var tables = await TablesAsync(locker, cancellationToken);
            await ExecuteAsync(locker, $"{LimitsSql}; LOCK TABLE {string.Join(", ", tables)} IN SHARE MODE", cancellationToken);
            at = await NowAsync(counter, cancellationToken); // Takes the snapshot.
            await using var restorePoint = new NpgsqlCommand("SELECT pg_create_restore_point($1)::text", locker)
            {
                Parameters = { new() { Value = name } },
            };
            position = (string)(await restorePoint.ExecuteScalarAsync(cancellationToken))!;
            await locks.CommitAsync(cancellationToken);
        }

        return new CountedMoment(at, position, name, await ReadAsync(counter, cancellationToken));
    }

    private static async Task<CountedMoment> UncountedAsync(NpgsqlDataSource source, CancellationToken cancellationToken)
    {
        await using var command = source.CreateCommand("SELECT clock_timestamp(), pg_current_wal_flush_lsn()::text");
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        await reader.ReadAsync(cancellationToken);
        return new CountedMoment(await reader.GetFieldValueAsync<DateTimeOffset>(0, cancellationToken), reader.GetString(1), null, null);
    }

    private static async Task<IReadOnlyList<string>> TablesAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        var tables = new List<string>();
        await using var command = new NpgsqlCommand(TablesSql, connection);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            tables.Add(reader.GetString(0));
        }

        return tables;
    }

    private static async Task ExecuteAsync(NpgsqlConnection connection, string sql, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    private static async Task<DateTimeOffset> NowAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand("SELECT clock_timestamp()", connection);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        await reader.ReadAsync(cancellationToken);
        return await reader.GetFieldValueAsync<DateTimeOffset>(0, cancellationToken);
    }
}
