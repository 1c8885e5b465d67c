using Npgsql;
using Patron.Accounts.Organizations;
using Patron.Accounts.SigningKeys;
using Patron.Accounts.Users;
using Patron.Shared;
using Patron.Shared.Callers;
using Patron.Shared.Database;
using Patron.Shared.Tokens;

namespace Patron.Hosting;

/// <summary>
/// What has to be done before requests can be served: migrations, the home organization, the first administrator, the first
/// key set. With the database (or the accounts service) away the process is alive, not ready, and tries on every second.
/// </summary>
public sealed partial class StartUp(IServiceProvider services, PatronSettings settings, Migrator migrator, StartSignal signal, ILogger<StartUp> logger)
    : BackgroundService
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Pause);
        do
        {
            try
            {
                await RunAsync(services, settings, migrator, stoppingToken);
                signal.Set();
                LogReady(settings.Role);
                return;
            }
            catch (Exception exception) when (DatabaseFailure.IsAway(exception) || exception is AccountsAwayException)
            {
                LogWaiting(exception.GetType().Name);
            }
        }
        while (await timer.WaitForNextTickAsync(stoppingToken));
    }

    /// <summary>Does it once. Safe to repeat, and in any number of processes at once.</summary>
    public static async Task RunAsync(IServiceProvider services, PatronSettings settings, Migrator migrator, CancellationToken cancellation)
    {
        await migrator.MigrateAsync(cancellation);
        await using var scope = services.CreateAsyncScope();
        if (settings.Role == ProcessRole.Customers)
        {
            var keys = services.GetRequiredService<HttpVerificationKeys>();
            await keys.RefreshAsync(cancellation);
            if (!keys.HasKeys)
            {
                throw new AccountsAwayException();
            }
        }
        else
        {
            await scope.ServiceProvider.GetRequiredService<EnsureHome>().HandleAsync(cancellation);
            await services.GetRequiredService<SigningKeyRing>().CurrentAsync(cancellation);
            await scope.ServiceProvider.GetRequiredService<FirstAdmin>().EnsureAsync(cancellation);
        }
    }

    [LoggerMessage(LogLevel.Information, "Ready to serve, role {Role}")]
    private partial void LogReady(ProcessRole role);

    [LoggerMessage(LogLevel.Warning, "Waiting for the database or the accounts service: {Reason}")]
    private partial void LogWaiting(string reason);

    private sealed class AccountsAwayException : Exception;
}
