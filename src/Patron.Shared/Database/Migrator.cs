using System.Data;
using System.Diagnostics;
using System.Reflection;
using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace Patron.Shared.Database;

/// <summary>The migrations of one module: its embedded <c>Database/Migrations/NNNN_name.sql</c> files, in numeric order.</summary>
public sealed record MigrationSet(string Module, Assembly Assembly)
{
    internal IReadOnlyList<Migration> Load() =>
    [
        .. Assembly.GetManifestResourceNames()
            .Where(
                name => name.Contains(".Database.Migrations.", StringComparison.Ordinal) && name.EndsWith(".sql", StringComparison.Ordinal))
            .Select(Read)
            .OrderBy(migration => migration.Number),
    ];

    private Migration Read(string resource)
    {
        using var reader = new StreamReader(Assembly.GetManifestResourceStream(resource)!, Encoding.UTF8);
        var sql = reader.ReadToEnd();
        var file = resource.Split('.')[^2];
        return new Migration(
            Module, int.Parse(file[..4]), file, sql, Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(sql))));
    }
}

internal sealed record Migration(string Module, int Number, string Name, string Sql, string Checksum);

/// <summary>
/// Migrates the database to this program's version with forward-only SQL files, each in its own transaction. Several processes may run it
/// at once: each locks inside the transaction of a migration and looks again, so the lock works through poolers that share connections. A
/// <see cref="CannotStartException"/> says what to do where a file was changed after it ran, the database belongs to a newer program, it
/// is not UTF-8, or its user lacks a permission.
/// </summary>
public sealed partial class Migrator(DatabasePools pools, IEnumerable<MigrationSet> sets, ILogger<Migrator> logger)
{
    // 'Patron'. Shared with earlier versions, which held it for a session.
    private const string TryLockSql = "SELECT pg_try_advisory_xact_lock(88379495706478)";

    // Migrations may take long, and so may the wait of the transaction that only holds the lock.
    private const string NoTimeoutsSql =
        "SET LOCAL lock_timeout = 0; SET LOCAL statement_timeout = 0; SET LOCAL idle_in_transaction_session_timeout = 0";

    private static readonly TimeSpan LockPollInterval = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan QuietWait = TimeSpan.FromSeconds(5);

    /// <summary>Applies the pending migrations and returns their names, 'module/NNNN_name'.</summary>
    public async Task<IReadOnlyList<string>> MigrateAsync(CancellationToken cancellationToken)
    {
        await using var connection = await pools.OpenAloneAsync(cancellationToken);
        if (await DatabaseCompatibility.EncodingProblemAsync(connection, cancellationToken) is { } problem)
        {
            throw new CannotStartException(problem);
        }

        await CreateMigrationsTableAsync(connection, cancellationToken);
        var applied = new List<string>();
        foreach (var migration in await PendingAsync(connection, cancellationToken))
        {
            if (await ApplyAsync(connection, migration, cancellationToken))
            {
                applied.Add($"{migration.Module}/{migration.Name}");
                LogApplied(migration.Module, migration.Name);
            }
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

    // The table is looked up first: CREATE ... IF NOT EXISTS would need a permission that only the first start must have.
    private async Task CreateMigrationsTableAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        if (await DatabaseCompatibility.IsMigratedAsync(connection, cancellationToken))
        {
            return;
        }

        try
        {
            await using var transaction = await BeginLockedAsync(connection, cancellationToken);
            if (!await DatabaseCompatibility.IsMigratedAsync(connection, cancellationToken))
            {
                await ExecuteAsync(connection, CreateMigrationsTableSql, cancellationToken);
                await transaction.CommitAsync(cancellationToken);
            }
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
                await ExecuteAsync(connection, NoTimeoutsSql, cancellationToken);
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

        var numbers = applied.Select(migration => (migration.Module, migration.Number)).ToHashSet();
        return [.. known.Where(migration => !numbers.Contains((migration.Module, migration.Number)))];
    }

    // A file that begins with '-- no transaction' contains one statement that cannot run inside a transaction (CREATE INDEX CONCURRENTLY).
    // It runs on a connection of its own while this one holds the lock.
    private async Task<bool> ApplyAsync(NpgsqlConnection connection, Migration migration, CancellationToken cancellationToken)
    {
        await using var transaction = await BeginLockedAsync(connection, cancellationToken);
        if (await IsAppliedAsync(connection, migration, cancellationToken))
        {
            return false;
        }

        try
        {
            if (migration.Sql.StartsWith("-- no transaction", StringComparison.Ordinal))
            {
                await using var other = await pools.OpenAloneAsync(cancellationToken);
                await ExecuteAsync(other, migration.Sql, cancellationToken);
            }
            else
            {
                await ExecuteAsync(connection, migration.Sql, cancellationToken);
            }
        }
        catch (PostgresException exception) when (MigrationPermissionError.Explain(exception, connection, migration) is { } explanation)
        {
            throw new CannotStartException(explanation, exception);
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

    private static async Task InsertAsync(NpgsqlConnection connection, Migration migration, CancellationToken cancellationToken)
    {
        const string InsertSql = "INSERT INTO shared.migrations (module, number, name, checksum) VALUES ($1, $2, $3, $4)";
        await using var command = new NpgsqlCommand(InsertSql, connection)
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

    [LoggerMessage(LogLevel.Information, "Migration applied: {Module}/{Name}")]
    private partial void LogApplied(string module, string name);

    [LoggerMessage(LogLevel.Information, "Waiting for another process that is migrating this database")]
    private partial void LogWaiting();
}
