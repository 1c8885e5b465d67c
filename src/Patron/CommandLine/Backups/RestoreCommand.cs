using System.CommandLine;
using Npgsql;
using Patron.Backups;
using Patron.Hosting;
using Patron.PrivatePostgres;
using Patron.Shared;
using Patron.Shared.Callers;
using Patron.Shared.Database;
using Patron.Shared.Secrets;

namespace Patron.CommandLine.Backups;

/// <summary>
/// <c>patron restore</c>: restores a backup into a new data folder and prepares it for use. What fails is removed again; a restore that was
/// killed leaves a folder that no command accepts.
/// </summary>
internal static class RestoreCommand
{
    private static readonly Argument<string> Folder = new("FOLDER") { Description = "The folder of backups, as given to 'patron backup'." };

    private static readonly Option<DateTimeOffset?> At = new("--at")
    {
        Description = "The moment to restore, such as 2026-11-30T09:15Z. [default: the last change in the backup]", HelpName = "time",
    };

    private static readonly Option<string?> Key = new("--key")
    {
        Description =
            "The file master.key of the backed-up installation. Not needed for a backup taken with --with-key, or if Keys__Master is set.",
        HelpName = "file",
    };

    public static Command Build()
    {
        var command = new Command(
            "restore",
            "Restore a backup into a new data folder, given by --data. An existing folder is never changed. With ConnectionStrings__Patron a dump is loaded into that empty database.")
        {
            Folder, At, Key, AfterRestoreCommand.SendMail,
        };
        var common = new CommonOptions(command);
        command.SetAction((line, cancellationToken) => CommandRunner.HandleErrorsAsync(
            () => RestoreAsync(line, common, cancellationToken), cancellationToken));
        return command;
    }

    private static async Task<int> RestoreAsync(ParseResult line, CommonOptions common, CancellationToken cancellationToken)
    {
        var folder = new BackupFolder(line.GetRequiredValue(Folder));
        var dataFolder = common.DataFolder(line) ?? throw new CannotStartException("Name the new data folder: --data NEW.");
        if (Directory.Exists(dataFolder) && Directory.EnumerateFileSystemEntries(dataFolder).Any())
        {
            throw new CannotStartException($"{dataFolder} isn't empty. A restore changes no existing folder: choose a new one with --data.");
        }

        var before = common.Read(line);
        var backup = FindBackup.For(folder, line.GetValue(At));
        ThrowIfUnfit(backup, before);
        var ledger = folder.Ledger.Read();
        var secrets = FindSecrets(backup, before, line.GetValue(Key));
        PostgresCluster.CreateDataFolder(dataFolder);
        RestoreMarker.Set(dataFolder);
        try
        {
            secrets.WriteTo(dataFolder, isKeySet: before.MasterKey is not null);
            var settings = common.Read(line); // Again, with the restored settings.json.
            return await RestoreAsync(line, settings, ledger, backup, cancellationToken);
        }
        catch
        {
            RestoreDatabase.DeleteFolder(dataFolder);
            throw;
        }
    }

    private static async Task<int> RestoreAsync(
        ParseResult line, PatronSettings settings, LedgerContent ledger, StoredBackup backup, CancellationToken cancellationToken)
    {
        using var logs = CommandRunner.QuietLogs(settings);
        var restore = new RestoreDatabase(settings.PostgresBinaries, logs.CreateLogger<RestoreDatabase>());
        await using var server = await new WorkProgress($"Restoring {backup.Name}", fraction: null).ShowAsync(async () =>
        {
            if (settings.ConnectionString is null)
            {
                return await restore.HandleAsync(
                    backup, settings.DataFolder, new RecoveryTarget(Time: line.GetValue(At)), isDurable: true, cancellationToken);
            }

            await ThrowIfInUseAsync(settings.ConnectionString, cancellationToken);
            await restore.LoadDumpAsync(backup, settings.ConnectionString, cancellationToken);
            return null;
        });
        var connectionString = server?.ConnectionString ?? settings.ConnectionString!;
        await using (var services = await CommandRunner.StartServicesAsync(settings, connectionString, logs, cancellationToken))
        await using (var scope = services.CreateAsyncScope())
        {
            var context = new CommandContext(settings, scope.ServiceProvider, Caller.System(settings.Home.Id));
            var sendMail = line.GetValue(AfterRestoreCommand.SendMail);
            var summary = await AfterRestore.HandleAsync(context, ledger, sendMail, cancellationToken);
            RestoreMarker.Remove(settings.DataFolder);
            var lastChange = await DescribeLastChangeAsync(connectionString, cancellationToken);
            Console.WriteLine($"Restored {backup.Name} into {settings.DataFolder}. {lastChange}");
            AfterRestoreCommand.Describe(summary, sendMail);
        }

        return 0;
    }

    private static void ThrowIfUnfit(StoredBackup backup, PatronSettings settings)
    {
        if (backup.Manifest.Role != settings.Role)
        {
            var role = backup.Manifest.Role.ToString().ToLowerInvariant();
            throw new CannotStartException($"{backup.Name} is of the role {role}. Add --role {role}.");
        }

        if (backup.Manifest.Kind == BackupKind.Base && settings.ConnectionString is not null)
        {
            throw new CannotStartException(
                "This backup is of a private PostgreSQL and can't be loaded into another server. Unset ConnectionStrings__Patron, or restore it first and dump that.");
        }
    }

    // Before anything is copied: a database without its master key is of no use.
    private static RestoredSecrets FindSecrets(StoredBackup backup, PatronSettings settings, string? keyFile)
    {
        var secrets = (settings.MasterKey, keyFile) switch
        {
            ({ } text, _) => new RestoredSecrets(MasterKey.FromBase64(text), []),
            (_, { } file) when !File.Exists(file) => throw new CannotStartException($"There's no file {file}."),
            (_, { } file) => new RestoredSecrets(MasterKey.FromBase64(File.ReadAllText(file)), []),
            _ when backup.Manifest.HasKey => BackupSecrets.Read(backup.SecretsFile, Passphrase.Existing()),
            _ => throw new CannotStartException(
                $"This backup doesn't contain the master key. Give it with --key FILE (master.key of the old data folder) or Keys__Master. Its fingerprint is {backup.Manifest.KeyFingerprint}."),
        };
        return secrets.Key.Fingerprint == backup.Manifest.KeyFingerprint
            ? secrets
            : throw new CannotStartException(
                $"This is another master key: its fingerprint is {secrets.Key.Fingerprint}, and that of the backup is {backup.Manifest.KeyFingerprint}.");
    }

    private static async Task ThrowIfInUseAsync(string connectionString, CancellationToken cancellationToken)
    {
        await using var source = NpgsqlDataSource.Create(connectionString);
        await using var connection = await source.OpenConnectionAsync(cancellationToken);
        if (await DatabaseCompatibility.IsMigratedAsync(connection, cancellationToken))
        {
            throw new CannotStartException(
                "The database of ConnectionStrings__Patron isn't empty. A restore changes no existing database: create a new one.");
        }
    }

    private static async Task<string> DescribeLastChangeAsync(string connectionString, CancellationToken cancellationToken)
    {
        await using var source = NpgsqlDataSource.Create(connectionString);
        await using var command = source.CreateCommand(
            "SELECT at FROM shared.audit_entries WHERE action <> 'database.restored' ORDER BY at DESC, id DESC LIMIT 1");
        return await command.ExecuteScalarAsync(cancellationToken) is DateTime at ? $"The last change in it is from {at:u}." : "";
    }
}
