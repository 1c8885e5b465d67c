using Npgsql;
using Patron.Hosting;

namespace Patron.Backups;

/// <summary>
/// How far the last backup is. <see cref="WalDelay"/> is how much of the latest changes would be lost with the database; null if no WAL is
/// received.
/// </summary>
internal sealed record BackupState(StoredBackup? Newest, bool IsLate, TimeSpan? WalDelay, BackupProof? Proof)
{
    private static readonly TimeSpan MaxWalDelay = TimeSpan.FromMinutes(1);

    /// <summary>Whether the server's WAL should be received and is not, or comes too late.</summary>
    public bool IsWalLate => Newest?.Manifest.Kind == BackupKind.Base && (WalDelay is not { } delay || delay > MaxWalDelay);

    public bool IsGood => !IsLate && !IsWalLate && Proof is not { Succeeded: false };
}

/// <summary>Reads the state of the scheduled backups from their folder and the database; null if none are scheduled.</summary>
internal sealed class ReadBackupState(PatronSettings settings, TimeProvider time)
{
    // A backup of a large database takes a while, and one that failed is tried again.
    private static readonly TimeSpan Patience = TimeSpan.FromHours(1);

    // A receiver answers at least once a second. If it has everything, nothing would be lost, however long nothing was written.
    private const string WalDelaySql = $"""
        SELECT min(CASE WHEN r.flush_lsn >= pg_current_wal_flush_lsn() THEN interval '0' ELSE clock_timestamp() - r.reply_time END)
        FROM pg_replication_slots s JOIN pg_stat_replication r ON r.pid = s.active_pid WHERE s.slot_name ~ '{BackupSlots.Pattern}'
        """;

    public async Task<BackupState?> HandleAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        if (settings.Backup.Folder is not { } location)
        {
            return null;
        }

        var folder = new BackupFolder(location);
        var newest = folder.Newest();
        return new BackupState(newest, IsLate(newest), await ReadWalDelayAsync(connection, cancellationToken), folder.ReadProof());
    }

    // Late is a backup after which two more were due: the next one may be running.
    private bool IsLate(StoredBackup? newest)
    {
        if (newest is null)
        {
            return true;
        }

        var next = settings.Backup.NextAfter(newest.Manifest.TakenAt);
        return next is { } first && (settings.Backup.NextAfter(first) ?? first) + Patience < time.GetUtcNow();
    }

    private async Task<TimeSpan?> ReadWalDelayAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        if (settings.ConnectionString is not null)
        {
            return null;
        }

        await using var command = new NpgsqlCommand(WalDelaySql, connection);
        return await command.ExecuteScalarAsync(cancellationToken) as TimeSpan?;
    }
}
