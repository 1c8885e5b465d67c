using Npgsql;
using Patron.Hosting;
using Patron.Shared.Checks;
using Patron.Shared.Mail;
using Patron.Shared.Outbox;

namespace Patron.Checks;

/// <summary>What <c>patron doctor</c> and the console say of mails.</summary>
internal static class MailChecks
{
    private const string RefusedSql = "SELECT count(*) FROM shared.outbox_messages WHERE dead_at IS NOT NULL AND refused_at IS NOT NULL";

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
    public static async Task<IEnumerable<CheckResult>> CountParkedAsync(NpgsqlConnection connection, CancellationToken cancellationToken) =>
        CountChecks.Describe(
            "parked mails", isGood: false, await connection.CountAsync(ParkedMails.CountSql, cancellationToken),
            "1 mail waited when the restored database was backed up. Send it with 'patron mail parked --send', or delete it with '--drop'.",
            count => $"{count} mails waited when the restored database was backed up. Send them with 'patron mail parked --send', or delete them with '--drop'.");

    public static IEnumerable<CheckResult> CheckLinks(PatronSettings settings) =>
        MailLinks.Problem(settings) is { } problem ? [new CheckResult("links in mails", false, problem)] : [];

    // Not an error of this installation: the mailbox doesn't exist any more, or its server doesn't want the message.
    public static async Task<IEnumerable<CheckResult>> CountRefusedAsync(NpgsqlConnection connection, CancellationToken cancellationToken) =>
        CountChecks.Describe(
            "refused mails", isGood: true, await connection.CountAsync(RefusedSql, cancellationToken),
            "1 mail refused by the recipient's server in the last 30 days; the console shows it under Mail",
            count => $"{count} mails refused by the recipients' servers in the last 30 days; the console shows them under Mail");
}
