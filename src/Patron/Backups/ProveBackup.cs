using Npgsql;
using Patron.PrivatePostgres;
using Patron.Shared;

namespace Patron.Backups;

/// <summary>
/// Proves that the newest backup can be restored: restores it into a temporary folder, starts it, and compares the number of rows of each
/// table with those that were counted when it was taken. The outcome is kept in the backup folder.
/// </summary>
internal sealed class ProveBackup(RestoreDatabase restore, TimeProvider time)
{
    /// <exception cref="CannotStartException">The folder has no backup.</exception>
    public async Task<BackupProof> HandleAsync(BackupFolder folder, CancellationToken cancellationToken)
    {
        var backup = folder.Newest() ?? throw new CannotStartException($"There's no backup in {folder.Location}.");
        var (succeeded, message) = await TryAsync(backup, cancellationToken);
        var proof = new BackupProof(time.GetUtcNow(), backup.Name, succeeded, message);
        folder.WriteProof(proof);
        return proof;
    }

    private async Task<(bool Succeeded, string Message)> TryAsync(StoredBackup backup, CancellationToken cancellationToken)
    {
        var data = Path.Combine(Path.GetTempPath(), $"patron-proof-{Guid.NewGuid():N}");
        try
        {
            // Fast and not durable, because it is deleted again.
            await using var server = await restore.HandleAsync(
                backup, data, new RecoveryTarget(backup.Manifest.RestorePoint), isDurable: false, cancellationToken);
            return Compare(backup.Manifest.Counts, await CountAsync(server, cancellationToken));
        }
        catch (Exception failure) when (failure is PrivatePostgresException or CannotStartException or IOException or NpgsqlException)
        {
            return (false, failure.Message);
        }
        finally
        {
            RestoreDatabase.DeleteFolder(data);
        }
    }

    private static async Task<IReadOnlyDictionary<string, long>> CountAsync(
        PrivatePostgresServer server, CancellationToken cancellationToken)
    {
        await using var connection = new NpgsqlConnection(
            new NpgsqlConnectionStringBuilder(server.ConnectionString) { Pooling = false }.ConnectionString);
        await connection.OpenAsync(cancellationToken);
        return await BackupCounts.ReadAsync(connection, cancellationToken);
    }

    private static (bool Succeeded, string Message) Compare(
        IReadOnlyDictionary<string, long>? expected, IReadOnlyDictionary<string, long> found)
    {
        if (expected is null)
        {
            return (true, $"{found.Values.Sum()} rows in {found.Count} tables. They couldn't be compared: another write was running when the backup was taken.");
        }

        var differences = expected.Where(table => found.GetValueOrDefault(table.Key, -1) != table.Value).ToList();
        return differences.Count == 0
            ? (true, $"{found.Values.Sum()} rows in {found.Count} tables, as when it was taken.")
            : (false, $"The restored database differs: {string.Join(", ", differences.Select(
                table => $"{table.Key} has {found.GetValueOrDefault(table.Key, 0)} rows instead of {table.Value}"))}.");
    }
}
