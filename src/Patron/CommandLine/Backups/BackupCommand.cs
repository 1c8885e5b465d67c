using System.CommandLine;
using Patron.Backups;
using Patron.Hosting;
using Patron.Shared;
using Spectre.Console;

namespace Patron.CommandLine.Backups;

internal sealed record BackupSummary(string Folder, BackupManifest Manifest);

/// <summary><c>patron backup</c>: takes a backup while Patron runs, or proves that the newest one can be restored.</summary>
internal static class BackupCommand
{
    public static Command Build()
    {
        var folder = new Argument<string?>("FOLDER")
        {
            Description = "Folder for backups; it gets one folder for each. [default: the setting Backup:Folder]", Arity = ArgumentArity.ZeroOrOne,
        };
        var withKey = new Option<bool>("--with-key")
        {
            Description =
                "Include the master key and settings.json, encrypted with a passphrase: PATRON_BACKUP_PASSPHRASE, or asked on a terminal.",
        };
        var prove = new Option<bool>("--prove")
        {
            Description = "Take no backup, but restore the newest one into a temporary folder, start it and compare its rows.",
        };
        var command = new Command(
            "backup", "Take a backup of the database, also while Patron runs; or prove that the newest one can be restored.")
        {
            folder, withKey, prove,
        };
        var common = new CommonOptions(command);
        command.Options.Add(JsonOutput.Option);
        command.SetAction((line, cancellationToken) => CommandRunner.HandleErrorsAsync(
            () =>
            {
                var settings = common.Read(line);
                var backups = new BackupFolder(line.GetValue(folder) ?? settings.Backup.Folder ?? throw new CannotStartException(
                    "Name a folder: patron backup FOLDER, or set Backup:Folder."));
                return line.GetValue(prove)
                    ? ProveAsync(settings, backups, line.GetValue(JsonOutput.Option), cancellationToken)
                    : TakeAsync(settings, backups, line.GetValue(withKey), line.GetValue(JsonOutput.Option), cancellationToken);
            },
            cancellationToken, line.GetValue(JsonOutput.Option)));
        return command;
    }

    private static async Task<int> TakeAsync(
        PatronSettings settings, BackupFolder folder, bool withKey, bool isJson, CancellationToken cancellationToken)
    {
        settings.ThrowIfDataIsMissing();

        var passphrase = withKey ? Passphrase.New() : null;
        using var logs = CommandRunner.QuietLogs(settings);
        await using var database = await OpenDatabase.OpenAsync(settings, logs, cancellationToken);
        var source = new BackupSource(settings, database.ConnectionString, database.Server);
        var taken = await new WorkProgress("Taking a backup", fraction: null).ShowAsync(
            () => new TakeBackup(source, TimeProvider.System).HandleAsync(folder, passphrase, keepReceiving: false, cancellationToken));
        if (isJson)
        {
            JsonOutput.Print(new BackupSummary(taken.Backup.Location, taken.Backup.Manifest));
        }
        else
        {
            Describe(taken.Backup);
        }

        return 0;
    }

    private static void Describe(StoredBackup backup)
    {
        var rows = backup.Manifest.Counts is { } counts
            ? CommandOutput.Count(counts.Values.Sum(), "row")
            : "not counted, because another long write was running";
        Console.WriteLine($"Backup taken: {backup.Location} ({rows}).");
        if (backup.Manifest.Kind == BackupKind.Dump)
        {
            Console.WriteLine(
                "This is a dump, as of the moment it was begun. The point-in-time recovery of your PostgreSQL loses less; use it if you can.");
        }

        Console.WriteLine(backup.Manifest.HasKey
            ? "It contains the master key, encrypted. Without the passphrase it can't be restored."
            : $"It doesn't contain the master key ({backup.Manifest.KeyFingerprint}). Keep master.key or Keys__Master elsewhere: a restore needs it.");
    }

    private static async Task<int> ProveAsync(
        PatronSettings settings, BackupFolder folder, bool isJson, CancellationToken cancellationToken)
    {
        using var logs = CommandRunner.QuietLogs(settings);
        var restore = new RestoreDatabase(settings.PostgresBinaries, logs.CreateLogger<RestoreDatabase>());
        var proof = await new WorkProgress("Restoring the newest backup", fraction: null).ShowAsync(
            () => new ProveBackup(restore, TimeProvider.System).HandleAsync(folder, cancellationToken));
        if (isJson)
        {
            JsonOutput.Print(proof);
            return proof.Succeeded ? 0 : 1;
        }

        if (!proof.Succeeded)
        {
            return CommandOutput.Fail($"Backup {proof.Backup} could NOT be restored. {proof.Message}");
        }

        Console.WriteLine($"Backup {proof.Backup} can be restored: {proof.Message}");
        return 0;
    }
}

/// <summary>The passphrase of the secrets in a backup, from <c>PATRON_BACKUP_PASSPHRASE</c> or a terminal.</summary>
internal static class Passphrase
{
    private const string Variable = "PATRON_BACKUP_PASSPHRASE";

    /// <summary>A passphrase for a new backup. On a terminal it is typed twice.</summary>
    public static string New()
    {
        var passphrase = Given() ?? Ask("Passphrase for the master key");
        if (passphrase.Length < BackupSecrets.MinPassphraseLength)
        {
            throw new CannotStartException($"The passphrase needs {BackupSecrets.MinPassphraseLength} characters or more. Four random words are good.");
        }

        return Given() is not null || Ask("Passphrase again") == passphrase
            ? passphrase
            : throw new CannotStartException("The two passphrases differ. Nothing was done.");
    }

    /// <summary>The passphrase of an existing backup.</summary>
    public static string Existing() => Given() ?? Ask("Passphrase of the backup");

    private static string? Given() => Environment.GetEnvironmentVariable(Variable) is { Length: > 0 } text ? text : null;

    private static string Ask(string question)
    {
        if (Console.IsInputRedirected)
        {
            throw new CannotStartException($"Set {Variable} to the passphrase, or run this on a terminal.");
        }

        return AnsiConsole.Prompt(new TextPrompt<string>($"{question}:").Secret(mask: null));
    }
}
