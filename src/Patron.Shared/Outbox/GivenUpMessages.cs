using System.Globalization;
using Patron.Shared.Audit;
using Patron.Shared.Callers;
using Patron.Shared.Database;
using Patron.Shared.Inbox;
using Patron.Shared.Results;

namespace Patron.Shared.Outbox;

/// <summary>
/// A message that was given up: its kind, the mailbox and subject of a mail (null for other kinds), the last error, and whether the
/// recipient's server refused it.
/// </summary>
public sealed record GivenUpMessage(
    long Id, string Kind, string? To, string? Subject, int Attempts, string? LastError, bool IsRefused, DateTimeOffset CreatedAt,
    DateTimeOffset DeadAt);

/// <summary>The message that an item of the kind <see cref="InboxKind.MailGivenUp"/> is about.</summary>
public sealed record GivenUpDetails(GivenUpMessage Message) : InboxDetails;

/// <summary>
/// Messages that were given up, for administrators (403 for others): reads one, sends it again with new attempts, or drops it. 404 for one
/// that is not given up, also for the loser of two concurrent calls.
/// </summary>
public sealed class GivenUpMessages(DatabaseSession database, HomeOrganization home, TimeProvider time) : IInboxReader
{
    private const string Columns =
        "id, kind, payload->>'To', payload->>'Subject', attempts, last_error, refused_at IS NOT NULL, created_at, dead_at";

    private const string FindSql = $"SELECT {Columns} FROM shared.outbox_messages WHERE id = $1 AND dead_at IS NOT NULL";

    // The log of mails says in the same statement that the mail waits again.
    private const string RetrySql = """
        WITH retried AS (
            UPDATE shared.outbox_messages m SET dead_at = NULL, refused_at = NULL, attempts = 0, due_at = $2
            FROM (
                SELECT id AS found_id, dead_at AS was_dead_at, refused_at AS was_refused_at FROM shared.outbox_messages
                WHERE id = $1 FOR UPDATE) f
            WHERE m.id = f.found_id AND m.dead_at IS NOT NULL
            RETURNING id, kind, payload->>'To' AS recipient, payload->>'Subject' AS subject, attempts, last_error,
                f.was_refused_at IS NOT NULL AS was_refused, created_at, f.was_dead_at, mail_uid),
        logged AS (
            UPDATE shared.mail_log l SET state = 'queued', state_at = $2, attempts = 0 FROM retried WHERE l.uid = retried.mail_uid)
        SELECT id, kind, recipient, subject, attempts, last_error, was_refused, created_at, was_dead_at FROM retried
        """;

    private const string DropSql = $"DELETE FROM shared.outbox_messages WHERE id = $1 AND dead_at IS NOT NULL RETURNING {Columns}";

    private static readonly Error NotFound = Error.NotFound(
        "message_not_found", "There's no given-up message with this id. It may have been retried or dropped meanwhile.");

    /// <summary>The message.</summary>
    public async Task<Result<GivenUpMessage>> FindAsync(Caller caller, long id, CancellationToken cancellationToken)
    {
        if (Refuse(caller) is { } refused)
        {
            return refused;
        }

        return (await database.QueryAsync(FindSql, Read, cancellationToken, id)).SingleOrDefault() is { } found ? found : NotFound;
    }

    /// <summary>Sends the message within a second, with as many attempts as a new one.</summary>
    public Task<Result<GivenUpMessage>> RetryAsync(Caller caller, long id, CancellationToken cancellationToken) =>
        SettleAsync(caller, id, "message.retried", RetrySql, cancellationToken, time.GetDatabaseNow());

    /// <summary>Deletes the message unsent.</summary>
    public Task<Result<GivenUpMessage>> DropAsync(Caller caller, long id, CancellationToken cancellationToken) =>
        SettleAsync(caller, id, "message.dropped", DropSql, cancellationToken);

    public bool CanRead(InboxItem item) => item.Kind == InboxKind.MailGivenUp;

    public async Task<Result<InboxDetails>> ReadAsync(Caller caller, InboxItem item, CancellationToken cancellationToken) =>
        (await FindAsync(caller, long.Parse(item.Source, CultureInfo.InvariantCulture), cancellationToken))
            .Select<InboxDetails>(message => new GivenUpDetails(message));

    private async Task<Result<GivenUpMessage>> SettleAsync(
        Caller caller, long id, string action, string sql, CancellationToken cancellationToken, params object[] values)
    {
        if (Refuse(caller) is { } refused)
        {
            return refused;
        }

        await using var transaction = await database.BeginAsync(cancellationToken);
        if ((await database.QueryAsync(sql, Read, cancellationToken, [id, .. values])).SingleOrDefault() is not { } message)
        {
            return NotFound;
        }

        var after = $$"""{"message_id":{{message.Id.ToString(CultureInfo.InvariantCulture)}}}""";
        await database.AddAuditAsync(
            AuditEntry.For(caller, action, "organization", home.Id, time.GetDatabaseNow(), home.Id, after: after), cancellationToken);
        return await transaction.CommitAsync(message, cancellationToken);
    }

    private static Error? Refuse(Caller caller) => caller.IsAdmin
        ? null
        : Error.Forbidden("admin_required", "Only administrators can see and settle messages that were given up.");

    private static GivenUpMessage Read(RowCursor row) => new(
        row.Long(), row.Text(), row.OptionalText(), row.OptionalText(), row.Int(), row.OptionalText(), row.Flag(), row.Time(), row.Time());
}
