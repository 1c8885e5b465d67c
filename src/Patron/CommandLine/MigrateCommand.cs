using System.CommandLine;
using Npgsql;
using Patron.Hosting;
using Patron.Shared;
using Patron.Shared.Background;
using Patron.Shared.Database;
using Patron.Shared.Database.Plans;

namespace Patron.CommandLine;

/// <summary>
/// <c>patron migrate</c>: migrates the database to this program's version. Every start does this, so the command has nothing else to do.
/// <c>--plan</c> shows what would be done, and changes and blocks nothing.
/// </summary>
internal static class MigrateCommand
{
    private const string NothingPending = "The database is up to date: no migration would run.";

    private static readonly Option<bool> Plan = new("--plan")
    {
        Description = "Show which migrations would run, which tables they lock and how large these are. Changes and blocks nothing.",
    };

    public static Command Build()
    {
        var command = new Command("migrate", "Create or upgrade the database. Every start of the server does this, too.");
        var common = new CommonOptions(command);
        command.Options.Add(Plan);
        command.Options.Add(JsonOutput.Option);
        command.Validators.Add(line =>
        {
            if (line.GetValue(JsonOutput.Option) && !line.GetValue(Plan))
            {
                line.AddError("--json needs --plan.");
            }
        });
        command.SetAction((line, cancellationToken) => line.GetValue(Plan)
            ? CommandRunner.HandleErrorsAsync(
                () => PlanAsync(common.Read(line), line.GetValue(JsonOutput.Option), cancellationToken), cancellationToken,
                line.GetValue(JsonOutput.Option))
            : CommandRunner.RunAsync(
                line, common, [ProcessRole.All, ProcessRole.Accounts, ProcessRole.Customers],
                (_, _, _) =>
                {
                    Console.WriteLine("The database is up to date.");
                    return Task.FromResult(0);
                },
                cancellationToken, creates: true));
        return command;
    }

    private static async Task<int> PlanAsync(PatronSettings settings, bool json, CancellationToken cancellationToken)
    {
        settings.ThrowIfDataIsMissing();

        using var logs = CommandRunner.QuietLogs(settings);
        await using var database = await OpenDatabase.OpenAsync(settings, logs, cancellationToken);
        await using var provider = CommandRunner.BuildServices(settings, database.ConnectionString, logs);
        await using var connection = await provider.GetRequiredService<DatabasePools>().OpenAloneAsync(cancellationToken);
        var plan = await MigrationPlan.ReadAsync(
            connection, provider.GetServices<MigrationSet>(),
            provider.GetServices<BackgroundMigration>().Select(migration => migration.Name), cancellationToken);
        if (json)
        {
            JsonOutput.Print(plan);
        }
        else
        {
            Print(plan);
        }

        return 0;
    }

    private static void Print(MigrationPlan plan)
    {
        if (plan.Migrations.Count == 0)
        {
            Console.WriteLine(NothingPending);
        }

        foreach (var migration in plan.Migrations)
        {
            Console.WriteLine(
                CommandOutput.Style(CommandOutput.Bold, migration.Name)
                + $"  {migration.Kind}{(migration.InTransaction ? "" : ", outside of a transaction")}");
            foreach (var held in migration.Locks)
            {
                var size = $"about {CommandOutput.Count(held.Rows, "row")}, {CommandOutput.Number(held.Bytes / 1024)} KB";
                Console.WriteLine($"  {held.Mode} on {held.Table} ({size})");
            }

            foreach (var warning in migration.Warnings)
            {
                Console.WriteLine($"  {CommandOutput.Style(CommandOutput.Red, "WARNING")}  {warning}");
            }
        }

        if (plan.Migrations.FirstOrDefault(migration => migration.Kind == "contract") is { } contract)
        {
            Console.WriteLine($"Processes of older versions can't be started again after {contract.Name}.");
        }
        else if (plan.Migrations.Count > 0)
        {
            Console.WriteLine("Processes of the version before can go on, and be started again.");
        }

        if (plan.Background.Count > 0)
        {
            Console.WriteLine($"In the background, while requests are served: {string.Join(", ", plan.Background)}");
        }
    }
}
