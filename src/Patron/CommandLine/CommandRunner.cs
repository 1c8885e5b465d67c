using System.CommandLine;
using Patron.Hosting;
using Patron.PrivatePostgres;
using Patron.Shared;
using Patron.Shared.Callers;
using Patron.Shared.Database;

namespace Patron.CommandLine;

/// <summary>The context of a command: its settings, a scope of services, and the system as the caller.</summary>
internal sealed record CommandContext(PatronSettings Settings, IServiceProvider Services, Caller Caller)
{
    public T Get<T>()
        where T : notnull => Services.GetRequiredService<T>();
}

/// <summary>Runs commands: opens settings, database and services, closes them afterwards and prints every failure as a sentence.</summary>
internal static class CommandRunner
{
    // 128 + SIGINT, as shells expect.
    private const int Interrupted = 130;

    /// <summary>
    /// Sets the action of a command that needs a migrated database and one of these roles. Unless it <paramref name="creates"/> one, it is
    /// refused where there is no Patron yet, because a mistyped data folder would become a second, empty Patron.
    /// </summary>
    public static void RunsOn(
        this Command command, CommonOptions common, ProcessRole[] roles,
        Func<ParseResult, CommandContext, CancellationToken, Task<int>> work, bool creates = false) =>
        command.SetAction((line, cancellationToken) => RunAsync(line, common, roles, work, cancellationToken, creates));

    /// <summary>Runs the work with the services and the database of the role, which must be one of these.</summary>
    public static Task<int> RunAsync(
        ParseResult line, CommonOptions common, ProcessRole[] roles, Func<ParseResult, CommandContext, CancellationToken, Task<int>> work,
        CancellationToken cancellationToken, bool creates = false) =>
        HandleErrorsAsync(
            async () =>
            {
                var settings = common.Read(line);
                if (!roles.Contains(settings.Role))
                {
                    throw new CannotStartException(
                        $"This command is for the role {string.Join(" or ", roles.Select(role => role.ToString().ToLowerInvariant()))}.");
                }

                if (!creates)
                {
                    settings.ThrowIfDataIsMissing();
                }

                using var logs = QuietLogs(settings);
                DataFolderPermissions.Close(settings, logs);
                await using var database = await OpenDatabase.OpenAsync(settings, logs, cancellationToken);
                await using var provider = await StartServicesAsync(settings, database.ConnectionString, logs, cancellationToken);
                await using var scope = provider.CreateAsyncScope();
                return await work(
                    line, new CommandContext(settings, scope.ServiceProvider, Caller.System(settings.Home.Id)), cancellationToken);
            },
            cancellationToken,
            JsonOutput.IsWanted(line));

    /// <summary>Builds the services of the modules and migrates the database.</summary>
    public static async Task<ServiceProvider> StartServicesAsync(
        PatronSettings settings, string connectionString, ILoggerFactory logs, CancellationToken cancellationToken)
    {
        var provider = BuildServices(settings, connectionString, logs);
        await StartUp.RunAsync(provider, cancellationToken);
        return provider;
    }

    /// <summary>Builds the services of the modules without using the database.</summary>
    public static ServiceProvider BuildServices(PatronSettings settings, string connectionString, ILoggerFactory logs) =>
        new ServiceCollection().AddSingleton(logs).AddLogging().AddPatron(settings, connectionString)
            .AddScoped<FirstAdmin>().BuildServiceProvider();

    /// <summary>Logging of warnings and errors only, because commands print their own messages.</summary>
    public static ILoggerFactory QuietLogs(PatronSettings settings) => LoggerFactory.Create(logging =>
    {
        Logs.Configure(logging, settings);
        logging.SetMinimumLevel(LogLevel.Warning);
        logging.AddFilter("Patron.Erp.Runs", LogLevel.Error); // The command itself prints why a run failed.
    });

    /// <summary>Runs the work. An expected failure is printed as a sentence, and the status is 1, or 130 after Ctrl+C.</summary>
    public static async Task<int> HandleErrorsAsync(Func<Task<int>> work, CancellationToken cancellationToken, bool json = false)
    {
        try
        {
            return await work();
        }
        catch (Exception) when (cancellationToken.IsCancellationRequested)
        {
            JsonOutput.Fail(json, "Stopped.");
            return Interrupted;
        }
        catch (Exception exception) when (
            exception is CannotStartException or PrivatePostgresException or IOException or UnauthorizedAccessException)
        {
            return JsonOutput.Fail(json, exception.Message);
        }
        catch (Exception exception) when (DatabaseFailure.IsTemporary(exception))
        {
            return JsonOutput.Fail(
                json,
                DatabaseFailure.IsUnavailable(exception)
                    ? $"The database can't be reached: {exception.Message}"
                    : $"The database couldn't do this right now ({DatabaseFailure.Reason(exception)}). Please try again.");
        }
    }
}
