using NpgsqlTypes;
using Patron.Shared.Callers;
using Patron.Shared.Database;
using Patron.Shared.Results;
using Patron.Shared.Text;

namespace Patron.Shared.Mail;

/// <summary>
/// A mail of the last 90 days: what it was about, whom it was for, and what has become of it. The message's id is set while it can be
/// retried or dropped.
/// </summary>
public sealed record LoggedMail(
    long Id, MailKind Kind, MailState State, Guid? UserId, Guid? CustomerUid, int Attempts, DateTimeOffset QueuedAt, DateTimeOffset StateAt,
    long? GivenUpMessage);

/// <summary>
/// Lists the mails of the installation, newest first, for administrators (403 for others). Without texts and addresses, which the log does
/// not have.
/// </summary>
public sealed class ListMails(DatabaseSession database)
{
    public const int PageSize = 50;

    // Along ix_mail_log_queued_at. A mail has one message until it was sent or dropped.
    private const string Sql = """
        SELECT l.id, l.kind, l.state, l.user_id, l.customer_uid, l.attempts, l.queued_at, l.state_at,
            (SELECT m.id FROM shared.outbox_messages m WHERE m.mail_uid = l.uid AND m.dead_at IS NOT NULL LIMIT 1)
        FROM shared.mail_log l
        WHERE ($1::text IS NULL OR l.state = $1)
            AND ($2 = 0 OR (l.queued_at, l.id) < (SELECT b.queued_at, b.id FROM shared.mail_log b WHERE b.id = $2))
        ORDER BY l.queued_at DESC, l.id DESC LIMIT $3
        """;

    private static readonly Error AdminsOnly = Error.Forbidden("admin_required", "Only administrators can see the mails of all people.");

    /// <summary>A page of mails in this state, or in all, before this one; 0 begins with the newest.</summary>
    public async Task<Result<IReadOnlyList<LoggedMail>>> HandleAsync(
        Caller caller, MailState? state, long before, CancellationToken cancellationToken) => caller.IsAdmin
        ? await database.QueryAsync(
            Sql, Read, cancellationToken,
            OptionalParameter.Of(state is { } one ? EnumNames<MailState>.Of(one) : null, NpgsqlDbType.Text), before, PageSize)
        : AdminsOnly;

    private static LoggedMail Read(RowCursor row) => new(
        row.Long(), row.EnumValue<MailKind>(), row.EnumValue<MailState>(), row.OptionalUuid(), row.OptionalUuid(), row.Int(), row.Time(),
        row.Time(), row.OptionalLong());
}
