using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using Npgsql;
using Patron.Hosting;
using Patron.PrivatePostgres;
using Patron.Shared;
using Patron.Shared.Callers;
using Patron.Shared.Database;
using Patron.Shared.Results;

namespace Patron.CommandLine;

/// <summary>What a command works with: its settings, the modules' services in one scope, and Patron itself as the caller.</summary>
internal sealed record CommandContext(PatronSettings Settings, IServiceProvider Services, Caller Caller)
{
    public T Get<T>()
        where T : notnull => Services.GetRequiredService<T>();
}

/// <summary>How commands run: settings, database and services opened and closed around them, every failure as a sentence.</summary>
internal static class Running
{
    private static readonly NumberFormatInfo Spaced = new() { NumberGroupSeparator = " " };

    /// <summary>Gives the command an action that works on a migrated database of one of these roles.</summary>
    public static void RunsOn(
        this Command command, CommonOptions common, ProcessRole[] roles, Func<ParseResult, CommandContext, CancellationToken, Task<int>> work, Option<bool>? json = null) =>
        command.SetAction((line, cancellationToken) => GuardAsync(async () =>
        {
            var settings = common.Read(line);
            if (!roles.Contains(settings.Role))
            {
                throw new CannotStartException($"This command is for the role {string.Join(" or ", roles.Select(role => role.ToString().ToLowerInvariant()))}.");
            }

            using var logs = QuietLogs(settings);
            DataFolderPermissions.Close(settings, logs);
            await using var database = await OpenDatabase.OpenAsync(settings, logs, cancellationToken);
            await using var provider = await StartServicesAsync(settings, database.ConnectionString, logs, cancellationToken);
            await using var scope = provider.CreateAsyncScope();
            return await work(line, new CommandContext(settings, scope.ServiceProvider, Caller.System(settings.Home.Id)), cancellationToken);
        }, json is not null && line.GetValue(json)));

    /// <summary>The modules' services on a database that is brought up to date first.</summary>
    public static async Task<ServiceProvider> StartServicesAsync(
        PatronSettings settings, string connectionString, ILoggerFactory logs, CancellationToken cancellationToken)
    {
        var provider = new ServiceCollection().AddSingleton(logs).AddLogging().AddPatron(settings, connectionString).AddScoped<FirstAdmin>().BuildServiceProvider();
        await StartUp.RunAsync(provider, cancellationToken);
        return provider;
    }

    /// <summary>Logs of warnings only: a command prints its own words.</summary>
    public static ILoggerFactory QuietLogs(PatronSettings settings) => LoggerFactory.Create(logging =>
    {
        Logs.Configure(logging, settings);
        logging.SetMinimumLevel(LogLevel.Warning);
        logging.AddFilter("Patron.Erp.Runs", LogLevel.Error); // Why a run failed is what the command itself says.
    });

    /// <summary>Runs the work; what is expected to go wrong becomes a sentence and status 1.</summary>
    public static async Task<int> GuardAsync(Func<Task<int>> work, bool json = false)
    {
        try
        {
            return await work();
        }
        catch (Exception exception) when (exception is CannotStartException or PrivatePostgresException or IOException or UnauthorizedAccessException)
        {
            return JsonOutput.Fail(json, exception.Message);
        }
        catch (Exception exception) when (DatabaseFailure.IsTemporary(exception))
        {
            return JsonOutput.Fail(json, DatabaseFailure.IsAway(exception) ? $"The database cannot be reached: {exception.Message}" : $"The database could not do this now ({DatabaseFailure.Reason(exception)}). Please try again.");
        }
        catch (OperationCanceledException)
        {
            return JsonOutput.Fail(json, "Stopped.");
        }
    }

    /// <summary>A number as people read it: <c>1 180</c>.</summary>
    public static string Number(long number) => number.ToString("N0", Spaced);

    /// <summary>So many things of a kind: <c>1 line</c>, <c>1 200 lines</c>.</summary>
    public static string Count(long number, string thing) => $"{Number(number)} {thing}{(number == 1 ? "" : "s")}";

    public static int Fail(string sentence)
    {
        Console.Error.WriteLine(sentence);
        return 1;
    }

    /// <summary>Prints what a use case answered, or its 'no'.</summary>
    public static int Print<T>(this Result<T> result, Func<T, string> words)
    {
        if (!result.Succeeded(out var value, out var error))
        {
            return Fail(error.Fields is null
                ? error.Detail
                : string.Join(Environment.NewLine, error.Fields.Select(field => $"{field.Key}: {string.Join(" ", field.Value)}")));
        }

        Console.WriteLine(words(value));
        return 0;
    }
}
