using Npgsql;
using Patron.Hosting;
using Patron.Shared.Checks;
using Patron.Shared.Mail;
using Patron.Shared.Outbox;

namespace Patron.Checks;

/// <summary>What <c>patron doctor</c> and the console say of mails.</summary>
internal static class MailChecks
{
    /// <summary>Whether the mail server can be used. Without one, mails are files.</summary>
    public static async Task<CheckResult> CheckServerAsync(MailOptions options, CancellationToken cancellationToken)
    {
        if (options.Host is not { } host)
        {
            return new CheckResult("mail", true, $"Mail:Host isn't set, so mails are written to files in {options.Folder}");
        }

        try
        {
            await new MailServer(options, TimeProvider.System).CheckAsync(cancellationToken);
            return new CheckResult(
                "mail", true,
                options.User is null ? $"{host}:{options.Port} answers" : $"{host}:{options.Port} answers and accepts the user and password");
        }
        catch (MailServerException failure)
        {
            return new CheckResult(
                "mail", false,
                $"{host}:{options.Port} can't be used ({failure.Message}). Mails wait in the outbox until it can.");
        }
    }

    /// <summary>Mails that wait until somebody decides, after a restore.</summary>
    public static async Task<IEnumerable<CheckResult>> CountParkedAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(ParkedMails.CountSql, connection);
        return (long)(await command.ExecuteScalarAsync(cancellationToken))! switch
        {
            0 => [],
            1 => [Parked("1 mail waited when the restored database was backed up. Send it with 'patron mail parked --send', or delete it with '--drop'.")],
            var many => [Parked($"{many} mails waited when the restored database was backed up. Send them with 'patron mail parked --send', or delete them with '--drop'.")],
        };

        static CheckResult Parked(string message) => new("parked mails", false, message);
    }

    public static IEnumerable<CheckResult> CheckLinks(PatronSettings settings) =>
        MailLinks.Problem(settings) is { } problem ? [new CheckResult("links in mails", false, problem)] : [];

    // Not an error of this installation: the mailbox doesn't exist any more, or its server doesn't want the message.
    public static async Task<IEnumerable<CheckResult>> CountRefusedAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(
            "SELECT count(*) FROM shared.outbox_messages WHERE dead_at IS NOT NULL AND refused_at IS NOT NULL", connection);
        return (long)(await command.ExecuteScalarAsync(cancellationToken))! switch
        {
            0 => [],
            1 => [Refused("1 mail refused by the recipient's server in the last 30 days; the console shows it under Mail")],
            var many => [Refused($"{many} mails refused by the recipients' servers in the last 30 days; the console shows them under Mail")],
        };

        static CheckResult Refused(string message) => new("refused mails", true, message);
    }
}
