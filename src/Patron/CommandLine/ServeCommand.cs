using System.CommandLine;
using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using Patron.Backups;
using Patron.Demo;
using Patron.Hosting;
using Patron.PrivatePostgres;
using Patron.Shared;

namespace Patron.CommandLine;

/// <summary><c>patron serve</c>: runs the server.</summary>
internal static class ServeCommand
{
    public static Command Build()
    {
        var command = new Command("serve", "Run the server.");
        var common = new CommonOptions(command);
        var urls = new Option<string?>("--urls")
        {
            Description =
                "Addresses to listen at, separated by semicolons. [default: http://127.0.0.1:8000, or 8001, 8002 for the roles accounts, customers]",
            HelpName = "URLS",
        };
        var demo = new Option<bool>("--demo")
        {
            Description =
                "Show a made-up company to walk through: customers, an ERP with invoices and tickets, logins, mails. Its data folder is data-demo by default.",
        };
        command.Options.Add(urls);
        command.Options.Add(demo);
        command.SetAction((line, cancellationToken) => CommandRunner.HandleErrorsAsync(async () =>
        {
            var isDemo = line.GetValue(demo);
            var settings = isDemo ? DemoSettings.Apply(common.Read(line, DemoSettings.Folder)) : common.Read(line);
            var addresses = Addresses(
                line.GetValue(urls) ?? Environment.GetEnvironmentVariable("ASPNETCORE_URLS") ?? CommonOptions.DefaultUrl(settings.Role));
            using var logs = LoggerFactory.Create(logging => Logs.Configure(logging, settings));
            DataFolderPermissions.Close(settings, logs);
            SettingsFile.Warn(settings, logs);
            MailLinks.Warn(settings, logs);
            ThrowIfTaken(MetricsEndpoint.AddUrl(addresses, settings.Metrics));
            await using var database = await OpenDatabase.OpenAsync(settings, logs, cancellationToken);
            if (isDemo)
            {
                using var quiet = CommandRunner.QuietLogs(settings);
                await using var services = await CommandRunner.StartServicesAsync(
                    settings, database.ConnectionString, quiet, cancellationToken);
                await PrepareDemo.HandleAsync(services, settings, cancellationToken);
            }

            await using var app = PatronServer.Build(
                settings, database.ConnectionString, addresses, builder => AddDatabaseServices(builder, settings, database));
            if (isDemo)
            {
                // Once the server listens: its addresses are in the guide.
                var start = app.Services.GetRequiredService<StartSignal>().Completion;
                app.Lifetime.ApplicationStarted.Register(() => _ = start.ContinueWith(
                    _ => Console.WriteLine(PrepareDemo.Guide(app.Services)), cancellationToken,
                    TaskContinuationOptions.OnlyOnRanToCompletion, TaskScheduler.Default));
            }

            return await RunAsync(app, MetricsEndpoint.AddUrl(addresses, settings.Metrics), cancellationToken);
        }, cancellationToken));
        return command;
    }

    /// <summary>Runs the server until it is told to stop. The exit status is 0, or 1 if the server stopped by itself.</summary>
    internal static async Task<int> RunAsync(WebApplication app, string[] addresses, CancellationToken cancellationToken)
    {
        var start = app.Services.GetRequiredService<StartSignal>().Completion;

        // The model and the migrations leave some 20 MB of garbage. Collected here and not by the start itself, because tests start
        // many servers in one process.
        _ = start.ContinueWith(
            _ =>
                GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive), cancellationToken, TaskContinuationOptions.OnlyOnRanToCompletion,
            TaskScheduler.Default);
        using var stopRequest = new StopRequest();
        try
        {
            await app.StartAsync(cancellationToken);
            await app.WaitForShutdownAsync(cancellationToken);
        }
        catch (OperationCanceledException) when (start.IsFaulted)
        {
            // The start failed before the server listened. The exception is thrown below.
        }
        catch (Exception refused) when (refused is SocketException or IOException)
        {
            await app.StopAsync(CancellationToken.None); // Lets background services that have started end properly.
            throw CannotListen(string.Join(", ", addresses), refused);
        }

        if (start.IsFaulted)
        {
            throw start.Exception!.InnerException!;
        }

        return stopRequest.IsReceived || cancellationToken.IsCancellationRequested
            ? 0
            : CommandOutput.Fail("Patron stopped by itself because of an error. The log has the details.");
    }

    // Tried before the database is opened: a start that is refused must not leave a new database behind.
    private static void ThrowIfTaken(string[] addresses)
    {
        foreach (var address in addresses)
        {
            if (ListenAddress.TryParse(address) is not { IsUnixPipe: false, IsNamedPipe: false, Port: > 0 } parsed)
            {
                continue;
            }

            try
            {
                using var listener = HostOf(parsed) is { } host ? new TcpListener(host, parsed.Port) : TcpListener.Create(parsed.Port);
                listener.Start();
            }
            catch (SocketException refused)
            {
                throw CannotListen(address, refused);
            }
        }
    }

    // Null for every address of the machine.
    private static IPAddress? HostOf(BindingAddress address)
    {
        if (address.Host == "localhost")
        {
            return IPAddress.Loopback;
        }

        return IPAddress.TryParse(address.Host, out var host) ? host : null;
    }

    private static CannotStartException CannotListen(string addresses, Exception refused) => new(
        $"Patron can't listen at {addresses}: {refused.GetBaseException().Message}. Stop the other program, or choose another address with --urls.",
        refused);

    private static string[] Addresses(string urls)
    {
        var addresses = urls.Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        return addresses.FirstOrDefault(address => ListenAddress.TryParse(address) is null) is { } wrong
            ? throw new CannotStartException(
                $"--urls must be addresses such as http://127.0.0.1:8000, not '{wrong}'. For https, put a reverse proxy in front.")
            : addresses;
    }

    // Only a private server needs a guard; a backup is taken of either.
    private static void AddDatabaseServices(WebApplicationBuilder builder, PatronSettings settings, OpenDatabase database)
    {
        if (database.Server is { } server)
        {
            builder.Services.AddSingleton(server).AddHostedService<PrivatePostgresGuard>();
        }

        if (database.Server is not null || settings.Backup.Folder is not null)
        {
            builder.Services.AddSingleton(new BackupSource(settings, database.ConnectionString, database.Server))
                .AddHostedService<BackupWorker>();
        }
    }

    /// <summary>
    /// Whether the process has received a signal to stop. Stopping without one is an error, so that a service manager restarts the process.
    /// </summary>
    private sealed class StopRequest : IDisposable
    {
        private readonly PosixSignalRegistration[] signals;

        public StopRequest() =>
            signals = [
                .. new[] { PosixSignal.SIGINT, PosixSignal.SIGTERM, PosixSignal.SIGQUIT }.Select(
                    signal => PosixSignalRegistration.Create(signal, _ => IsReceived = true))];

        public bool IsReceived { get; private set; }

        public void Dispose()
        {
            foreach (var signal in signals)
            {
                signal.Dispose();
            }
        }
    }
}
