using System.CommandLine;

namespace Patron.CommandLine.Duplicates;

/// <summary><c>patron duplicates</c>: finds customers that are probably one.</summary>
internal static class DuplicatesCommand
{
    public static Command Build() => new("duplicates", "Find customers that are probably one person or company.")
    {
        ScanCommand.Build(),
        ExportCommand.Build(),
    };
}
