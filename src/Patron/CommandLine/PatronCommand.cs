using System.CommandLine;
using System.Globalization;
using Patron.CommandLine.Imports;
using Patron.CommandLine.Sync;

namespace Patron.CommandLine;

/// <summary>The root command: lists all commands and runs the one on the command line.</summary>
internal static class PatronCommand
{
    private const int UsageError = 2;

    // Stopping waits for running requests and for the private database.
    private static readonly InvocationConfiguration Invocation =
        new() { EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = TimeSpan.FromSeconds(40) };

    /// <summary>
    /// Returns the exit status: 0 for success, 1 for a failure (explained on standard error), 2 for an invalid command line.
    /// </summary>
    public static async Task<int> RunAsync(string[] args)
    {
        // Numbers and dates are written and read the same way on every machine. Pages pass the language of their person explicitly.
        CultureInfo.CurrentCulture = CultureInfo.CurrentUICulture = CultureInfo.InvariantCulture;
        CultureInfo.DefaultThreadCurrentCulture = CultureInfo.DefaultThreadCurrentUICulture = CultureInfo.InvariantCulture;
        var parsed = Build().Parse(args);
        var status = await parsed.InvokeAsync(Invocation);
        return parsed.Errors.Count > 0 ? UsageError : status;
    }

    private static RootCommand Build() =>
        new("Patron ties people's user accounts to their customer records, so that one person is never two customers.")
    {
        ServeCommand.Build(),
        MigrateCommand.Build(),
        AdminCommand.Build(),
        MemberCommand.Build(),
        TokenCommand.Build(),
        ApiKeyCommand.Build(),
        KeysCommand.Build(),
        ImportCommand.Build(),
        SyncCommand.Build(),
        LinkCommand.Build(),
        InviteCommand.Build(),
        MailCommand.Build(),
        RecountCommand.Build(),
        DemoCommand.Build(),
        DoctorCommand.Build(),
    };
}
