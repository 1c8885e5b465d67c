using Patron.PrivatePostgres;
using Patron.Shared.Secrets;

namespace Patron.Hosting;

/// <summary>
/// Protects the data folder from other users of the machine. Patron creates its files with <see cref="OwnerOnlyPermissions"/>; this class
/// corrects files of an older version, a copy or a restored backup. It only removes permissions.
/// </summary>
internal static partial class DataFolderPermissions
{
    // If Patron runs as root, PostgreSQL runs as another user, who must be able to reach its own folder.
    private const UnixFileMode TraverseMode = OwnerOnlyPermissions.Folder | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute;

    // Folders that Patron itself cannot read are skipped.
    private static readonly EnumerationOptions AllEntries = new() { AttributesToSkip = FileAttributes.None, IgnoreInaccessible = true };

    /// <summary>Removes the permissions of other users and logs one line about it.</summary>
    public static void Close(PatronSettings settings, ILoggerFactory logs)
    {
        var logger = logs.CreateLogger(typeof(DataFolderPermissions));
        var (closed, refused) = (0, 0);
        foreach (var open in FindOpen(settings))
        {
            try
            {
                File.SetUnixFileMode(open.Path, open.Mode);
                closed++;
            }
            catch (Exception exception) when (exception is FileNotFoundException or DirectoryNotFoundException)
            {
                // Another process has moved the file meanwhile.
            }
            catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
            {
                refused++;
            }
        }

        if (closed > 0)
        {
            LogClosed(logger, closed, settings.DataFolder);
        }

        if (refused > 0)
        {
            LogRefused(logger, refused, settings.DataFolder);
        }

        if (FindSharedPath(settings.DataFolder) is { } shared)
        {
            LogShared(logger, settings.DataFolder, shared);
        }
    }

    // Excludes the settings file and PostgreSQL's files. A folder is returned before its contents.
    private static IEnumerable<OpenPath> FindOpen(PatronSettings settings)
    {
        var mail = Path.GetFullPath(settings.Mail.Folder);
        return Path.GetDirectoryName(mail) == settings.DataFolder
            ? FindInDataFolder(settings, mail)
            : FindInDataFolder(settings, mail).Concat(FindMails(mail));
    }

    private static IEnumerable<OpenPath> FindInDataFolder(PatronSettings settings, string mail)
    {
        var folder = settings.DataFolder;
        if (Find(folder) is not { IsFolder: true } root)
        {
            yield break;
        }

        var mode = (UnixFileMode)root.Permissions;
        var isShared = FindSharedPath(folder) is not null;
        if (!isShared && root.Owner.User == UnixFiles.CurrentUser.User)
        {
            var allowed = settings.ConnectionString is null && UnixFiles.CurrentUser.User == 0 ? TraverseMode : OwnerOnlyPermissions.Folder;
            var newMode = mode & (allowed | ~OwnerOnlyPermissions.All);
            if (newMode != mode)
            {
                yield return new OpenPath(folder, newMode);
            }

            mode = newMode;
        }

        if (IsUnsafe(mode))
        {
            yield break;
        }

        foreach (var open in Directory.EnumerateFileSystemEntries(folder, "*", AllEntries)
            .Where(path => isShared ? BelongsToPatron(path, mail) : !IsPostgres(path) && Path.GetFileName(path) != SettingsFile.Name)
            .SelectMany(FindRecursively))
        {
            yield return open;
        }
    }

    // A mail folder outside of the data folder can be shared on purpose, but the messages in it must not be.
    private static IEnumerable<OpenPath> FindMails(string folder) =>
        Find(folder) is { IsFolder: true } found && !IsUnsafe((UnixFileMode)found.Permissions)
            ? Directory.EnumerateFiles(folder, "*.eml", AllEntries).Append(Path.Combine(folder, ".writing")).SelectMany(FindRecursively)
            : [];

    private static IEnumerable<OpenPath> FindRecursively(string path)
    {
        if (UnixFiles.Find(path) is not { } found)
        {
            yield break; // A symbolic link: its target does not belong to Patron.
        }

        var mode = (UnixFileMode)found.Permissions;
        if (OwnerOnlyPermissions.IsAccessibleToOthers(mode))
        {
            yield return new OpenPath(path, mode & ~OwnerOnlyPermissions.GroupAndOthers);
        }

        foreach (var open in found.IsFolder ? Directory.EnumerateFileSystemEntries(path, "*", AllEntries).SelectMany(FindRecursively) : [])
        {
            yield return open;
        }
    }

    // The operator may have configured a folder that other programs use too, such as /srv. Closing that folder would break them.
    private static string? FindSharedPath(string folder)
    {
        if (Find(folder) is not { IsFolder: true } root)
        {
            return null;
        }

        return ((UnixFileMode)root.Permissions).HasFlag(UnixFileMode.StickyBit)
            ? folder
            : Directory.EnumerateDirectories(folder, "*", AllEntries).FirstOrDefault(child =>
                !IsPostgres(child) && !BelongsToPatron(child, Path.Combine(folder, "mail"))
                && UnixFiles.FindFolder(child) is { } found && OwnerOnlyPermissions.IsAccessibleToOthers((UnixFileMode)found.Permissions));
    }

    // The "." follows a symbolic link to the folder itself; links inside of it are not followed.
    private static (UnixOwner Owner, int Permissions, bool IsFolder)? Find(string folder) => UnixFiles.Find(Path.Combine(folder, "."));

    // A user with write access to the folder could replace a file by a link to another file just before root changes the mode.
    private static bool IsUnsafe(UnixFileMode folder) =>
        UnixFiles.CurrentUser.User == 0 && (folder.HasFlag(UnixFileMode.GroupWrite) || folder.HasFlag(UnixFileMode.OtherWrite));

    private static bool IsPostgres(string path) =>
        Path.GetFileName(path) is "postgres" || Path.GetFileName(path).StartsWith("postgres.new-", StringComparison.Ordinal);

    private static bool BelongsToPatron(string path, string mail) =>
        path == mail || Path.GetFileName(path) is "mail" or "master.key" or FolderLock.StartName or FolderLock.UsersName;

    // A path that other users can open, and the mode without their permissions.
    private sealed record OpenPath(string Path, UnixFileMode Mode);

    [
        LoggerMessage(
            LogLevel.Warning,
            "Other users of this machine could open {Count} files or folders in {Folder}; their permissions were removed")]
    private static partial void LogClosed(ILogger logger, int count, string folder);

    [
        LoggerMessage(
            LogLevel.Warning,
            "Other users of this machine can open {Count} files or folders in {Folder}, and Patron may not change that: run chmod -R go= on them as their owner or root")]
    private static partial void LogRefused(ILogger logger, int count, string folder);

    [
        LoggerMessage(
            LogLevel.Warning,
            "The data folder {Folder} holds something that other users may open, {Part}: only Patron's own files were closed. Close it too, or give Patron a folder of its own with --data")]
    private static partial void LogShared(ILogger logger, string folder, string part);
}
