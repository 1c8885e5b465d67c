using System.CommandLine;
using System.CommandLine.Invocation;
using System.Globalization;
using Patron.CommandLine.Backups;
using Patron.CommandLine.Duplicates;
using Patron.CommandLine.Imports;
using Patron.CommandLine.Jobs;
using Patron.CommandLine.Sync;

namespace Patron.CommandLine;

/// <summary>The root command: lists all commands and runs the one on the command line.</summary>
internal static class PatronCommand
{
    // Stopping waits for running requests and for the private database.
    private static readonly InvocationConfiguration Invocation =
        new() { EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = TimeSpan.FromSeconds(40) };

    /// <summary>
    /// Returns the exit status: 0 done, 1 failed or refused (explained on standard error), 2 wrong usage, 3 only some of many were done, 130
    /// stopped by Ctrl+C.
    /// </summary>
    public static async Task<int> RunAsync(string[] args)
    {
        // Numbers and dates are written and read the same way on every machine. Pages pass the language of their person explicitly.
        CultureInfo.CurrentCulture = CultureInfo.CurrentUICulture = CultureInfo.InvariantCulture;
        CultureInfo.DefaultThreadCurrentCulture = CultureInfo.DefaultThreadCurrentUICulture = CultureInfo.InvariantCulture;
        var parsed = Build().Parse(args);
        try
        {
            return parsed.Action is ParseErrorAction ? UsageErrors.Print(parsed) : await parsed.InvokeAsync(Invocation);
        }
        catch (Exception exception)
        {
            return JsonOutput.Fail(JsonOutput.IsWanted(parsed), UnexpectedFailure.Report(exception, Path.GetTempPath()));
        }
    }

    /// <summary>All commands.</summary>
    internal static RootCommand Build()
    {
        var root = new RootCommand("Patron ties people's user accounts to their customer records, so that one person is never two customers.")
        {
            ServeCommand.Build(),
            MigrateCommand.Build(),
            DoctorCommand.Build(),
            AdminCommand.Build(),
            MemberCommand.Build(),
            TokenCommand.Build(),
            ApiKeyCommand.Build(),
            KeysCommand.Build(),
            ImportCommand.Build(),
            SyncCommand.Build(),
            RequestsCommand.Build(),
            MergesCommand.Build(),
            LinkCommand.Build(),
            InvitationsCommand.Build(),
            InviteCommand.Build("invite"),
            DuplicatesCommand.Build(),
            JobsCommand.Build(),
            AuditCommand.Build(),
            MailCommand.Build(),
            RecountCommand.Build(),
            BackupCommand.Build(),
            RestoreCommand.Build(),
            AfterRestoreCommand.Build(),
            DemoCommand.Build(),
            CompletionCommand.Build(),
        };
        root.Add(HelpCommand.Build(root));
        UsageErrors.RefuseOptionsAsArguments(root);
        return root;
    }
}
