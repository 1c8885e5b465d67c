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

/// <summary>
/// The background migrations that have finished on this database, as this process last read them, and the positions of the others.
/// </summary>
public sealed class CompletedMigrations(DatabasePools pools)
{
    private const string SaveSql = """
        INSERT INTO shared.background_migrations (name, position, finished_at) VALUES ($1, $2, CASE WHEN $2::text IS NULL THEN now() END)
        ON CONFLICT (name) DO UPDATE SET position = excluded.position, finished_at = excluded.finished_at
        """;

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

    /// <summary>Where the last batch of this migration ended; null before the first.</summary>
    internal async Task<string?> FindPositionAsync(string name, CancellationToken cancellationToken)
    {
        await using var command = pools.Background.CreateCommand("SELECT position FROM shared.background_migrations WHERE name = $1");
        command.Parameters.Add(new() { Value = name });
        return await command.ExecuteScalarAsync(cancellationToken) as string;
    }

    /// <summary>Stores where a batch ended; null when the migration has finished.</summary>
    internal async Task SaveAsync(string name, string? position, CancellationToken cancellationToken)
    {
        await using var command = pools.Background.CreateCommand(SaveSql);
        command.Parameters.Add(new() { Value = name });
        command.Parameters.Add(OptionalParameter.Of(position, NpgsqlTypes.NpgsqlDbType.Text));
        await command.ExecuteNonQueryAsync(cancellationToken);
    }
}

/// <summary>
/// Runs the pending background migrations one after the other, in one process at a time. Positions are stored in the database, so another
/// process continues when this one is killed. After each batch it pauses for as long as the batch took.
/// </summary>
public sealed partial class BackgroundMigrator(
    IEnumerable<BackgroundMigration> migrations, CompletedMigrations finished, LeaseStore leases, IServiceScopeFactory scopes,
    BackgroundLoop loop, ILogger<BackgroundMigrator> logger) : BackgroundService
{
    private const string LeaseName = "background_migrations";

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

        await using var lease = await leases.TryAcquireAsync(LeaseName, cancellationToken);
        await finished.ReadAsync(cancellationToken);
        if (lease is null)
        {
            return;
        }

        foreach (var migration in migrations.Where(migration => !finished.Contains(migration.Name)))
        {
            await RunAsync(migration, cancellationToken);
            LogFinished(migration.Name);
            await finished.ReadAsync(cancellationToken);
        }
    }

    private async Task RunAsync(BackgroundMigration migration, CancellationToken cancellationToken)
    {
        var position = await finished.FindPositionAsync(migration.Name, cancellationToken);
        do
        {
            var watch = Stopwatch.StartNew();
            await using (var scope = scopes.CreateBackgroundScope())
            {
                position = await migration.Next(scope.ServiceProvider, position, cancellationToken);
            }

            await finished.SaveAsync(migration.Name, position, cancellationToken);
            if (position is not null)
            {
                await Task.Delay(watch.Elapsed, cancellationToken);
            }
        }
        while (position is not null);
    }

    [LoggerMessage(LogLevel.Information, "Background migration finished: {Name}")]
    private partial void LogFinished(string name);
}
