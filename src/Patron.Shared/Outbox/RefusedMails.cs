using Npgsql;
using Patron.Shared.Database;
using Patron.Shared.Mail;

namespace Patron.Shared.Outbox;

/// <summary>The last mail to an address that was refused for good: when, and the answer of the recipient's server.</summary>
public sealed record MailRefusal(DateTimeOffset At, string Reason);

/// <summary>
/// Finds mails that the recipient's server has refused for good, so that staff can correct the address. Given-up messages are kept for 30
/// days (<see cref="OutboxWorker.Housekeeping"/>).
/// </summary>
public sealed class RefusedMails(DatabaseSession session)
{
    // The table holds waiting and given-up messages only, so it is read as a whole.
    private const string Sql = """
        SELECT DISTINCT ON (payload->>'To') payload->>'To', refused_at, last_error FROM shared.outbox_messages
        WHERE kind = $1 AND dead_at IS NOT NULL AND refused_at IS NOT NULL AND payload->>'To' = ANY ($2)
        ORDER BY payload->>'To', refused_at DESC
        """;

    /// <summary>The refusals to these addresses, by address as it is spelled.</summary>
    public Task<IReadOnlyDictionary<string, MailRefusal>> FindAsync(
        IReadOnlyCollection<string> addresses, CancellationToken cancellationToken) => session.OnConnectionAsync(
        async connection =>
        {
            var found = new Dictionary<string, MailRefusal>(StringComparer.Ordinal);
            await using var command = new NpgsqlCommand(Sql, connection);
            command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = OutgoingMail.OutboxKind });
            command.Parameters.Add(new NpgsqlParameter<string[]> { TypedValue = [.. addresses] });
            await using var reader = await command.ExecuteReaderAsync(cancellationToken);
            while (await reader.ReadAsync(cancellationToken))
            {
                var at = await reader.GetFieldValueAsync<DateTimeOffset>(1, cancellationToken);
                found[reader.GetString(0)] = new MailRefusal(at, reader.GetString(2));
            }

            return (IReadOnlyDictionary<string, MailRefusal>)found;
        },
        cancellationToken);
}
