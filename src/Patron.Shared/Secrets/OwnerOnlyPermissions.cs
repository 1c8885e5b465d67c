namespace Patron.Shared.Secrets;

/// <summary>
/// Permissions of the files that Patron writes, whatever the umask is: only the user that Patron runs as may open them. Mails contain
/// sign-in links, key files are secret, and any user who can open a lock file can also hold its lock.
/// </summary>
public static class OwnerOnlyPermissions
{
    public const UnixFileMode File = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    public const UnixFileMode Folder = File | UnixFileMode.UserExecute;
    public const UnixFileMode GroupAndOthers = (UnixFileMode)0b111_111;
    public const UnixFileMode All = Folder | GroupAndOthers;

    /// <summary>Whether the group or other users have any permission.</summary>
    public static bool IsAccessibleToOthers(UnixFileMode mode) => (mode & GroupAndOthers) != UnixFileMode.None;

    /// <summary>Creates a folder and its missing parents. An existing folder keeps its permissions.</summary>
    public static DirectoryInfo CreateFolder(string path)
    {
        // Directory.CreateDirectory applies the mode to the last folder only.
        if (Path.GetDirectoryName(path) is { } parent && !Directory.Exists(parent))
        {
            CreateFolder(parent);
        }

        return Directory.CreateDirectory(path, Folder);
    }
}
