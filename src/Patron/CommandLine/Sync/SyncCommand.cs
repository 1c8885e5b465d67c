using System.CommandLine;

namespace Patron.CommandLine.Sync;

/// <summary><c>patron sync</c>: synchronizes with the company's ERP (source 4).</summary>
internal static class SyncCommand
{
    public static Command Build() => new("sync", "Bring customers up to date with the company's ERP, and see how that stands.")
    {
        SyncRunCommand.Build(),
        SyncStatusCommand.Build(),
        SyncConflictsCommand.Build(),
        SyncSettleCommand.Build(),
    };
}
