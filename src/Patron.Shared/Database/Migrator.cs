using System.Data;
using System.Diagnostics;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace Patron.Shared.Database;

/// <summary>
/// Migrates the database to this program's version with forward-only SQL files, each in its own transaction. Several processes may run it
/// at once: each locks inside the transaction of a migration and looks again, so the lock works through poolers that share connections. A
/// migration that waits a second for a table gives up its locks and is repeated, so that requests do not queue behind it. A
/// <see cref="CannotStartException"/> says what to do where a file was changed after it ran, the database belongs to a newer program that
/// this one cannot run beside, it is not UTF-8, or its user lacks a permission.
/// </summary>
public sealed partial class Migrator(DatabasePools pools, IEnumerable<MigrationSet> sets, ILogger<Migrator> logger)
{
    // 'Patron'. Shared with earlier versions, which held it for a session.
    private const string TryLockSql = "SELECT pg_try_advisory_xact_lock(88379495706478)";

    // Migrations may take long, and so may the wait of the transaction that only holds the lock. A statement that waits for a table makes
    // everybody else wait behind it.
    private const string TimeoutsSql =
        "SET LOCAL lock_timeout = '1s'; SET LOCAL statement_timeout = 0; SET LOCAL idle_in_transaction_session_timeout = 0";

    // Takes no snapshot, and ends the one that the statement before has kept.
    private const string ReleaseSnapshotSql = "SET LOCAL lock_timeout = '1s'";

    private static readonly TimeSpan LockPollInterval = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan PauseBetweenTries = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan QuietWait = TimeSpan.FromSeconds(5);

    /// <summary>Applies the pending migrations and returns their names, 'module/NNNN_name'.</summary>
    public async Task<IReadOnlyList<string>> MigrateAsync(CancellationToken cancellationToken)
    {
        await using var connection = await pools.OpenAloneAsync(cancellationToken);
        if (await DatabaseCompatibility.EncodingProblemAsync(connection, cancellationToken) is { } problem)
        {
            throw new CannotStartException(problem);
        }

        var isNew = await CreateMigrationsTableAsync(connection, cancellationToken);
        var applied = new List<string>();
        foreach (var migration in await PendingAsync(connection, cancellationToken))
        {
            if (await ApplyAsync(connection, migration, cancellationToken))
            {
                applied.Add(migration.FullName);
                if (!isNew)
                {
                    LogApplied(migration.FullName);
                }
            }
        }

        if (isNew && applied.Count > 0)
        {
            LogCreated(applied.Count);
        }

        return applied;
    }

    private const string CreateMigrationsTableSql = """
        CREATE SCHEMA IF NOT EXISTS shared;
        CREATE TABLE shared.migrations (
            module text NOT NULL,
            number int NOT NULL,
            name text NOT NULL,
            checksum text NOT NULL,
            applied_at timestamptz NOT NULL DEFAULT now(),
            PRIMARY KEY (module, number)
        );
        """;

    // Whether the database had no such table. It is looked up first: CREATE ... IF NOT EXISTS would need a permission that only the first start
    // must have.
    private async Task<bool> CreateMigrationsTableAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        if (await DatabaseCompatibility.IsMigratedAsync(connection, cancellationToken))
        {
            return false;
        }

