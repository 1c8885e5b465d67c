using Patron.Shared;

namespace Patron.Backups;

/// <summary>Chooses the backup of a folder to restore.</summary>
internal static class FindBackup
{
    /// <summary>
    /// The backup that reaches furthest or, for a time, the last one from before it, unless an earlier one has changes until then and that
    /// one has not.
    /// </summary>
    /// <exception cref="CannotStartException">The folder has no such backup.</exception>
    public static StoredBackup For(BackupFolder folder, DateTimeOffset? at)
    {
        var all = folder.List();
        if (all.Count == 0)
        {
            throw new CannotStartException($"There's no backup in {folder.Location}.");
        }

        if (at is not { } time)
        {
            return all.MaxBy(backup => backup.LastChange())!;
        }

        var before = all.Where(backup => backup.Manifest.TakenAt <= time).ToList();
        var fromBefore = before.LastOrDefault(backup => backup.LastChange() >= time) ?? before.MaxBy(backup => backup.LastChange());
        return fromBefore switch
        {
            null => throw new CannotStartException(
                $"The oldest backup in {folder.Location} is from {all[0].Manifest.TakenAt:u}. Choose a later time."),
            { Manifest.Kind: BackupKind.Dump } dump => throw new CannotStartException(
                $"{dump.Name} is a dump, which can only be restored as it was taken at {dump.Manifest.TakenAt:u}: leave --at out."),
            var found => found,
        };
    }
}
