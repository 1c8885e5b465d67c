using System.CommandLine;
using Npgsql;
using Patron.Backups;
using Patron.Checks;
using Patron.Hosting;
using Patron.PrivatePostgres;
using Patron.Shared;
using Patron.Shared.Checks;
using Patron.Shared.Database;
using Patron.Shared.Tokens;

namespace Patron.CommandLine;

internal sealed record CheckResults(IReadOnlyList<CheckResult> Checks);

/// <summary>
/// <c>patron doctor</c>: checks the settings, the database, the statistics, the mail, the company's ERP and, in the role customers, the
/// accounts service.
/// </summary>
internal static class DoctorCommand
{
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(5);

    public static Command Build()
    {
        var command = new Command(
            "doctor",
            "Check the settings, the database, the mail server and the ERP without changing anything. The exit status is 1 if something is wrong.");
        var common = new CommonOptions(command);
        command.Options.Add(JsonOutput.Option);
        command.SetAction(async (line, cancellationToken) =>
        {
            var results = await CheckAsync(() => common.Read(line), cancellationToken);
            if (line.GetValue(JsonOutput.Option))
            {
                JsonOutput.Print(new CheckResults(results));
            }
            else
            {
                foreach (var result in results)
                {
                    var verdict = result.IsGood ? CommandOutput.Style(CommandOutput.Green, "ok     ") : CommandOutput.Style(CommandOutput.Red, "WRONG  ");
                    Console.WriteLine($"{verdict}{result.Subject}: {result.Message}");
                }
            }

            return results.All(result => result.IsGood) ? 0 : 1;
        });
        return command;
    }

    private static async Task<IReadOnlyList<CheckResult>> CheckAsync(Func<PatronSettings> read, CancellationToken cancellationToken)
    {
        PatronSettings settings;
        try
        {
            settings = read();
        }
        catch (Exception exception) when (exception is CannotStartException or IOException or FormatException)
        {
            return [new CheckResult("settings", false, exception.Message)];
        }

        var results =
            new List<CheckResult>
                { new("settings", true, $"read, role {settings.Role.ToString().ToLowerInvariant()}, data in {settings.DataFolder}") };
        if (SettingsFile.Problem(settings) is { } problem)
        {
            results.Add(new CheckResult("settings.json", false, problem));
        }

        results.AddRange(await CheckDatabaseAsync(settings, cancellationToken));
        results.Add(await MailChecks.CheckServerAsync(settings.Mail, cancellationToken));
        results.AddRange(MailChecks.CheckLinks(settings));
        if (settings is { Role: ProcessRole.All, Odoo.IsConfigured: true })
        {
            results.AddRange(await ErpChecks.CheckOdooAsync(settings.Odoo, cancellationToken));
        }

        if (settings is { Role: ProcessRole.All, Erp.IsCsv: true })
        {
            results.Add(await ErpChecks.CheckFilesAsync(settings.Erp.Files, cancellationToken));
        }

        if (settings.Role == ProcessRole.Customers)
        {
            results.Add(await CheckAccountsAsync(settings.AccountsUrl!, cancellationToken));
        }

        return results;
    }

    private static async Task<IReadOnlyList<CheckResult>> CheckDatabaseAsync(PatronSettings settings, CancellationToken cancellationToken)
    {
        if (settings.MissingData() is { } missing)
        {
            return [new CheckResult("database", false, missing)];
        }

        try
        {
            using var logs = LoggerFactory.Create(_ => { });
            await using var database = await OpenDatabase.OpenAsync(settings, logs, cancellationToken);
            await using var source = NpgsqlDataSource.Create(
                new NpgsqlConnectionStringBuilder(database.ConnectionString) { Timeout = (int)Timeout.TotalSeconds });
            var backups = new ReadBackupState(settings, TimeProvider.System);
            return
            [
                .. await DatabaseChecks.RunAsync(source, settings.Role, cancellationToken),
                .. settings.ReadsConnectionString is { } reads
                    ? [await DatabaseChecks.CheckReplicasAsync(database.ConnectionString, reads, settings.Reads, logs, cancellationToken)]
                    : Array.Empty<CheckResult>(),
                .. await BackupChecks.RunAsync(backups, source, TimeProvider.System, cancellationToken),
            ];
        }
        catch (Exception exception) when (DatabaseFailure.IsUnavailable(exception)
            || exception is PrivatePostgresException or PostgresException or ArgumentException)
        {
            return [new CheckResult("database", false, exception.Message)];
        }
    }

    private static async Task<CheckResult> CheckAccountsAsync(string url, CancellationToken cancellationToken)
    {
        using var http = new HttpClient { Timeout = Timeout };
        try
        {
            var answer = await http.GetAsync(new Uri(new Uri(url), KeySet.Path), cancellationToken);
            return answer.IsSuccessStatusCode
                ? new CheckResult("accounts service", true, $"{url} answers with its keys")
                : new CheckResult(
                    "accounts service", false, $"{url} answers with status {(int)answer.StatusCode}. Is it a Patron with the role accounts or all?");
        }
        catch (Exception exception) when (exception is HttpRequestException or TaskCanceledException)
        {
            return new CheckResult("accounts service", false, $"{url} can't be reached.");
        }
    }
}
