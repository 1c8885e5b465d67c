using Patron.Shared.Secrets;

namespace Patron.PrivatePostgres;

/// <summary>
/// Advisory locks between the Patron processes of one data folder. .NET implements <see cref="FileShare.None"/> as flock(LOCK_EX) and
/// <see cref="FileShare.Read"/> as flock(LOCK_SH). The kernel releases them when a process ends, even if it is killed.
/// </summary>
internal static class FolderLock
{
    public const string StartName = "postgres.start.lock";
    public const string UsersName = "postgres.users.lock";
    private const int WouldBlockOnLinux = 11;
    private const int WouldBlockOnMac = 35;
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(120);

    /// <summary>Waits for the exclusive lock that a process holds while it starts, repairs or stops the server.</summary>
    public static async Task<FileStream> AcquireStartLockAsync(string dataFolder, CancellationToken cancellationToken)
    {
        using var timeout = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        timeout.CancelAfter(Timeout);
        try
        {
            while (true)
            {
                if (TryOpen(Path.Combine(dataFolder, StartName), FileShare.None) is { } stream)
                    return stream;

                await Task.Delay(TimeSpan.FromMilliseconds(50), timeout.Token);
            }
        }
        catch (OperationCanceledException exception) when (!cancellationToken.IsCancellationRequested)
        {
            throw new PrivatePostgresException(
                $"Another Patron has been busy with the database in '{dataFolder}' for {Timeout.TotalSeconds:0} seconds; wait for it or end it.", exception);
        }
    }

    /// <summary>
    /// Acquires the shared lock that every process holds while it uses the server. It is acquired and released only while holding the start
    /// lock, so it never has to wait.
    /// </summary>
    public static FileStream AcquireUsageLock(string dataFolder) =>
        TryOpen(UsersLock(dataFolder), FileShare.Read)
        ?? throw new PrivatePostgresException($"Another program has locked '{UsersLock(dataFolder)}'; only Patron may.");

    /// <summary>Acquires the usage lock exclusively; null while any process, including this one, uses the server.</summary>
    public static FileStream? TryAcquireExclusively(string dataFolder) => TryOpen(UsersLock(dataFolder), FileShare.None);

    private static string UsersLock(string dataFolder) => Path.Combine(dataFolder, UsersName);

    private static FileStream? TryOpen(string path, FileShare share)
    {
        try
        {
            // Only the owner may open the file: read access is enough to hold the lock.
            var stream = new FileStream(path, new FileStreamOptions
            {
                Mode = FileMode.OpenOrCreate,
                Access = FileAccess.Read,
                Share = share,
                BufferSize = 0,
                UnixCreateMode = OwnerOnlyPermissions.File,
            });
            GiveToFolderOwner(path);
            return stream;
        }
        catch (IOException busy) when (busy.HResult is WouldBlockOnLinux or WouldBlockOnMac)
        {
            return null;
        }
        catch (Exception refused) when (refused is IOException or UnauthorizedAccessException)
        {
            throw new PrivatePostgresException(
                $"Patron cannot write to its data folder: {refused.Message} Choose another with --data.", refused);
        }
    }

    // If root runs the server of an ordinary user, that user must still be able to start it afterwards.
    private static void GiveToFolderOwner(string path)
    {
        if (UnixFiles.CurrentUser == UnixOwner.Root
            && UnixFiles.FindFolder(Path.GetDirectoryName(path)!) is { Owner: { User: not 0 } owner })
            UnixFiles.SetOwner(path, owner);
    }
}
