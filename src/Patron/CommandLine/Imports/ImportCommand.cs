using System.CommandLine;

namespace Patron.CommandLine.Imports;

/// <summary><c>patron import</c>: brings people along from another system; one file for each kind.</summary>
internal static class ImportCommand
{
    public static Command Build() => new("import", "Bring people along from another system.")
    {
        ImportCustomersCommand.Build(),
        ImportUsersCommand.Build(),
    };
}
