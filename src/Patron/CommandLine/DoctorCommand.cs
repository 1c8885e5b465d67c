using System.CommandLine;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;
using Patron.Customers.Statistics;
using Patron.Erp;
using Patron.ErpFiles;
using Patron.Hosting;
using Patron.PrivatePostgres;
using Patron.Odoo;
using Patron.Odoo.Client;
using Patron.Odoo.Dashboard;
using Patron.Shared;
using Patron.Shared.Database;
using Patron.Shared.Mail;
using Patron.Shared.Tokens;

namespace Patron.CommandLine;

/// <summary>The result of one check. The text of a failed check says what to do.</summary>
internal sealed record CheckResult(string Subject, bool IsGood, string Message);

internal sealed record CheckResults(IReadOnlyList<CheckResult> Checks);

/// <summary>
/// <c>patron doctor</c>: checks the settings, the database, the statistics, the mail, the company's ERP and, in the role customers, the
/// accounts service.
/// </summary>
internal static class DoctorCommand
{
    private const int MinPostgresVersion = 150_000;
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
        results.Add(await CheckMailAsync(settings, cancellationToken));
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
            await using var connection = await source.OpenConnectionAsync(cancellationToken);
            await using var command = new NpgsqlCommand(
                "SELECT current_setting('server_version_num')::int, has_database_privilege(current_database(), 'CREATE'), to_regclass('shared.outbox_messages') IS NOT NULL, to_regclass('customers.recounts') IS NOT NULL, to_regclass('shared.email_key_conflicts') IS NOT NULL", connection);
            await using var reader = await command.ExecuteReaderAsync(cancellationToken);
            await reader.ReadAsync(cancellationToken);
            var (version, mayCreate, isMigrated, hasStatistics, hasKeys) =
                (reader.GetInt32(0), reader.GetBoolean(1), reader.GetBoolean(2), reader.GetBoolean(3), reader.GetBoolean(4));
            await reader.CloseAsync();
            if (await DatabaseCompatibility.ProblemAsync(connection, PatronServices.MigrationSets(settings.Role), cancellationToken)
                is { } incompatible)
            {
                return [new CheckResult("database", false, incompatible)];
            }

            return
            [
                await CheckServerAsync(connection, version, mayCreate, isMigrated, cancellationToken),
                .. isMigrated ? await MailChecks.CountRefusedAsync(connection, cancellationToken) : [],
                .. hasStatistics ? [await CheckStatisticsAsync(source, cancellationToken)] : Array.Empty<CheckResult>(),
                .. hasKeys ? [await CheckAddressesAsync(connection, cancellationToken)] : Array.Empty<CheckResult>(),
            ];
        }
        catch (Exception exception) when (DatabaseFailure.IsUnavailable(exception)
            || exception is PrivatePostgresException or PostgresException or ArgumentException)
        {
            return [new CheckResult("database", false, exception.Message)];
        }
    }

    private static async Task<CheckResult> CheckServerAsync(
        NpgsqlConnection connection, int version, bool mayCreate, bool isMigrated, CancellationToken cancellationToken)
    {
        if (version < MinPostgresVersion)
        {
            return new CheckResult("database", false, $"PostgreSQL {version / 10_000} is too old; Patron needs 15 or newer.");
        }

        if (!mayCreate && !isMigrated)
        {
            return new CheckResult(
                "database", false,
                "The user can't create schemas and extensions. Ask an administrator to run: GRANT CREATE ON DATABASE ... TO ...");
        }

        if (isMigrated && await DeadMessagesAsync(connection, cancellationToken) is > 0 and var dead)
        {
            return new CheckResult(
                "database", false, $"{dead} messages couldn't be sent and were given up. See last_error in shared.outbox_messages.");
        }

        var use = isMigrated ? "in use" : "empty; the first start fills it";
        return new CheckResult("database", true, $"PostgreSQL {version / 10_000}, {use}");
    }

    private static async Task<CheckResult> CheckStatisticsAsync(NpgsqlDataSource source, CancellationToken cancellationToken)
    {
        var last = await new Counters(source, TimeProvider.System).LastRecountAsync(cancellationToken);
        return last.WrongCounters == 0
            ? new CheckResult("statistics", true, $"recounted at {last.At.UtcDateTime:yyyy-MM-dd HH:mm} UTC, all correct")
            : new CheckResult(
                "statistics", false,
                $"{last.WrongCounters} counters were wrong at {last.At.UtcDateTime:yyyy-MM-dd HH:mm} UTC and were corrected. Please report this, and run 'patron recount' to see whether it happens again.");
    }

    private static async Task<CheckResult> CheckAddressesAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand("SELECT count(*) FROM shared.email_key_conflicts", connection);
        var conflicts = (long)(await command.ExecuteScalarAsync(cancellationToken))!;
        return conflicts == 0
            ? new CheckResult("addresses", true, "no two spellings of one mailbox")
            : new CheckResult(
                "addresses", false,
                $"{conflicts} addresses are invalid, or another spelling of someone else's. GET /api/portal/email-conflicts lists them. Change or merge one of each two.");
    }

    private static async Task<long> DeadMessagesAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(
            "SELECT count(*) FROM shared.outbox_messages WHERE dead_at IS NOT NULL AND refused_at IS NULL", connection);
        return (long)(await command.ExecuteScalarAsync(cancellationToken))!;
    }

    private static async Task<CheckResult> CheckMailAsync(PatronSettings settings, CancellationToken cancellationToken)
    {
        if (settings.Mail.Host is not { } host)
        {
            return new CheckResult("mail", true, $"Mail:Host isn't set, so mails are written to files in {settings.Mail.Folder}");
        }

        try
        {
            await new MailServer(settings.Mail, TimeProvider.System).CheckAsync(cancellationToken);
            return new CheckResult(
                "mail", true,
                $"{host}:{settings.Mail.Port} answers{(settings.Mail.User is null ? "" : " and accepts the user and password")}");
        }
        catch (MailServerException failure)
        {
            return new CheckResult(
                "mail", false,
                $"{host}:{settings.Mail.Port} can't be used ({failure.Message}). Mails wait in the outbox until it can.");
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
