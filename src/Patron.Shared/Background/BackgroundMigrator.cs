using System.Diagnostics;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Npgsql;
using Patron.Shared.Database;

namespace Patron.Shared.Background;

/// <summary>
/// What a migration leaves to be done to rows or indexes that are there already, once in a database's life, while everybody works. <c>Next</c> does a
/// batch, from the place where the last one ended (null at first), and answers where it ended itself; null at the end. A batch may be done twice.
/// </summary>
public sealed record BackgroundMigration(string Name, Func<IServiceProvider, string?, CancellationToken, Task<string?>> Next);

/// <summary>Which background migrations this database has behind it, as this process knows.</summary>
public sealed class FinishedMigrations(DatabasePools pools)
{
    private volatile HashSet<string> names = [];

    public bool Contains(string name) => names.Contains(name);

    /// <summary>Looks again.</summary>
    public async Task ReadAsync(CancellationToken cancellationToken)
    {
        var read = new HashSet<string>(StringComparer.Ordinal);
        await using var command = pools.Background.CreateCommand("SELECT name FROM shared.background_migrations WHERE finished_at IS NOT NULL");
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            read.Add(reader.GetString(0));
        }

        names = read;
    }
}

/// <summary>
/// Runs the background migrations that this database has not had yet, one after the other, in one process at a time. Where each is stands in the
/// database, so a process that is killed is followed by another one that goes on. It rests as long as it works.
/// </summary>
public sealed partial class BackgroundMigrator(
    DatabasePools pools, IEnumerable<BackgroundMigration> migrations, FinishedMigrations finished, IServiceScopeFactory scopes, BackgroundLoop loop,
    ILogger<BackgroundMigrator> logger) : BackgroundService
{
    private const string Turn = "SELECT pg_try_advisory_lock(hashtextextended('shared.background_migrations', 0))";

    private const string Save = """
        INSERT INTO shared.background_migrations (name, position, finished_at) VALUES ($1, $2, CASE WHEN $2::text IS NULL THEN now() END)
        ON CONFLICT (name) DO UPDATE SET position = excluded.position, finished_at = excluded.finished_at
        """;

    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(10);

    protected override Task ExecuteAsync(CancellationToken stoppingToken) =>
        loop.RunAsync("background migrations", Interval, RunAsync, stoppingToken);

    /// <summary>Runs what is not finished; nothing where another process is at it.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        if (migrations.All(migration => finished.Contains(migration.Name)))
        {
            return;
        }

        await using var connection = await pools.OpenAloneAsync(cancellationToken); // The turn ends with it, however that comes about.
        await using var turn = new NpgsqlCommand(Turn, connection);
        var isOurs = await turn.ExecuteScalarAsync(cancellationToken) is true;
        await finished.ReadAsync(cancellationToken);
        foreach (var migration in migrations.Where(migration => isOurs && !finished.Contains(migration.Name)))
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

            await using var save = new NpgsqlCommand(Save, connection)
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

    private static async Task<string?> PositionAsync(BackgroundMigration migration, NpgsqlConnection connection, CancellationToken cancellationToken)
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
