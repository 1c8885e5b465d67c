using System.Runtime.InteropServices;

namespace Patron.PrivatePostgres;

/// <summary>Who owns a file: numbers, because an owner from another machine has no name here.</summary>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct UnixOwner(uint User, uint Group)
{
    public static UnixOwner Root => default;
}

/// <summary>The few file calls that .NET does not offer: owners, and making a folder that must not exist yet.</summary>
internal static class UnixFiles
{
    private const int CurrentFolder = -100;
    private const int DoNotFollowLinks = 0x100;
    private const uint BasicStatistics = 0x7ff;
    private const int AlreadyThere = 17;
    private const ushort PermissionBits = 0xfff;
    private const ushort KindBits = 0xf000;
    private const ushort KindFolder = 0x4000;
    private const ushort KindFile = 0x8000;

    public static UnixOwner Me => new(geteuid(), getegid());

    /// <summary>Makes one folder with exactly these permissions; false when something of that name is there already.</summary>
    public static bool TryMakeFolder(string path, int permissions)
    {
        if (mkdir(path, (uint)permissions) != 0)
            return Marshal.GetLastPInvokeError() == AlreadyThere ? false : throw Failure($"make the folder '{path}'");

        // mkdir is subject to the umask; the server's user must be able to pass through even when root's umask is strict.
        return chmod(path, (uint)permissions) == 0 ? true : throw Failure($"set the permissions of '{path}'");
    }

    public static void SetOwner(string path, UnixOwner owner)
    {
        if (lchown(path, owner.User, owner.Group) != 0)
            throw Failure($"give '{path}' to user {owner.User}");
    }

    /// <summary>Owner and permission bits of a folder; null when there is none, or something else of that name. Links are not followed.</summary>
    public static (UnixOwner Owner, int Permissions)? FindFolder(string path) =>
        Find(path) is { IsFolder: true } found ? (found.Owner, found.Permissions) : null;

    /// <summary>Owner and permission bits of a file or folder; null when there is none, or something else of that name. Links are not followed.</summary>
    public static (UnixOwner Owner, int Permissions, bool IsFolder)? Find(string path) =>
        statx(CurrentFolder, path, DoNotFollowLinks, BasicStatistics, out var found) == 0 && (found.Mode & KindBits) is var kind and (KindFolder or KindFile)
            ? (new UnixOwner(found.User, found.Group), found.Mode & PermissionBits, kind == KindFolder)
            : null;

    private static PrivatePostgresException Failure(string what) =>
        new($"Patron cannot {what}: {Marshal.GetLastPInvokeErrorMessage()}. Choose another folder with --data.");

    /// <summary>struct statx, the same on every architecture (unlike struct stat).</summary>
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

    // Strings are UTF-8, names are libc's; generated marshalling would need unsafe code in the whole project.
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
    private static extern int statx(int folder, [MarshalAs(UnmanagedType.LPUTF8Str)] string path, int flags, uint mask, out FileStatistics found);
#pragma warning restore CA2101, IDE1006, SYSLIB1054
}
