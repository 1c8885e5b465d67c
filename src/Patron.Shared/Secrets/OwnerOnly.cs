namespace Patron.Shared.Secrets;

/// <summary>
/// Permissions of what Patron writes: mails hold links that sign people in, keys open everything, and a lock that others can open
/// can be held by them. Only the user that Patron runs as may open any of it, whatever the umask is.
/// </summary>
public static class OwnerOnly
{
    public const UnixFileMode File = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    public const UnixFileMode Folder = File | UnixFileMode.UserExecute;
    public const UnixFileMode Others = (UnixFileMode)0b111_111;
    public const UnixFileMode Everybody = Folder | Others;

    /// <summary>Whether anybody but the owner may do anything.</summary>
    public static bool IsOpen(UnixFileMode mode) => (mode & Others) != UnixFileMode.None;

    /// <summary>Makes a folder and those above it that are missing. One that is there already stays as it is.</summary>
    public static DirectoryInfo MakeFolder(string path)
    {
        // Directory.CreateDirectory gives the mode to the last one only.
        if (Path.GetDirectoryName(path) is { } parent && !Directory.Exists(parent))
        {
            MakeFolder(parent);
        }

        return Directory.CreateDirectory(path, Folder);
    }
}
