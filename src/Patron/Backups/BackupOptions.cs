using Patron.Shared.Background;

namespace Patron.Backups;

/// <summary>Settings of the backups that a server takes by itself; section <c>Backup</c>. Without a folder it takes none.</summary>
public sealed class BackupOptions
{
    private const int MaxKeep = 1000;

    /// <summary>The full path of the folder that backups are written to: another disk, or a mounted share.</summary>
    public string? Folder { get; set; }

    /// <summary>When a backup is taken, as a cron string in UTC, or <c>never</c>. The first one is taken at once.</summary>
    public string Schedule { get; set; } = "0 3 * * *";

    /// <summary>How many backups are kept. Older ones are deleted after a new one was taken.</summary>
    public int Keep { get; set; } = 7;

    /// <summary>The first contradiction in these settings, as a sentence; null if there is none.</summary>
    internal string? Contradiction(string dataFolder) => this switch
    {
        { Folder: null } => null,
        _ when !Path.IsPathFullyQualified(Folder) => $"Backup:Folder must be a full path such as /srv/backup/patron, not '{Folder}'.",
        _ when IsInside(Folder, dataFolder) =>
            "Backup:Folder is inside the data folder, so both would be lost together. Choose a folder on another disk.",
        _ when CronSchedule.Refusal("Backup:Schedule", Schedule) is { } refusal => refusal,
        { Keep: < 1 or > MaxKeep } => $"Backup:Keep must be between 1 and {MaxKeep}.",
        _ => null,
    };

    /// <summary>When the next backup is due after one that was taken at this time; null if none is scheduled.</summary>
    internal DateTimeOffset? NextAfter(DateTimeOffset time) => CronSchedule.TryRead(Schedule, out var cron) ? cron.NextAfter(time) : null;

    private static bool IsInside(string folder, string dataFolder) =>
        !Path.GetRelativePath(dataFolder, folder).StartsWith("..", StringComparison.Ordinal);
}
