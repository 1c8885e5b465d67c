using System.CommandLine;

namespace Patron.CommandLine.Sync;

/// <summary><c>patron sync</c>: synchronizes with the company's ERP (source 4).</summary>
internal static class SyncCommand
{
    public static Command Build() => new("sync", "Sync customers from the ERP and show sync status.")
    {
        SyncRunCommand.Build(),
        SyncStatusCommand.Build(),
        SyncConflictsCommand.Build(),
        SyncSettleCommand.Build(),
    };
}
