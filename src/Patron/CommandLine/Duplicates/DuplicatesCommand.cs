using System.CommandLine;

namespace Patron.CommandLine.Duplicates;

/// <summary><c>patron duplicates</c>: finds customers that are there twice.</summary>
internal static class DuplicatesCommand
{
    public static Command Build() => new("duplicates", "Find customers that are there twice.")
    {
        ScanCommand.Build(),
        ExportCommand.Build(),
    };
}
