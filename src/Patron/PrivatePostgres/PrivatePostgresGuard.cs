using Npgsql;

namespace Patron.PrivatePostgres;

/// <summary>Monitors the private PostgreSQL and restarts it when it dies. A failed restart is retried every second.</summary>
public sealed class PrivatePostgresGuard(PrivatePostgresServer server, ILogger<PrivatePostgresGuard> logger) : BackgroundService
{
    private static readonly TimeSpan ReconnectInterval = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan RestartInterval = TimeSpan.FromSeconds(1);

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
            catch (Exception exception) when (!stoppingToken.IsCancellationRequested)
            {
                await RestartAsync(exception.Message, stoppingToken);
                await Task.Delay(RestartInterval, stoppingToken);
            }
        }
    }

    // An open connection breaks as soon as the server dies. A new one every few seconds checks that the server accepts connections.
    private async Task WatchAsync(CancellationToken cancellationToken)
    {
        await using var connection = new NpgsqlConnection(connectionString);
        await connection.OpenAsync(cancellationToken);
        await connection.WaitAsync(ReconnectInterval, cancellationToken);
    }

    private async Task RestartAsync(string reason, CancellationToken cancellationToken)
    {
        PrivatePostgresLog.LogUnavailable(logger, reason);
        try
        {
            await server.EnsureRunningAsync(cancellationToken);
            PrivatePostgresLog.LogAvailable(logger);
        }
        catch (Exception failure) when (!cancellationToken.IsCancellationRequested)
        {
            PrivatePostgresLog.LogRestartFailed(logger, failure.Message);
        }
    }
}
