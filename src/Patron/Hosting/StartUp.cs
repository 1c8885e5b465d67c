using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http.Features;
using Patron.Accounts.Organizations;
using Patron.Accounts.SigningKeys;
using Patron.Customers.Customers;
using Patron.Erp.Partners;
using Patron.Linking;
using Patron.Shared;
using Patron.Shared.Background;
using Patron.Shared.Callers;
using Patron.Shared.Database;
using Patron.Shared.Mail;
using Patron.Shared.Tokens;

namespace Patron.Hosting;

/// <summary>
/// Prepares the process for requests: migrations, the home organization, the first administrator and the first key set. While the database
/// or the accounts service is unavailable, the process is alive but not ready, and retries every second.
/// </summary>
public sealed partial class StartUp(
    IServiceProvider services, StartSignal signal, DatabaseOutage outage, IServer server, IHostApplicationLifetime lifetime,
    ILogger<StartUp> logger) : BackgroundService
{
    private static readonly TimeSpan RetryInterval = TimeSpan.FromSeconds(1);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(RetryInterval);
        do
        {
            try
            {
                await RunAsync(services, stoppingToken);
                await WarmUpAsync(stoppingToken);
                await WaitUntilListeningAsync(stoppingToken);
                Announce(
                    services.GetRequiredService<PatronSettings>(), server.Features.GetRequiredFeature<IServerAddressesFeature>().Addresses);
                return;
            }
            catch (Exception exception) when (DatabaseFailure.IsTemporary(exception))
            {
                outage.Report(exception);
            }
            catch (AccountsUnavailableException)
            {
                LogWaiting();
            }
            catch (Exception exception) when (!stoppingToken.IsCancellationRequested)
            {
                signal.Fail(exception); // Reported by the code that waits for the start.
                lifetime.StopApplication();
                return;
            }
        }
        while (await timer.WaitForNextTickAsync(stoppingToken));
    }

    /// <summary>Runs the preparations once. They can be repeated, and run in several processes at the same time.</summary>
    /// <exception cref="CannotStartException">The process cannot start; the message is a sentence.</exception>
    public static async Task RunAsync(IServiceProvider services, CancellationToken cancellationToken)
    {
        var settings = services.GetRequiredService<PatronSettings>();
        await services.GetRequiredService<Migrator>().MigrateAsync(cancellationToken);
        await services.GetRequiredService<CompletedMigrations>().ReadAsync(cancellationToken);
        await services.GetRequiredService<EmailKeys>().RefreshAsync(cancellationToken);
        await using var scope = services.CreateAsyncScope();
        if (settings.Role != ProcessRole.Accounts)
        {
            await scope.ServiceProvider.GetRequiredService<ErasedAddressHashes>().HashLegacyAsync(cancellationToken);
        }

        if (settings.Role == ProcessRole.Customers)
        {
            await FetchKeysAsync(services.GetRequiredService<HttpVerificationKeys>(), cancellationToken);
        }
        else
        {
            await scope.ServiceProvider.GetRequiredService<EnsureHome>().HandleAsync(cancellationToken);
            await services.GetRequiredService<SigningKeyRing>().CurrentAsync(cancellationToken);
            await scope.ServiceProvider.GetRequiredService<FirstAdmin>().EnsureAsync(cancellationToken);
        }
    }

    // The first query builds the EF model, which would slow down the first request. Creating the first administrator has built the one of
    // accounts.
    private async Task WarmUpAsync(CancellationToken cancellationToken)
    {
        var settings = services.GetRequiredService<PatronSettings>();
        if (settings.Role != ProcessRole.Accounts)
        {
            await using var scope = services.CreateAsyncScope();
            await scope.ServiceProvider.GetRequiredService<FindCustomer>()
                .HandleAsync(Caller.System(settings.Home.Id), new CustomerLookup.ById(""), cancellationToken);
        }
    }

    // Background services start before the server listens, and only then the port of an address such as http://127.0.0.1:0 is known.
    private async Task WaitUntilListeningAsync(CancellationToken cancellationToken)
    {
        var listening = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var registration = lifetime.ApplicationStarted.Register(listening.SetResult);
        await listening.Task.WaitAsync(cancellationToken);
    }

    private void Announce(PatronSettings settings, ICollection<string> addresses)
    {
        if (settings is { Role: ProcessRole.All, Portal.Activation.Mode: ActivationMode.Trusting })
        {
            LogTrusting();
        }

        var listening = string.Join(", ", addresses.Where(address => address != settings.Metrics.Url));
        if (settings.Role == ProcessRole.All)
        {
            var portal = services.GetRequiredService<PortalAddress>();
            LogReadyWithPortal(listening, portal.Page("/login"), portal.Page("/docs"));
        }
        else
        {
            LogReady(settings.Role, listening);
        }

        signal.Set();
    }

    private static async Task FetchKeysAsync(HttpVerificationKeys keys, CancellationToken cancellationToken)
    {
        await keys.RefreshAsync(cancellationToken);
        if (!keys.HasKeys)
        {
            throw new AccountsUnavailableException();
        }
    }

    [LoggerMessage(LogLevel.Information, "Patron is ready, role {Role}, on {Addresses}; the API is described at /docs")]
    private partial void LogReady(ProcessRole role, string addresses);

    [LoggerMessage(LogLevel.Information, "Patron is ready on {Addresses}; the portal is at {Portal}, the API is described at {Docs}")]
    private partial void LogReadyWithPortal(string addresses, string? portal, string? docs);

    [
        LoggerMessage(
            LogLevel.Warning,
            "Portal:Activation:Mode is trusting: anyone who knows a customer's address can activate their account. Use it in closed networks only")]
    private partial void LogTrusting();

    [LoggerMessage(LogLevel.Warning, "Waiting for the accounts service: no key set yet")]
    private partial void LogWaiting();

    private sealed class AccountsUnavailableException : Exception;
}
