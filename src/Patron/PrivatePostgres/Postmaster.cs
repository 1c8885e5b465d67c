using System.Globalization;
using System.Text;

namespace Patron.PrivatePostgres;

/// <summary>The server process of a cluster, as its pid file tells: whether it lives, and where it listens.</summary>
internal sealed class Postmaster(string cluster, UnixOwner? owner)
{
    private const int LongestSocketPath = 107;
    private const int HighestPid = 1 << 22;

    private string PidFile => Path.Combine(cluster, "postmaster.pid");

    /// <summary>
    /// The living server's process id. A number in the file is no proof, it may be stale and somebody else's by now; a process with our socket on its
    /// command line is one. (Its working folder would say so, too, but root in a container may not read that.)
    /// </summary>
    public int? FindProcess() =>
        ReadPid() is { } id && RunningSocketFolder() is { } socket
        && ReadLines($"/proc/{id}/cmdline") is [var command]
        && command.Contains(PrivatePostgresSettings.SocketSetting(socket), StringComparison.Ordinal)
            ? id
            : null;

    /// <summary>
    /// Whether PostgreSQL would take a dead server for a living one and refuse to start. That happens in containers: the dead server stays a zombie
    /// where nobody reaps; and its number is soon somebody else's where numbers start at 1 (a thread of Patron's is enough). The second is judged
    /// only when nobody else uses the cluster: another container's processes cannot be seen from here.
    /// </summary>
    public bool OnlySeemsAlive(bool alone) =>
        ReadPid() is { } id && (IsZombie(id) || (alone && ReadLines($"/proc/{id}/comm") is [not "postgres"]));

    /// <summary>
    /// Puts a number that no process can have into the pid file and the socket's lock. The rest stays, as by it PostgreSQL finds out whether
    /// processes of the dead server still use its memory. Done as the server's user: root must not write through what that user may have linked.
    /// </summary>
    public Task DisownAsync(PostgresTools tools, CancellationToken cancellationToken)
    {
        var socketLock = Path.Combine(RunningSocketFolder() ?? cluster, ".s.PGSQL.5432.lock");
        return tools.RunAnyAsync(["sed", "-i", $"1s/.*/{HighestPid + 1}/", PidFile, socketLock], cancellationToken);
    }

    /// <summary>
    /// The folder of the socket: where the running server says it is, else the cluster's own folder (0700), else, when that path is too long
    /// for a socket or has characters that mean something in a connection string, a folder of the same owner in /tmp. Not $TMPDIR: a second
    /// process may have another.
    /// </summary>
    public string SocketFolder()
    {
        if (FindProcess() is not null && RunningSocketFolder() is { } running)
            return running;

        if (Encoding.UTF8.GetByteCount(cluster) + "/.s.PGSQL.5432".Length <= LongestSocketPath
            && cluster.All(character => char.IsAsciiLetterOrDigit(character) || character is '/' or '.' or '-' or '_'))
        {
            return cluster;
        }

        var user = owner ?? UnixFiles.Me;
        var folder = $"/tmp/patron-{user.User}-{PostgresCluster.Fingerprint(cluster)}";
        if (UnixFiles.TryMakeFolder(folder, PostgresCluster.OwnerOnly) && owner is not null)
            UnixFiles.SetOwner(folder, user);

        // Anybody can make a folder of that name: only one that nobody else can open may hold a socket without passwords.
        return UnixFiles.FindFolder(folder) is { Permissions: PostgresCluster.OwnerOnly } found && found.Owner.User == user.User
            ? folder
            : throw new PrivatePostgresException(
                $"'{folder}', for the database's socket, belongs to somebody else: remove it, or choose a shorter path with --data.");
    }

    private int? ReadPid() =>
        ReadLines(PidFile) is [var first, ..] && int.TryParse(first, CultureInfo.InvariantCulture, out var id) ? id : null;

    private string? RunningSocketFolder() => ReadLines(PidFile) is [_, _, _, _, { Length: > 0 } folder, ..] ? folder : null;

    /// <summary>The state stands behind the name, which may hold anything.</summary>
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
