using System.CommandLine;
using Patron.Shared;

namespace Patron.CommandLine;

/// <summary>
/// <c>patron migrate</c>: migrates the database to this program's version. Every start does this, so the command has nothing else to do.
/// </summary>
internal static class MigrateCommand
{
    public static Command Build()
    {
        var command = new Command("migrate", "Create or upgrade the database. Every start of the server does this, too.");
        command.RunsOn(new CommonOptions(command), [ProcessRole.All, ProcessRole.Accounts, ProcessRole.Customers], (_, _, _) =>
        {
            Console.WriteLine("The database is up to date.");
            return Task.FromResult(0);
        }, creates: true);
        return command;
    }
}
