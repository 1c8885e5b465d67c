using System.Data;
using Npgsql;
using Patron.Hosting;
using Patron.PrivatePostgres;
using Patron.Shared;
using Patron.Shared.Secrets;

namespace Patron.Backups;

/// <summary>The database that is backed up: the private server, or another one if <see cref="Private"/> is null.</summary>
internal sealed record BackupSource(PatronSettings Settings, string ConnectionString, PrivatePostgresServer? Private)
{
    /// <summary>
    /// A connection for work on as many rows as there are, so its statements have no time limit. Not pooled, because the private server may
    /// be stopped right afterwards.
    /// </summary>
    public async Task<NpgsqlConnection> OpenAsync(CancellationToken cancellationToken)
    {
        var connection = new NpgsqlConnection(
            new NpgsqlConnectionStringBuilder(ConnectionString) { Pooling = false, CommandTimeout = 0 }.ConnectionString);
        await connection.OpenAsync(cancellationToken);
        return connection;
    }
}

/// <summary>A new backup. Its WAL is still received if the caller asked for it; the caller disposes the receiver.</summary>
internal sealed record TakenBackup(StoredBackup Backup, WalReceiver? Receiver);

/// <summary>
/// Takes a backup of the database while it is in use: of the private server a verified base with the WAL since its beginning, of another
/// server a dump. A backup that fails or is interrupted leaves nothing that counts as one.
/// </summary>
internal sealed class TakeBackup(BackupSource source, TimeProvider time)
{
    // A second. At full speed two cores keep only half of their creates beside a base (bench/RESULTS.md, 'Backups').
    private const string MaxRate = "32M";

    /// <param name="passphrase">Encrypts the master key and the settings into the backup; null leaves them out.</param>
    /// <param name="keepReceiving">Whether the WAL of a base is received after the end.</param>
    /// <exception cref="PrivatePostgresException">A program of PostgreSQL failed.</exception>
    /// <exception cref="CannotStartException">The folder is in use or cannot be written.</exception>
    public async Task<TakenBackup> HandleAsync(
        BackupFolder folder, string? passphrase, bool keepReceiving, CancellationToken cancellationToken)
    {
        using var folderLock = folder.Lock();
        await EndAbandonedAsync(cancellationToken);
        var location = folder.Begin(time.GetUtcNow());
        try
        {
            return source.Private is { } server
                ? await TakeBaseAsync(server, folder, location, passphrase, keepReceiving, cancellationToken)
                : await TakeDumpAsync(folder, location, passphrase, cancellationToken);
        }
        catch
        {
            Directory.Delete(location, recursive: true);
            throw;
        }
    }

    // Programs of a killed Patron may still write into the folder.
    private async Task EndAbandonedAsync(CancellationToken cancellationToken)
    {
        if (source.Private is not null)
        {
            await using var connection = await source.OpenAsync(cancellationToken);
            await BackupSlots.EndAbandonedAsync(connection, cancellationToken);
        }
    }

    private async Task<TakenBackup> TakeBaseAsync(
        PrivatePostgresServer server, BackupFolder folder, string location, string? passphrase, bool keepReceiving,
        CancellationToken cancellationToken)
    {
        await using var holder = await source.OpenAsync(cancellationToken);
        await BackupSlots.CreateTemporaryAsync(holder, BackupSlots.TemporaryOf(location), cancellationToken);
        var receiver = await StartReceivingAsync(server, holder, location, keepReceiving, cancellationToken);
        var isKept = false;
        try
        {
            var moment = await CopyFilesAsync(server, location, receiver, cancellationToken);
            var backup = await CompleteAsync(folder, location, moment, passphrase, cancellationToken);
            isKept = keepReceiving;
            return new TakenBackup(backup, keepReceiving ? receiver : null);
        }
        finally
        {
            if (!isKept)
            {
                await receiver.DisposeAsync();
            }
        }
    }

    private async Task<TakenBackup> TakeDumpAsync(
        BackupFolder folder, string location, string? passphrase, CancellationToken cancellationToken)
    {
        var moment = await DumpAsync(location, cancellationToken);
        return new TakenBackup(await CompleteAsync(folder, location, moment, passphrase, cancellationToken), Receiver: null);
    }

    private async Task<StoredBackup> CompleteAsync(
        BackupFolder folder, string location, CountedMoment moment, string? passphrase, CancellationToken cancellationToken)
    {
        if (passphrase is not null)
        {
            BackupSecrets.Write(BackupFolder.SecretsIn(location), source.Settings, passphrase);
        }

        return BackupFolder.Complete(location, await DescribeAsync(folder, moment, passphrase is not null, cancellationToken));
    }

