using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using System.Text.RegularExpressions;
using Patron.Shared;
using Patron.Shared.Secrets;

namespace Patron.Backups;

/// <summary>A complete backup in a folder of its own.</summary>
internal sealed record StoredBackup(string Location, BackupManifest Manifest)
{
    public string Name => Path.GetFileName(Location);

    /// <summary>The files of the private PostgreSQL.</summary>
    public string BaseFolder => BackupFolder.BaseIn(Location);

    /// <summary>The WAL that was received since the base was begun.</summary>
    public string WalFolder => BackupFolder.WalIn(Location);

    public string DumpFile => BackupFolder.DumpIn(Location);

    /// <summary>The encrypted secrets, if the backup has them.</summary>
    public string SecretsFile => BackupFolder.SecretsIn(Location);

    /// <summary>The replication slot through which a server receives the WAL of this base.</summary>
    public string Slot => BackupFolder.SlotOf(Name);

    /// <summary>About when the last change in this backup was made.</summary>
    public DateTimeOffset LastChange() => Manifest.Kind == BackupKind.Base
        ? Directory.EnumerateFiles(WalFolder).Select(file => new DateTimeOffset(File.GetLastWriteTimeUtc(file))).Append(Manifest.TakenAt).Max()
        : Manifest.TakenAt;
}

/// <summary>
/// A folder of backups: one folder for each, named by its time, and files about all of them. A backup without <c>backup.json</c> is
/// incomplete; the next one deletes it. Only the user of Patron can read the folder.
/// </summary>
internal sealed partial class BackupFolder(string location)
{
    private const string ManifestName = "backup.json";
    private const string LockName = "backup.lock";
    private const string NameFormat = "yyyy-MM-dd'T'HH-mm-ss-fff'Z'";

    public string Location { get; } = Path.TrimEndingDirectorySeparator(Path.GetFullPath(location));

    /// <summary>What a restore to an earlier moment must not forget.</summary>
    public BackupLedger Ledger => new(Location);

    private string ProofFile => Path.Combine(Location, "proof.json");

    public static string BaseIn(string backup) => Path.Combine(backup, "postgres");

    public static string WalIn(string backup) => Path.Combine(backup, "wal");

    public static string DumpIn(string backup) => Path.Combine(backup, "database.dump");

    public static string SecretsIn(string backup) => Path.Combine(backup, "secrets.json");

    public static string SlotOf(string backup) =>
        "patron_" + Path.GetFileName(backup).Replace('-', '_').ToLowerInvariant();

    /// <summary>The complete backups, oldest first. Other folders are left out.</summary>
    public IReadOnlyList<StoredBackup> List() => [.. NewestFirst().Reverse()];

    /// <summary>The newest complete backup; null if there is none. Health checks ask often, so no older one is read.</summary>
    public StoredBackup? Newest() => NewestFirst().FirstOrDefault();

    /// <summary>Creates the folder and locks it while a backup is taken or deleted.</summary>
    /// <exception cref="CannotStartException">Another backup is being taken, or the folder cannot be written.</exception>
    public FileStream Lock()
    {
        try
        {
            OwnerOnlyPermissions.CreateFolder(Location);
            return OpenAlone(LockName);
        }
        catch (IOException busy) when (File.Exists(Path.Combine(Location, LockName)))
        {
            throw new CannotStartException($"Another backup is being taken in {Location}. Wait until it has finished.", busy);
        }
        catch (Exception refused) when (refused is UnauthorizedAccessException or IOException)
        {
            throw new CannotStartException(
                $"Patron can't write to the backup folder {Location}: {refused.Message} Choose another one.", refused);
        }
    }

    /// <summary>The turn of the one process that takes backups by schedule; null while another process has it.</summary>
    public FileStream? TryTakeTurn()
    {
        OwnerOnlyPermissions.CreateFolder(Location);
        try
        {
            return OpenAlone("schedule.lock");
        }
        catch (IOException)
        {
            return null;
        }
    }

    /// <summary>Deletes what interrupted backups left, and creates the folder of a new one. The caller holds the lock.</summary>
    public string Begin(DateTimeOffset now)
    {
        foreach (var incomplete in Directory.EnumerateDirectories(Location).Where(
            path => IsBackup(path) && !File.Exists(Path.Combine(path, ManifestName))))
        {
            try
            {
                Directory.Delete(incomplete, recursive: true);
            }
            catch (IOException)
            {
                // Programs of a killed Patron are about to end and delete files too. What stays is for the next backup.
            }
        }

        var backup = Path.Combine(Location, now.UtcDateTime.ToString(NameFormat, CultureInfo.InvariantCulture));
        OwnerOnlyPermissions.CreateFolder(backup);
        return backup;
    }

    /// <summary>Makes the backup complete.</summary>
    public static StoredBackup Complete(string backup, BackupManifest manifest)
    {
        Write(Path.Combine(backup, ManifestName), manifest, BackupJson.Default.BackupManifest);
        return new StoredBackup(backup, manifest);
    }

    /// <summary>Deletes the oldest backups and keeps this many. Returns the number of deleted ones. The caller holds the lock.</summary>
    public int DeleteOldest(int keep)
    {
        var expired = List().SkipLast(keep).ToList();
        foreach (var backup in expired)
        {
            // First the manifest, so that a backup that is deleted in part does not count as complete.
            File.Delete(Path.Combine(backup.Location, ManifestName));
            Directory.Delete(backup.Location, recursive: true);
        }

        return expired.Count;
    }

    public BackupProof? ReadProof()
    {
        try
        {
            return JsonSerializer.Deserialize(File.ReadAllBytes(ProofFile), BackupJson.Default.BackupProof);
        }
        catch (Exception missing) when (missing is IOException or JsonException)
        {
            return null;
        }
    }

    public void WriteProof(BackupProof proof) => Write(ProofFile, proof, BackupJson.Default.BackupProof);

    /// <summary>Writes a JSON file completely or not at all.</summary>
    internal static void Write<T>(string file, T value, JsonTypeInfo<T> type)
    {
        var temporary = file + ".new";
        using (var stream = new FileStream(temporary, new FileStreamOptions
        {
            Mode = FileMode.Create, Access = FileAccess.Write, UnixCreateMode = OwnerOnlyPermissions.File,
        }))
        {
            JsonSerializer.Serialize(stream, value, type);
            stream.Flush(flushToDisk: true);
        }

        File.Move(temporary, file, overwrite: true);
    }

    private IEnumerable<StoredBackup> NewestFirst() => Directory.Exists(Location)
        ? Directory.EnumerateDirectories(Location).Where(IsBackup).OrderDescending(StringComparer.Ordinal)
            .Select(path => (path, Manifest: BackupManifest.Read(Path.Combine(path, ManifestName))))
            .Where(found => found.Manifest is not null).Select(found => new StoredBackup(found.path, found.Manifest!))
        : [];

    private FileStream OpenAlone(string name) => new(Path.Combine(Location, name), new FileStreamOptions
    {
        Mode = FileMode.OpenOrCreate, Access = FileAccess.ReadWrite, Share = FileShare.None, UnixCreateMode = OwnerOnlyPermissions.File,
    });

    private static bool IsBackup(string path) => BackupName().IsMatch(Path.GetFileName(path));

    [GeneratedRegex(@"^\d{4}-\d\d-\d\dT\d\d-\d\d-\d\d-\d{3}Z$", RegexOptions.None, matchTimeoutMilliseconds: 1000)]
    private static partial Regex BackupName();
}
