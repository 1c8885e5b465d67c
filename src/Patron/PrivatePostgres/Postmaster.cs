using System.Globalization;
using System.Text;

namespace Patron.PrivatePostgres;

/// <summary>The server process of a cluster, as its pid file tells: whether it lives, and where it listens.</summary>
internal sealed class Postmaster(string cluster, UnixOwner? owner)
{
    private const int LongestSocketPath = 107;

    private string PidFile => Path.Combine(cluster, "postmaster.pid");

    /// <summary>
    /// The living server's process id. A number in the file is no proof, it may be stale and somebody else's by now; a process with our socket on its
    /// command line is one. (Its working folder would say so, too, but root in a container may not read that.)
    /// </summary>
    public int? FindProcess() =>
        ReadPid() is { } id && RunningSocketFolder() is { } socket
        && ReadLines($"/proc/{id}/cmdline") is [var command] && command.Contains(PrivatePostgresSettings.SocketSetting(socket), StringComparison.Ordinal)
            ? id
            : null;

    /// <summary>
    /// PostgreSQL takes a stale pid file for a living server when its number is in use again by the same user. In a container, where numbers
    /// start at 1, Patron's own threads are enough for that. Call it only when nobody else uses the cluster.
    /// </summary>
    public void ForgetReusedPid()
    {
        if (ReadPid() is { } id && ProcessName(id) is not (null or "postgres"))
            File.Delete(PidFile);
    }

    /// <summary>
    /// The folder of the socket: where the running server says it is, else the cluster's own folder (0700), else, when that path is too long
    /// for a socket or has characters that mean something in a connection string, a folder of the same owner in /tmp. Not $TMPDIR: a second process may
    /// have another.
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
            : throw new PrivatePostgresException($"'{folder}', for the database's socket, belongs to somebody else: remove it, or choose a shorter path with --data.");
    }

    private int? ReadPid() =>
        ReadLines(PidFile) is [var first, ..] && int.TryParse(first, CultureInfo.InvariantCulture, out var id) ? id : null;

    private string? RunningSocketFolder() => ReadLines(PidFile) is [_, _, _, _, { Length: > 0 } folder, ..] ? folder : null;

    private static string? ProcessName(int id) => ReadLines($"/proc/{id}/comm") is [var name, ..] ? name : null;

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
