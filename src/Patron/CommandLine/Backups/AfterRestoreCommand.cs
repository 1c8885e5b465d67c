using System.CommandLine;
using Patron.Backups;
using Patron.Shared;

namespace Patron.CommandLine.Backups;

/// <summary><c>patron after-restore</c>: prepares a database that another tool has restored for use.</summary>
internal static class AfterRestoreCommand
{
    public static Option<bool> SendMail { get; } = new("--send-mail")
    {
        Description = "Send the mails that waited at the restored moment, although most of them were sent already.",
    };

    public static Command Build()
    {
        var from = new Option<string?>("--from")
        {
            Description = "The folder of backups, with the erasures and numbers since. [default: the setting Backup:Folder]", HelpName = "folder",
        };
        var command = new Command(
            "after-restore",
            "Prepare a database that was restored by other means, before any server runs on it: end all sessions, replace the signing key, skip numbers, repeat erasures, park mails, make the next sync a full one. 'patron restore' does this by itself.")
        {
            from, SendMail, Confirmation.Yes,
        };
        command.RunsOn(
            new CommonOptions(command), [ProcessRole.All, ProcessRole.Accounts, ProcessRole.Customers],
            async (line, context, cancellationToken) =>
            {
                if (!Confirmation.IsGiven(line, "Everybody will have to sign in again. Stop all servers first. Go on?"))
                {
                    return 1;
                }

                var folder = line.GetValue(from) ?? context.Settings.Backup.Folder;
                var summary = await AfterRestore.HandleAsync(
                    context, folder is null ? LedgerContent.Empty : new BackupFolder(folder).Ledger.Read(), line.GetValue(SendMail), cancellationToken);
                Describe(summary, line.GetValue(SendMail));
                return 0;
            });
        return command;
    }

    /// <summary>Prints what was done.</summary>
    public static void Describe(AfterRestoreSummary summary, bool sendMail)
    {
        if (summary.EndedSessions is { } sessions)
        {
            Console.WriteLine($"Ended {CommandOutput.Count(sessions, "session")} and replaced the signing key: everybody signs in again.");
            Console.WriteLine("Passwords and API keys are those of the restored moment. Revoke keys again that were revoked since.");
        }

        Console.WriteLine($"Moved {CommandOutput.Count(summary.Sequences, "sequence")} of numbers on, so that no number is given twice.");
        if (summary.RepeatedErasures is { } erased)
        {
            Console.WriteLine(erased == 0
                ? "Nobody was erased since the restored moment."
                : $"Erased {CommandOutput.Count(erased, "customer")} again: they were erased after the restored moment.");
        }
        else if (summary.CorrectedCounters is not null)
        {
            Console.WriteLine("There's no list of erasures in a backup folder: erase again who was erased since the restored moment.");
        }

        if (sendMail)
        {
            Console.WriteLine("Mails that waited are sent by the next server.");
        }
        else if (summary.ParkedMails > 0)
        {
            Console.WriteLine($"Parked {CommandOutput.Count(summary.ParkedMails, "mail")} that waited. 'patron mail parked --send' sends them, '--drop' deletes them.");
        }

        if (summary.CorrectedCounters is not null)
        {
            Console.WriteLine("Recounted the statistics. The next sync with the ERP is a full one.");
        }
    }
}
