using System.Globalization;

namespace Patron.PrivatePostgres;

/// <summary>
/// Where the replay of WAL ends: at a restore point, after the last commit before a time, or at the end of the WAL if neither is set.
/// </summary>
internal sealed record RecoveryTarget(string? RestorePoint = null, DateTimeOffset? Time = null)
{
    /// <summary>The server settings of the recovery. Connections are refused until it is complete.</summary>
    public IEnumerable<(string Name, string Value)> Settings()
    {
        yield return ("restore_command", "false"); // All WAL is in the cluster's own folder already.
        yield return ("hot_standby", "off");
        yield return ("recovery_target_action", "promote");
        if (RestorePoint is not null)
            yield return ("recovery_target_name", RestorePoint);
        if (Time is { } time)
            yield return ("recovery_target_time", time.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss.ffffff'+00'", CultureInfo.InvariantCulture));
    }
}

/// <summary>
/// A base backup and the WAL that was received since. A cluster that is created from them replays the WAL at its first start.
/// </summary>
internal sealed record ClusterCopy(string BaseFolder, string WalFolder, RecoveryTarget Target)
{
    private const string PartialSuffix = ".partial";

    /// <summary>Copies the files into an empty folder of the server's user and marks it for recovery.</summary>
    public void CopyTo(string folder, UnixOwner? owner, CancellationToken cancellationToken)
    {
        CopyFolder(BaseFolder, folder, owner, cancellationToken);
        var wal = Path.Combine(folder, "pg_wal");
        // The last segment was still being received. PostgreSQL replays it as far as its records are valid. A complete segment of the same
        // name comes later in this order and replaces it.
        foreach (var segment in Directory.EnumerateFiles(WalFolder).OrderByDescending(IsPartial))
        {
            cancellationToken.ThrowIfCancellationRequested();
            CopyFile(segment, Path.Combine(wal, Path.GetFileName(segment).Replace(PartialSuffix, "", StringComparison.Ordinal)), owner);
        }

        var signal = Path.Combine(folder, "recovery.signal");
        File.WriteAllText(signal, "");
        SetOwner(signal, owner);
    }

    private static bool IsPartial(string segment) => segment.EndsWith(PartialSuffix, StringComparison.Ordinal);

    private static void CopyFolder(string source, string target, UnixOwner? owner, CancellationToken cancellationToken)
    {
        // Patron's bases have none, and root would copy what they lead to.
        if (new DirectoryInfo(source).EnumerateFileSystemInfos().FirstOrDefault(file => file.LinkTarget is not null) is { } link)
        {
            throw new PrivatePostgresException($"The backup contains a symbolic link, {link.FullName}, and can't be restored. Delete the link if it is yours.");
        }

        foreach (var file in Directory.EnumerateFiles(source).Where(file => !BelongsToProcess(Path.GetFileName(file))))
        {
            cancellationToken.ThrowIfCancellationRequested();
            CopyFile(file, Path.Combine(target, Path.GetFileName(file)), owner);
        }

        foreach (var child in Directory.EnumerateDirectories(source))
        {
            var copy = Path.Combine(target, Path.GetFileName(child));
            UnixFiles.TryCreateFolder(copy, PostgresCluster.OwnerOnlyMode);
            SetOwner(copy, owner);
            CopyFolder(child, copy, owner, cancellationToken);
        }
    }

    // Lock and log files of the server that the backup was taken from, and the manifest of the backup.
    private static bool BelongsToProcess(string name) =>
        name is "postmaster.pid" or "postmaster.opts" or PrivatePostgresServer.LogFile or "backup_manifest"
        || name.StartsWith(".s.PGSQL", StringComparison.Ordinal);

    private static void CopyFile(string source, string target, UnixOwner? owner)
    {
        File.Copy(source, target, overwrite: true);
        SetOwner(target, owner);
    }

    private static void SetOwner(string path, UnixOwner? owner)
    {
        if (owner is { } user)
            UnixFiles.SetOwner(path, user);
    }
}
