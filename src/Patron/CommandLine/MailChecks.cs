using Npgsql;
using Patron.Hosting;

namespace Patron.CommandLine;

/// <summary>What <c>patron doctor</c> says of mails, besides the server that sends them. Nothing where there is nothing to say.</summary>
internal static class MailChecks
{
    public static IEnumerable<CheckResult> CheckLinks(PatronSettings settings) =>
        MailLinks.Problem(settings) is { } problem ? [new CheckResult("links in mails", false, problem)] : [];

    // Not an error of this installation: the mailbox doesn't exist any more, or its server doesn't want the message.
    public static async Task<IEnumerable<CheckResult>> CountRefusedAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(
            "SELECT count(*) FROM shared.outbox_messages WHERE dead_at IS NOT NULL AND refused_at IS NOT NULL", connection);
        var refused = (long)(await command.ExecuteScalarAsync(cancellationToken))!;
        var words =
            $"{CommandOutput.Count(refused, "mail")} refused by the recipients' servers in the last 30 days; see last_error in shared.outbox_messages";
        return refused == 0 ? [] : [new CheckResult("refused mails", true, words)];
    }
}
