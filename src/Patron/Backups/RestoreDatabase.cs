using Patron.Hosting;
using Patron.PrivatePostgres;
using Patron.Shared;

namespace Patron.Backups;

/// <summary>
/// Restores the database of a backup: a base into a new private server, a dump into a new private server or an empty database.
/// </summary>
internal sealed class RestoreDatabase(string? binariesFolder, ILogger logger)
{
    // PostgreSQL's message for a time after the last commit in the WAL.
    private const string TargetNotReached = "before configured recovery target was reached";

    /// <summary>
    /// Restores into the data folder and returns the running server. A time after the last change in the backup restores all of it.
    /// </summary>
    public async Task<PrivatePostgresServer> HandleAsync(
        StoredBackup backup, string dataFolder, RecoveryTarget target, bool isDurable, CancellationToken cancellationToken)
    {
        var options = new PrivatePostgresOptions { DataFolder = dataFolder, BinariesFolder = binariesFolder, Durable = isDurable };
        if (backup.Manifest.Kind == BackupKind.Dump)
        {
            var server = await PrivatePostgresServer.StartAsync(options, logger, cancellationToken);
            await LoadDumpAsync(backup, server.ConnectionString, cancellationToken);
            return server;
        }

        var copy = new ClusterCopy(backup.BaseFolder, backup.WalFolder, target);
        try
        {
            return await PrivatePostgresServer.StartAsync(options with { Source = copy }, logger, cancellationToken);
        }
        catch (PrivatePostgresException failure) when (
            target.Time is not null && failure.Message.Contains(TargetNotReached, StringComparison.Ordinal))
        {
            var all = copy with { Target = new RecoveryTarget() };
            return await PrivatePostgresServer.StartAsync(options with { Source = all }, logger, cancellationToken);
        }
        catch (Exception missing) when (missing is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new CannotStartException($"{backup.Name} is incomplete: {missing.Message} Restore an earlier backup with --at.", missing);
        }
    }

    /// <summary>Loads a dump into an empty database.</summary>
    public async Task LoadDumpAsync(StoredBackup backup, string connectionString, CancellationToken cancellationToken)
    {
        var tools = await PostgresTools.FindAsync(binariesFolder, null, null, cancellationToken);
        var result = await tools.RunAsync(
            "pg_restore", "/",
            [
                "--exit-on-error", "--no-owner", "--no-privileges", "--no-password", "--jobs", "2",
                "--dbname", LibpqConnection.Of(connectionString, "patron restore"), backup.DumpFile,
            ],
            cancellationToken, LibpqConnection.PasswordOf(connectionString));
        if (!result.Succeeded)
        {
            throw new CannotStartException($"The dump couldn't be loaded: {PostgresTools.FindReason(result.Output) ?? result.Output}");
        }
    }

    /// <summary>Deletes a data folder that was restored into, after its server has stopped.</summary>
    public static void DeleteFolder(string dataFolder)
    {
        // The cluster is elsewhere if PostgreSQL's user cannot enter the folder.
        if (new DirectoryInfo(Path.Combine(dataFolder, "postgres")).LinkTarget is { } elsewhere && Directory.Exists(elsewhere))
        {
            Directory.Delete(elsewhere, recursive: true);
        }

        if (Directory.Exists(dataFolder))
        {
            Directory.Delete(dataFolder, recursive: true);
        }
    }
}