    private static async Task<WalReceiver> StartReceivingAsync(
        PrivatePostgresServer server, NpgsqlConnection connection, string location, bool isKept, CancellationToken cancellationToken)
    {
        OwnerOnlyPermissions.CreateFolder(BackupFolder.WalIn(location));
        if (!isKept)
        {
            return WalReceiver.StartWithoutSlot(server, location, BackupSlots.TemporaryOf(location));
        }

        var slot = BackupFolder.SlotOf(location);
        await BackupSlots.CreateAsync(connection, slot, cancellationToken);
        return WalReceiver.Start(server, location, slot);
    }

    private static async Task<CountedMoment> CopyFilesAsync(
        PrivatePostgresServer server, string location, WalReceiver receiver, CancellationToken cancellationToken)
    {
        var folder = BackupFolder.BaseIn(location);
        var connection = LibpqConnection.Of(server.ConnectionString, BackupSlots.TemporaryOf(location));
        await receiver.CatchUpAsync(cancellationToken); // Every change since the base begins is in it or in the WAL.
        await RunAsync(
            server.Clients, "pg_basebackup",
            [
                "--pgdata", folder, "--wal-method", "stream", "--checkpoint", "fast", "--max-rate", MaxRate, "--no-password",
                "--dbname", connection,
            ],
            cancellationToken);
        await RunAsync(server.Clients, "pg_verifybackup", [folder], cancellationToken);
        var moment = await BackupCounts.AtRestorePointAsync(
            server.ConnectionString, BackupFolder.SlotOf(location), cancellationToken);
        await receiver.CatchUpAsync(moment.Position, cancellationToken);
        return moment;
    }

    // The dump and the counts are of the same snapshot.
    private async Task<CountedMoment> DumpAsync(string location, CancellationToken cancellationToken)
    {
        await using var connection = await source.OpenAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(IsolationLevel.RepeatableRead, cancellationToken);
        await using var command = new NpgsqlCommand("SELECT clock_timestamp(), pg_export_snapshot()", connection);
        DateTimeOffset at;
        string snapshot;
        await using (var reader = await command.ExecuteReaderAsync(cancellationToken))
        {
            await reader.ReadAsync(cancellationToken);
            (at, snapshot) = (await reader.GetFieldValueAsync<DateTimeOffset>(0, cancellationToken), reader.GetString(1));
        }

        var tools = await PostgresTools.FindAsync(source.Settings.PostgresBinaries, null, null, cancellationToken);
        await RunAsync(
            tools, "pg_dump",
            [
                "--format", "custom", "--snapshot", snapshot, "--no-owner", "--no-privileges", "--no-password",
                "--file", BackupFolder.DumpIn(location), "--dbname", LibpqConnection.Of(source.ConnectionString, "patron backup"),
            ],
            cancellationToken, LibpqConnection.PasswordOf(source.ConnectionString));
        return new CountedMoment(at, "", null, await BackupCounts.ReadAsync(connection, cancellationToken));
    }

    private async Task<BackupManifest> DescribeAsync(
        BackupFolder folder, CountedMoment moment, bool hasKey, CancellationToken cancellationToken)
    {
        await using var connection = await source.OpenAsync(cancellationToken);
        var master = source.Settings.ReadMasterKey();
        await folder.Ledger.UpdateAsync(connection, master, cancellationToken);
        var migrations = new Dictionary<string, string>(StringComparer.Ordinal);
        await using var command = new NpgsqlCommand("SELECT module, max(name) FROM shared.migrations GROUP BY 1 ORDER BY 1", connection);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            migrations[reader.GetString(0)] = reader.GetString(1);
        }

        return new BackupManifest
        {
            Kind = source.Private is null ? BackupKind.Dump : BackupKind.Base, Role = source.Settings.Role, Version = Health.Version,
            Postgres = connection.PostgreSqlVersion.Major, TakenAt = moment.At, Migrations = migrations, Counts = moment.Counts,
            RestorePoint = moment.RestorePoint, KeyFingerprint = master.Fingerprint, HasKey = hasKey,
        };
    }

    private static async Task RunAsync(
        PostgresTools tools, string program, string[] arguments, CancellationToken cancellationToken, string? password = null)
    {
        var result = await tools.RunAsync(program, "/", arguments, cancellationToken, password);
        if (!result.Succeeded)
        {
            throw new PrivatePostgresException($"The backup failed: {PostgresTools.FindReason(result.Output) ?? result.Output}");
        }
    }
}
