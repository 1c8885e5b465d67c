using System.Globalization;
using System.Text;

namespace Patron.PrivatePostgres;

/// <summary>The server process of a cluster, found by its pid file: whether it is running, and where it listens.</summary>
internal sealed class Postmaster(string cluster, UnixOwner? owner)
{
    private const int MaxSocketPathLength = 107;
    private const int MaxPid = 1 << 22;

    private string PidFile => Path.Combine(cluster, "postmaster.pid");

    /// <summary>
    /// The process id of the running server, or null. The number in the pid file can be stale and belong to another process by now, so the
    /// process must have our socket folder on its command line. (Its working folder would also identify it, but root in a container may not
    /// read that.)
    /// </summary>
    public int? FindProcess() =>
        ReadPid() is { } id && RunningSocketFolder() is { } socket
        && ReadLines($"/proc/{id}/cmdline") is [var command]
        && command.Contains(PrivatePostgresSettings.SocketSetting(socket), StringComparison.Ordinal)
            ? id
            : null;

    /// <summary>
    /// Whether PostgreSQL would mistake a dead server for a running one and refuse to start. This happens in containers: without an init
    /// process the dead server stays a zombie, and its process id is soon reused, because ids start at 1 (a thread of Patron is enough).
    /// The second case is checked only when no other process uses the cluster, because the processes of another container are not visible
    /// here.
    /// </summary>
    public bool IsFalselyRunning(bool isOnlyUser) =>
        ReadPid() is { } id && (IsZombie(id) || (isOnlyUser && ReadLines($"/proc/{id}/comm") is [not "postgres"]));

    /// <summary>
    /// Writes a process id that cannot exist into the pid file and the socket's lock file. The rest of the files stays: PostgreSQL needs it
    /// to find out whether processes of the dead server still use its shared memory. This runs as the server's user, because root must not
    /// write through symbolic links created by that user.
    /// </summary>
    public Task InvalidatePidAsync(PostgresTools tools, CancellationToken cancellationToken)
    {
        var socketLock = Path.Combine(RunningSocketFolder() ?? cluster, ".s.PGSQL.5432.lock");
        return tools.RunAnyAsync(["sed", "-i", $"1s/.*/{MaxPid + 1}/", PidFile, socketLock], cancellationToken);
    }

    /// <summary>
    /// The folder of the socket: the one that the running server uses, else the cluster's own folder (0700). If that path is too long for a
    /// socket, or has special characters of a connection string, it is a folder of the same owner in /tmp. Not $TMPDIR, which can differ
    /// between processes.
    /// </summary>
    public string SocketFolder()
    {
        if (FindProcess() is not null && RunningSocketFolder() is { } running)
            return running;

        if (Encoding.UTF8.GetByteCount(cluster) + "/.s.PGSQL.5432".Length <= MaxSocketPathLength
            && cluster.All(character => char.IsAsciiLetterOrDigit(character) || character is '/' or '.' or '-' or '_'))
        {
            return cluster;
        }

        var user = owner ?? UnixFiles.CurrentUser;
        var folder = $"/tmp/patron-{user.User}-{PostgresCluster.HashPath(cluster)}";
        if (UnixFiles.TryCreateFolder(folder, PostgresCluster.OwnerOnlyMode) && owner is not null)
            UnixFiles.SetOwner(folder, user);

        // Any user can create a folder with that name. The socket needs no password, so the folder must be accessible to its owner only.
        return UnixFiles.FindFolder(folder) is { Permissions: PostgresCluster.OwnerOnlyMode } found && found.Owner.User == user.User
            ? folder
            : throw new PrivatePostgresException(
                $"'{folder}', for the database's socket, belongs to somebody else: remove it, or choose a shorter path with --data.");
    }

    private int? ReadPid() =>
        ReadLines(PidFile) is [var first, ..] && int.TryParse(first, CultureInfo.InvariantCulture, out var id) ? id : null;

    private string? RunningSocketFolder() => ReadLines(PidFile) is [_, _, _, _, { Length: > 0 } folder, ..] ? folder : null;

    // The state follows the command name, which is in parentheses and can contain any characters.
    private static bool IsZombie(int id) =>
        ReadLines($"/proc/{id}/stat") is [var line] && line.AsSpan(line.LastIndexOf(')')).StartsWith(") Z", StringComparison.Ordinal);

    private static string[]? ReadLines(string path)
    {
        try
        {
            return File.ReadAllLines(path);
        }
        catch (Exception missing) when (missing is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}
