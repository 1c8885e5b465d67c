using Patron.Shared.Secrets;

namespace Patron.PrivatePostgres;

/// <summary>
/// Advisory locks between Patron processes on one data folder. .NET turns <see cref="FileShare.None"/> into flock(LOCK_EX) and
/// <see cref="FileShare.Read"/> into flock(LOCK_SH); the kernel drops them when a process dies, however it dies.
/// </summary>
internal static class FolderLock
{
    public const string StartName = "postgres.start.lock";
    public const string UsersName = "postgres.users.lock";
    private const int WouldBlockOnLinux = 11;
    private const int WouldBlockOnMac = 35;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(120);

    /// <summary>Held by the one process that starts, repairs or stops the server.</summary>
    public static async Task<FileStream> EnterAsync(string dataFolder, CancellationToken cancellationToken)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        patience.CancelAfter(Patience);
        try
        {
            while (true)
            {
                if (TryOpen(Path.Combine(dataFolder, StartName), FileShare.None) is { } held)
                    return held;

                await Task.Delay(TimeSpan.FromMilliseconds(50), patience.Token);
            }
        }
        catch (OperationCanceledException tired) when (!cancellationToken.IsCancellationRequested)
        {
            throw new PrivatePostgresException(
                $"Another Patron has been busy with the database in '{dataFolder}' for {Patience.TotalSeconds:0} seconds; wait for it or end it.", tired);
        }
    }

    /// <summary>Held by every process that uses the server. Taken and given back under <see cref="EnterAsync"/> only: never contended.</summary>
    public static FileStream Use(string dataFolder) =>
        TryOpen(UsersLock(dataFolder), FileShare.Read)
        ?? throw new PrivatePostgresException($"Another program has locked '{UsersLock(dataFolder)}'; only Patron may.");

    /// <summary>Null while any process, this one included, uses the server.</summary>
    public static FileStream? TryBeAlone(string dataFolder) => TryOpen(UsersLock(dataFolder), FileShare.None);

    private static string UsersLock(string dataFolder) => Path.Combine(dataFolder, UsersName);

    private static FileStream? TryOpen(string path, FileShare share)
    {
        try
        {
            // Owner-only: whoever can open the file can hold the lock, and reading is enough for that.
            var held = new FileStream(path, new FileStreamOptions
            {
                Mode = FileMode.OpenOrCreate,
                Access = FileAccess.Read,
                Share = share,
                BufferSize = 0,
                UnixCreateMode = OwnerOnly.File,
            });
            GiveToFolderOwner(path);
            return held;
        }
        catch (IOException busy) when (busy.HResult is WouldBlockOnLinux or WouldBlockOnMac)
        {
            return null;
        }
        catch (Exception refused) when (refused is IOException or UnauthorizedAccessException)
        {
            throw new PrivatePostgresException($"Patron cannot write to its data folder: {refused.Message} Choose another with --data.", refused);
        }
    }

    // Root may look after the server of an ordinary user, who must still be able to start it.
    private static void GiveToFolderOwner(string path)
    {
        if (UnixFiles.Me == UnixOwner.Root && UnixFiles.FindFolder(Path.GetDirectoryName(path)!) is { Owner: { User: not 0 } owner })
            UnixFiles.SetOwner(path, owner);
    }
}
