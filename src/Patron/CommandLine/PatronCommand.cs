using System.CommandLine;
using Patron.CommandLine.Imports;
using Patron.CommandLine.Sync;

namespace Patron.CommandLine;

/// <summary>The command line: the list of commands, and how a line becomes one of them.</summary>
internal static class PatronCommand
{
    private const int WrongUse = 2;

    // Stopping waits for requests under way and for the private database.
    private static readonly InvocationConfiguration Invocation = new() { EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = TimeSpan.FromSeconds(40) };

    /// <summary>Exit status: 0 done, 1 failed (a sentence on standard error says why), 2 not a command line.</summary>
    public static async Task<int> RunAsync(string[] args)
    {
        var parsed = Build().Parse(args);
        var status = await parsed.InvokeAsync(Invocation);
        return parsed.Errors.Count > 0 ? WrongUse : status;
    }

    private static RootCommand Build() => new("Patron ties people's user accounts to their customer records, so that one person is never two customers.")
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
        RecountCommand.Build(),
        DemoCommand.Build(),
        DoctorCommand.Build(),
    };
}
