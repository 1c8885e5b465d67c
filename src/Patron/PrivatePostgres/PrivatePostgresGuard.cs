using Npgsql;

namespace Patron.PrivatePostgres;

/// <summary>Watches the private PostgreSQL and starts it again when it dies under us. Whatever goes wrong with that is tried again.</summary>
public sealed class PrivatePostgresGuard(PrivatePostgresServer server, ILogger<PrivatePostgresGuard> logger) : BackgroundService
{
    private static readonly TimeSpan NewConnectionEvery = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan BetweenRepairs = TimeSpan.FromSeconds(1);

    private readonly string connectionString =
        new NpgsqlConnectionStringBuilder(server.ConnectionString) { Pooling = false, Timeout = 5 }.ConnectionString;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await WatchAsync(stoppingToken);
            }
            catch (Exception away) when (!stoppingToken.IsCancellationRequested)
            {
                await RepairAsync(away.Message, stoppingToken);
                await Task.Delay(BetweenRepairs, stoppingToken);
            }
        }
    }

    /// <summary>A waiting connection breaks the moment the server dies; a new one now and then proves that it takes new ones.</summary>
    private async Task WatchAsync(CancellationToken cancellationToken)
    {
        await using var connection = new NpgsqlConnection(connectionString);
        await connection.OpenAsync(cancellationToken);
        await connection.WaitAsync(NewConnectionEvery, cancellationToken);
    }

    private async Task RepairAsync(string reason, CancellationToken cancellationToken)
    {
        PrivatePostgresLog.Away(logger, reason);
        try
        {
            await server.EnsureRunningAsync(cancellationToken);
            PrivatePostgresLog.Back(logger);
        }
        catch (Exception failure) when (!cancellationToken.IsCancellationRequested)
        {
            PrivatePostgresLog.StillAway(logger, failure.Message);
        }
    }
}
