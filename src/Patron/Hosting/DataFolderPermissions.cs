using Patron.PrivatePostgres;
using Patron.Shared.Secrets;

namespace Patron.Hosting;

/// <summary>
/// Keeps the other users of the machine out of the data folder. Patron makes its files owner-only (<see cref="OwnerOnly"/>); this closes what an
/// older version, a copy or a restored backup has left open. Permissions are only ever taken away.
/// </summary>
internal static partial class DataFolderPermissions
{
    // Where root runs Patron, PostgreSQL runs as another user, who must get to its own folder.
    private const UnixFileMode PassThrough = OwnerOnly.Folder | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute;

    // Folders that even Patron cannot look into are closed.
    private static readonly EnumerationOptions Everything = new() { AttributesToSkip = FileAttributes.None, IgnoreInaccessible = true };

    /// <summary>Closes what is open, and says so in one line.</summary>
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
            catch (Exception gone) when (gone is FileNotFoundException or DirectoryNotFoundException)
            {
                // Another process has moved it meanwhile.
            }
            catch (Exception denied) when (denied is IOException or UnauthorizedAccessException)
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

        if (FindSharedPart(settings.DataFolder) is { } shared)
        {
            LogShared(logger, settings.DataFolder, shared);
        }
    }

    // All but the settings file and what is PostgreSQL's. A folder comes before what is in it.
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
        var isShared = FindSharedPart(folder) is not null;
        if (!isShared && root.Owner.User == UnixFiles.Me.User)
        {
            var allowed = settings.ConnectionString is null && UnixFiles.Me.User == 0 ? PassThrough : OwnerOnly.Folder;
            var wanted = mode & (allowed | ~OwnerOnly.Everybody);
            if (wanted != mode)
            {
                yield return new OpenPath(folder, wanted);
            }

            mode = wanted;
        }

        if (CanBeTricked(mode))
        {
            yield break;
        }

        foreach (var open in Directory.EnumerateFileSystemEntries(folder, "*", Everything)
            .Where(path => isShared ? IsPatrons(path, mail) : !IsPostgres(path) && Path.GetFileName(path) != SettingsFile.Name)
            .SelectMany(FindFrom))
        {
            yield return open;
        }
    }

    // A mail folder elsewhere may be shared on purpose; the messages in it are not.
    private static IEnumerable<OpenPath> FindMails(string folder) =>
        Find(folder) is { IsFolder: true } found && !CanBeTricked((UnixFileMode)found.Permissions)
            ? Directory.EnumerateFiles(folder, "*.eml", Everything).Append(Path.Combine(folder, ".writing")).SelectMany(FindFrom)
            : [];

    private static IEnumerable<OpenPath> FindFrom(string path)
    {
        if (UnixFiles.Find(path) is not { } found)
        {
            yield break; // A link, whose target is somebody else's matter.
        }

        var mode = (UnixFileMode)found.Permissions;
        if (OwnerOnly.IsOpen(mode))
        {
            yield return new OpenPath(path, mode & ~OwnerOnly.Others);
        }

        foreach (var open in found.IsFolder ? Directory.EnumerateFileSystemEntries(path, "*", Everything).SelectMany(FindFrom) : [])
        {
            yield return open;
        }
    }

    // Somebody may have named a folder that is not Patron's alone, such as /srv. Closing that would break what else is in it.
    private static string? FindSharedPart(string folder)
    {
        if (Find(folder) is not { IsFolder: true } root)
        {
            return null;
        }

        return ((UnixFileMode)root.Permissions).HasFlag(UnixFileMode.StickyBit)
            ? folder
            : Directory.EnumerateDirectories(folder, "*", Everything).FirstOrDefault(child =>
                !IsPostgres(child) && !IsPatrons(child, Path.Combine(folder, "mail"))
                && UnixFiles.FindFolder(child) is { } found && OwnerOnly.IsOpen((UnixFileMode)found.Permissions));
    }

    // The folder itself may be named by a link; what is in it may not.
    private static (UnixOwner Owner, int Permissions, bool IsFolder)? Find(string folder) => UnixFiles.Find(Path.Combine(folder, "."));

    // Who may write into a folder could put a link to another file in a file's place, just before root changes that file's mode.
    private static bool CanBeTricked(UnixFileMode folder) => UnixFiles.Me.User == 0 && (folder.HasFlag(UnixFileMode.GroupWrite) || folder.HasFlag(UnixFileMode.OtherWrite));

    private static bool IsPostgres(string path) =>
        Path.GetFileName(path) is "postgres" || Path.GetFileName(path).StartsWith("postgres.new-", StringComparison.Ordinal);

    private static bool IsPatrons(string path, string mail) =>
        path == mail || Path.GetFileName(path) is "mail" or "master.key" or FolderLock.StartName or FolderLock.UsersName;

    // What others can open, and the mode that ends it.
    private sealed record OpenPath(string Path, UnixFileMode Mode);

    [LoggerMessage(LogLevel.Warning, "Other users of this machine could open {Count} files or folders in {Folder}; they are closed now")]
    private static partial void LogClosed(ILogger logger, int count, string folder);

    [LoggerMessage(LogLevel.Warning, "Other users of this machine can open {Count} files or folders in {Folder}, and Patron may not change that: run chmod -R go= on them as their owner or root")]
    private static partial void LogRefused(ILogger logger, int count, string folder);

    [LoggerMessage(LogLevel.Warning, "The data folder {Folder} holds something that other users may open, {Part}: only Patron's own files were closed. Close it too, or give Patron a folder of its own with --data")]
    private static partial void LogShared(ILogger logger, string folder, string part);
}
