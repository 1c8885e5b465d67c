using System.Diagnostics;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Npgsql;
using Patron.Shared.Database;

namespace Patron.Shared.Background;

/// <summary>
/// A data or index migration that runs once per database, in the background while requests are served. <c>Next</c> processes one batch: it
/// gets the position where the previous batch ended (null at first) and returns its own end position, or null when the migration is
/// complete. A batch can be processed twice.
/// </summary>
public sealed record BackgroundMigration(string Name, Func<IServiceProvider, string?, CancellationToken, Task<string?>> Next);

/// <summary>The background migrations that have finished on this database, as this process last read them.</summary>
public sealed class CompletedMigrations(DatabasePools pools)
{
    private volatile HashSet<string> names = [];

    public bool Contains(string name) => names.Contains(name);

    /// <summary>Reads them from the database.</summary>
    public async Task ReadAsync(CancellationToken cancellationToken)
    {
        var read = new HashSet<string>(StringComparer.Ordinal);
        await using var command = pools.Background.CreateCommand(
            "SELECT name FROM shared.background_migrations WHERE finished_at IS NOT NULL");
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            read.Add(reader.GetString(0));
        }

        names = read;
    }
}

/// <summary>
/// Runs the pending background migrations one after the other, in one process at a time. Positions are stored in the database, so another
/// process continues when this one is killed. After each batch it pauses for as long as the batch took.
/// </summary>
public sealed partial class BackgroundMigrator(
    DatabasePools pools, IEnumerable<BackgroundMigration> migrations, CompletedMigrations finished, IServiceScopeFactory scopes,
    BackgroundLoop loop,
    ILogger<BackgroundMigrator> logger) : BackgroundService
{
    private const string LockSql = "SELECT pg_try_advisory_lock(hashtextextended('shared.background_migrations', 0))";

    private const string SaveSql = """
        INSERT INTO shared.background_migrations (name, position, finished_at) VALUES ($1, $2, CASE WHEN $2::text IS NULL THEN now() END)
        ON CONFLICT (name) DO UPDATE SET position = excluded.position, finished_at = excluded.finished_at
        """;

    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(10);

    protected override Task ExecuteAsync(CancellationToken stoppingToken) =>
        loop.RunAsync("background migrations", Interval, RunAsync, stoppingToken);

    /// <summary>Runs the pending migrations; does nothing when another process is running them.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        if (migrations.All(migration => finished.Contains(migration.Name)))
        {
            return;
        }

        // The advisory lock is released when this connection ends.
        await using var connection = await pools.OpenAloneAsync(cancellationToken);
        await using var command = new NpgsqlCommand(LockSql, connection);
        var hasLock = await command.ExecuteScalarAsync(cancellationToken) is true;
        await finished.ReadAsync(cancellationToken);
        if (!hasLock)
        {
            return;
        }

        foreach (var migration in migrations.Where(migration => !finished.Contains(migration.Name)))
        {
            await RunAsync(migration, connection, cancellationToken);
            LogFinished(migration.Name);
            await finished.ReadAsync(cancellationToken);
        }
    }

    private async Task RunAsync(BackgroundMigration migration, NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        var position = await PositionAsync(migration, connection, cancellationToken);
        do
        {
            var watch = Stopwatch.StartNew();
            await using (var scope = scopes.CreateBackgroundScope())
            {
                position = await migration.Next(scope.ServiceProvider, position, cancellationToken);
            }

            await using var save = new NpgsqlCommand(SaveSql, connection)
            {
                Parameters = { new() { Value = migration.Name }, OptionalParameter.Of(position, NpgsqlTypes.NpgsqlDbType.Text) },
            };
            await save.ExecuteNonQueryAsync(cancellationToken);
            if (position is not null)
            {
                await Task.Delay(watch.Elapsed, cancellationToken);
            }
        }
        while (position is not null);
    }

    private static async Task<string?> PositionAsync(
        BackgroundMigration migration, NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand("SELECT position FROM shared.background_migrations WHERE name = $1", connection)
        {
            Parameters = { new() { Value = migration.Name } },
        };
        return await command.ExecuteScalarAsync(cancellationToken) as string;
    }

    [LoggerMessage(LogLevel.Information, "Background migration finished: {Name}")]
    private partial void LogFinished(string name);
}
