using System.Runtime.InteropServices;

namespace Patron.PrivatePostgres;

/// <summary>The owner of a file, by number: an owner from another machine has no name on this one.</summary>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct UnixOwner(uint User, uint Group)
{
    public static UnixOwner Root => default;
}

/// <summary>File operations that .NET does not offer: owners, and creating a folder that must not exist yet.</summary>
internal static class UnixFiles
{
    private const int CurrentFolder = -100;
    private const int DoNotFollowLinks = 0x100;
    private const uint BasicStatistics = 0x7ff;
    private const int FileExistsError = 17;
    private const ushort PermissionMask = 0xfff;
    private const ushort TypeMask = 0xf000;
    private const ushort FolderType = 0x4000;
    private const ushort RegularFileType = 0x8000;

    public static UnixOwner CurrentUser => new(geteuid(), getegid());

    /// <summary>Creates one folder with exactly these permissions; false when the name already exists.</summary>
    public static bool TryCreateFolder(string path, int permissions)
    {
        if (mkdir(path, (uint)permissions) != 0)
            return Marshal.GetLastPInvokeError() == FileExistsError ? false : throw Failure($"make the folder '{path}'");

        // mkdir applies the umask, but the server's user must be able to traverse the folder even if root's umask is strict.
        return chmod(path, (uint)permissions) == 0 ? true : throw Failure($"set the permissions of '{path}'");
    }

    public static void SetOwner(string path, UnixOwner owner)
    {
        if (lchown(path, owner.User, owner.Group) != 0)
            throw Failure($"give '{path}' to user {owner.User}");
    }

    /// <summary>
    /// The owner and the permissions of a folder; null if it does not exist or is something else. Links are not followed.
    /// </summary>
    public static (UnixOwner Owner, int Permissions)? FindFolder(string path) =>
        Find(path) is { IsFolder: true } found ? (found.Owner, found.Permissions) : null;

    /// <summary>
    /// The owner and the permissions of a file or folder; null if it does not exist or is something else. Links are not followed.
    /// </summary>
    public static (UnixOwner Owner, int Permissions, bool IsFolder)? Find(string path) =>
        statx(CurrentFolder, path, DoNotFollowLinks, BasicStatistics, out var found) == 0
            && (found.Mode & TypeMask) is var type and (FolderType or RegularFileType)
            ? (new UnixOwner(found.User, found.Group), found.Mode & PermissionMask, type == FolderType)
            : null;

    private static PrivatePostgresException Failure(string what) =>
        new($"Patron cannot {what}: {Marshal.GetLastPInvokeErrorMessage()}. Choose another folder with --data.");

    // struct statx, which has the same layout on every architecture, unlike struct stat.
    [StructLayout(LayoutKind.Explicit, Size = 256)]
    private struct FileStatistics
    {
        [FieldOffset(20)]
        public uint User;

        [FieldOffset(24)]
        public uint Group;

        [FieldOffset(28)]
        public ushort Mode;
    }

    // The names are those of libc. DllImport instead of LibraryImport: generated marshalling would need unsafe code in the whole project.
#pragma warning disable CA2101, IDE1006, SYSLIB1054
    [DllImport("libc"), DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern uint geteuid();

    [DllImport("libc"), DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern uint getegid();

    [DllImport("libc", SetLastError = true), DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int mkdir([MarshalAs(UnmanagedType.LPUTF8Str)] string path, uint mode);

    [DllImport("libc", SetLastError = true), DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int chmod([MarshalAs(UnmanagedType.LPUTF8Str)] string path, uint mode);

    [DllImport("libc", SetLastError = true), DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int lchown([MarshalAs(UnmanagedType.LPUTF8Str)] string path, uint user, uint group);

    [DllImport("libc", SetLastError = true), DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int statx(
        int folder, [MarshalAs(UnmanagedType.LPUTF8Str)] string path, int flags, uint mask, out FileStatistics found);
#pragma warning restore CA2101, IDE1006, SYSLIB1054
}
