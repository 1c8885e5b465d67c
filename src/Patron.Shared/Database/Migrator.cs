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
/// at once. A file that was changed after it ran is refused, because its checksum differs. If the database's user lacks a permission, a
/// <see cref="CannotStartException"/> says what an administrator has to do.
/// </summary>
public sealed partial class Migrator(DatabasePools pools, IEnumerable<MigrationSet> sets, ILogger<Migrator> logger)
{
    private const long LockKey = 0x5061_7472_6F6E; // 'Patron'
    private static readonly TimeSpan LockPollInterval = TimeSpan.FromMilliseconds(100);

    /// <summary>Applies the pending migrations and returns their names, 'module/NNNN_name'.</summary>
    public async Task<IReadOnlyList<string>> MigrateAsync(CancellationToken cancellationToken)
    {
        // The advisory lock is released when this connection ends.
        await using var connection = await pools.OpenAloneAsync(cancellationToken);
        await LockAsync(connection, cancellationToken);
        await CreateMigrationsTableAsync(connection, cancellationToken);
        var applied = new List<string>();
        foreach (var migration in await PendingAsync(connection, cancellationToken))
        {
            await ApplyAsync(connection, migration, cancellationToken);
            applied.Add($"{migration.Module}/{migration.Name}");
            LogApplied(migration.Module, migration.Name);
        }

        return applied;
    }

    // The table is looked up first: CREATE ... IF NOT EXISTS would need a permission that only the first start must have.
    private const string CreateMigrationsTableSql = """
        DO $$ BEGIN
            IF to_regclass('shared.migrations') IS NULL THEN
                CREATE SCHEMA IF NOT EXISTS shared;
                CREATE TABLE shared.migrations (
                    module text NOT NULL,
                    number int NOT NULL,
                    name text NOT NULL,
                    checksum text NOT NULL,
                    applied_at timestamptz NOT NULL DEFAULT now(),
                    PRIMARY KEY (module, number)
                );
            END IF;
        END $$
        """;

    private static async Task CreateMigrationsTableAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        try
        {
            await ExecuteAsync(connection, CreateMigrationsTableSql, cancellationToken);
        }
        catch (PostgresException exception) when (MigrationPermissionError.Explain(exception, connection) is { } explanation)
        {
            throw new CannotStartException(explanation, exception);
        }
    }

    // The lock is polled: a session that waits in pg_advisory_lock has a snapshot, which blocks CREATE INDEX CONCURRENTLY in the lock's
    // holder.
    private static async Task LockAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand($"SELECT pg_try_advisory_lock({LockKey})", connection);
        while (await command.ExecuteScalarAsync(cancellationToken) is not true)
        {
            await Task.Delay(LockPollInterval, cancellationToken);
        }
    }

    private async Task<IReadOnlyList<Migration>> PendingAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        var checksums = new Dictionary<(string Module, int Number), string>();
        await using (var command = new NpgsqlCommand("SELECT module, number, checksum FROM shared.migrations", connection))
        await using (var reader = await command.ExecuteReaderAsync(cancellationToken))
        {
            while (await reader.ReadAsync(cancellationToken))
            {
                checksums[(reader.GetString(0), reader.GetInt32(1))] = reader.GetString(2);
            }
        }

        var pending = new List<Migration>();
        foreach (var migration in sets.SelectMany(set => set.Load()))
        {
            if (!checksums.TryGetValue((migration.Module, migration.Number), out var checksum))
            {
                pending.Add(migration);
            }
            else if (checksum != migration.Checksum)
            {
                throw new CannotStartException(
                    $"Migration {migration.Module}/{migration.Name} was changed after it ran on this database. Restore the file and put the change into a new migration.");
            }
        }

        return pending;
    }

    // A file that begins with '-- no transaction' contains one statement that cannot run inside a transaction (CREATE INDEX CONCURRENTLY).
    private static async Task ApplyAsync(NpgsqlConnection connection, Migration migration, CancellationToken cancellationToken)
    {
        const string InsertSql = "INSERT INTO shared.migrations (module, number, name, checksum) VALUES ($1, $2, $3, $4)";
        var withoutTransaction = migration.Sql.StartsWith("-- no transaction", StringComparison.Ordinal);
        await using var transaction = withoutTransaction ? null : await connection.BeginTransactionAsync(cancellationToken);
        try
        {
            await ExecuteAsync(connection, migration.Sql, cancellationToken);
        }
        catch (PostgresException exception) when (MigrationPermissionError.Explain(exception, connection, migration) is { } explanation)
        {
            throw new CannotStartException(explanation, exception);
        }

        await using (var command = new NpgsqlCommand(InsertSql, connection)
        {
            Parameters =
                { new() { Value = migration.Module }, new() { Value = migration.Number }, new() { Value = migration.Name },
                    new() { Value = migration.Checksum } },
        })
        {
            await command.ExecuteNonQueryAsync(cancellationToken);
        }

        if (transaction is not null)
        {
            await transaction.CommitAsync(cancellationToken);
        }
    }

    private static async Task ExecuteAsync(NpgsqlConnection connection, string sql, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(sql, connection) { CommandTimeout = 0 };
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    [LoggerMessage(LogLevel.Information, "Migration applied: {Module}/{Name}")]
    private partial void LogApplied(string module, string name);
}