        try
        {
            await using var transaction = await BeginLockedAsync(connection, cancellationToken);
            if (!await DatabaseCompatibility.IsMigratedAsync(connection, cancellationToken))
            {
                await ExecuteAsync(connection, CreateMigrationsTableSql, cancellationToken);
                await transaction.CommitAsync(cancellationToken);
            }

            return true;
        }
        catch (PostgresException exception) when (MigrationPermissionError.Explain(exception, connection) is { } explanation)
        {
            throw new CannotStartException(explanation, exception);
        }
    }

    // The lock is polled, with a transaction for each try: a session that waits in pg_advisory_xact_lock has a snapshot, which blocks
    // CREATE INDEX CONCURRENTLY in the lock's holder. A statement sees what was committed before it, whatever the server's default is.
    private async Task<NpgsqlTransaction> BeginLockedAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        var waited = Stopwatch.StartNew();
        var isReported = false;
        while (true)
        {
            var transaction = await connection.BeginTransactionAsync(IsolationLevel.ReadCommitted, cancellationToken);
            await using var command = new NpgsqlCommand(TryLockSql, connection);
            if (await command.ExecuteScalarAsync(cancellationToken) is true)
            {
                await ExecuteAsync(connection, TimeoutsSql, cancellationToken);
                return transaction;
            }

            await transaction.DisposeAsync();
            if (!isReported && waited.Elapsed > QuietWait)
            {
                LogWaiting();
                isReported = true;
            }

            await Task.Delay(LockPollInterval, cancellationToken);
        }
    }

    private async Task<IReadOnlyList<Migration>> PendingAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        var known = sets.SelectMany(set => set.Load()).ToList();
        var applied = await DatabaseCompatibility.ReadAppliedAsync(connection, cancellationToken);
        if (DatabaseCompatibility.VersionProblem(known, applied) is { } problem)
        {
            throw new CannotStartException(problem);
        }

        var newer = DatabaseCompatibility.Newer(known, applied).Select(migration => migration.FullName).ToList();
        if (newer.Count > 0)
        {
            LogNewer(string.Join(", ", newer));
        }

        var numbers = applied.Select(migration => (migration.Module, migration.Number)).ToHashSet();
        return [.. known.Where(migration => !numbers.Contains((migration.Module, migration.Number)))];
    }

    private async Task<bool> ApplyAsync(NpgsqlConnection connection, Migration migration, CancellationToken cancellationToken)
    {
        while (true)
        {
            try
            {
                return await TryApplyAsync(connection, migration, cancellationToken);
            }
            catch (PostgresException exception) when (exception.SqlState == PostgresErrorCodes.LockNotAvailable)
            {
                LogBlocked(migration.FullName);
                await Task.Delay(PauseBetweenTries, cancellationToken);
            }
            catch (PostgresException exception) when (MigrationPermissionError.Explain(exception, connection, migration) is { } explanation)
            {
                throw new CannotStartException(explanation, exception);
            }
        }
    }

    private async Task<bool> TryApplyAsync(NpgsqlConnection connection, Migration migration, CancellationToken cancellationToken)
    {
        await using var transaction = await BeginLockedAsync(connection, cancellationToken);
        if (await IsAppliedAsync(connection, migration, cancellationToken))
        {
            return false;
        }

        if (migration.IsInTransaction)
        {
            await ExecuteAsync(connection, migration.Sql, cancellationToken);
        }
        else
        {
            // On a connection of its own while this one holds the lock. CREATE INDEX CONCURRENTLY waits for all older transactions with a
            // snapshot, and without the first statement it would wait for this one for ever.
            await ExecuteAsync(connection, ReleaseSnapshotSql, cancellationToken);
            await using var other = await pools.OpenAloneAsync(cancellationToken);
            await ExecuteAsync(other, migration.Sql, cancellationToken);
        }

        await InsertAsync(connection, migration, cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return true;
    }

    private static async Task<bool> IsAppliedAsync(NpgsqlConnection connection, Migration migration, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand("SELECT FROM shared.migrations WHERE module = $1 AND number = $2", connection)
        {
            Parameters = { new() { Value = migration.Module }, new() { Value = migration.Number } },
        };
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        return reader.HasRows;
    }

    // The column of the kind is younger than the first migrations, which have its default.
    private static async Task InsertAsync(NpgsqlConnection connection, Migration migration, CancellationToken cancellationToken)
    {
        var (column, value) = migration.Kind == MigrationKind.Expand ? (", kind", ", 'expand'") : ("", "");
        await using var command = new NpgsqlCommand(
            $"INSERT INTO shared.migrations (module, number, name, checksum{column}) VALUES ($1, $2, $3, $4{value})", connection)
        {
            Parameters =
            {
                new() { Value = migration.Module }, new() { Value = migration.Number }, new() { Value = migration.Name },
                new() { Value = migration.Checksum },
            },
        };
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    private static async Task ExecuteAsync(NpgsqlConnection connection, string sql, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(sql, connection) { CommandTimeout = 0 };
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    [LoggerMessage(LogLevel.Information, "Database created by {Count} migrations")]
    private partial void LogCreated(int count);

    [LoggerMessage(LogLevel.Information, "Migration applied: {Name}")]
    private partial void LogApplied(string name);

    [LoggerMessage(LogLevel.Information, "A newer version of Patron has migrated this database; this version can go on beside it: {Names}")]
    private partial void LogNewer(string names);

    [LoggerMessage(LogLevel.Warning, "Migration {Name} waits for a table that a longer transaction uses; it is tried again every second")]
    private partial void LogBlocked(string name);

    [LoggerMessage(LogLevel.Information, "Waiting for another process that is migrating this database")]
    private partial void LogWaiting();
}
