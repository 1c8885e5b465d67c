using Patron.Shared.Database;
using Patron.Shared.Mail;

namespace Patron.Shared.Outbox;

/// <summary>
/// Mails that wait until somebody lets them go: those that waited at the moment to which a database was restored. Most of them were sent
/// after that moment already. A parked mail is a message that is never due.
/// </summary>
public sealed class ParkedMails(DatabaseSession database, TimeProvider time)
{
    /// <summary>The number of parked mails; for checks that have a connection of their own.</summary>
    public const string CountSql = "SELECT count(*) FROM shared.outbox_messages WHERE due_at = 'infinity'";

    private const string ParkSql = """
        UPDATE shared.outbox_messages SET due_at = 'infinity', attempts = 0 WHERE kind = $1 AND dead_at IS NULL
        """;

    private const string SendSql = "UPDATE shared.outbox_messages SET due_at = $1 WHERE due_at = 'infinity'";

    private const string DropSql = """
        WITH dropped AS (DELETE FROM shared.outbox_messages WHERE due_at = 'infinity' RETURNING mail_uid),
        logged AS (
            UPDATE shared.mail_log l SET state = 'given_up', state_at = $1 FROM dropped WHERE l.uid = dropped.mail_uid)
        SELECT count(*) FROM dropped
        """;

    /// <summary>Parks all waiting mails and returns their number.</summary>
    public Task<int> ParkAsync(CancellationToken cancellationToken) =>
        database.ExecuteLongAsync(ParkSql, cancellationToken, OutgoingMail.OutboxKind);

    public async Task<long> CountAsync(CancellationToken cancellationToken) =>
        (await database.QueryAsync(CountSql, row => row.Long(), cancellationToken))[0];

    /// <summary>Lets all parked mails go; running servers send them within a second. Returns their number.</summary>
    public Task<int> SendAsync(CancellationToken cancellationToken) =>
        database.ExecuteLongAsync(SendSql, cancellationToken, time.GetDatabaseNow());

    /// <summary>Deletes all parked mails unsent and returns their number.</summary>
    public async Task<long> DropAsync(CancellationToken cancellationToken) =>
        (await database.QueryAsync(DropSql, row => row.Long(), cancellationToken, time.GetDatabaseNow()))[0];
}
