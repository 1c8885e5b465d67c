using Microsoft.EntityFrameworkCore;
using Npgsql;
using NpgsqlTypes;
using Patron.Accounts.Database;
using Patron.Accounts.Mails;
using Patron.Accounts.Users;
using Patron.Shared.Callers;
using Patron.Shared.Database;
using Patron.Shared.Mail;
using Patron.Shared.Text;

namespace Patron.Accounts.Activation;

/// <summary>Stores invitations and queues their mails. A customer has at most one invitation.</summary>
public sealed class ActivationInvitations(
    AccountsContext dbContext, DatabaseSession session, ActivationMails mails, MailBudgets budgets, HomeOrganization home,
    TimeProvider time)
{
    private static readonly TimeSpan MailboxRetryDelay = TimeSpan.FromHours(1);
    private static readonly TimeSpan MergedRetryDelay = TimeSpan.FromDays(1);

    // Only one process sends at a time, or together they would exceed the limit per hour.
    private const string TryLockSql = "SELECT pg_try_advisory_xact_lock(hashtext('patron activation invitations'))";

    // An existing invitation stays, unless it was withdrawn, or the customer is invited again by name more than a day after the last mail.
    // Whoever declined is not invited again.
    private const string AddSql = """
        WITH added AS (
            INSERT INTO accounts.activation_invitations AS i (customer_uid, invited_at, invited_by, due_at)
            SELECT uid, $2, $3, $2 FROM unnest($1) uid
            ON CONFLICT (customer_uid) DO UPDATE SET
                invited_at = $2, invited_by = $3, due_at = $2, mails = 0, last_mailed_at = NULL, came_at = NULL, withdrawn_at = NULL
                WHERE i.declined_at IS NULL AND (i.withdrawn_at IS NOT NULL OR ($4 AND i.last_mailed_at < $2 - interval '1 day'))
            RETURNING customer_uid)
        INSERT INTO shared.audit_entries (at, action, subject_type, subject_id, organization_id, actor_user_id, actor_key_id, address, user_agent, cause)
        SELECT $2, 'customer.invited', 'customer', customer_uid, $5, $3, $6, $7, $8, $9 FROM added
        """;

    /// <summary>
    /// Invites these customers and returns the number of those who get mail for it. <paramref name="again"/> also restarts invitations
    /// whose last mail is older than a day.
    /// </summary>
    public Task<int> AddAsync(Caller caller, IReadOnlyCollection<Guid> customers, bool again, CancellationToken cancellationToken) =>
        session.OnConnectionAsync(
        async connection =>
        {
            await using var command = new NpgsqlCommand(AddSql, connection);
            command.Parameters.Add(new NpgsqlParameter<Guid[]> { TypedValue = [.. customers] });
            command.Parameters.Add(new NpgsqlParameter<DateTimeOffset> { TypedValue = time.GetUtcNow() });
            command.Parameters.Add(OptionalParameter.Of(caller.UserId, NpgsqlDbType.Uuid));
            command.Parameters.Add(new NpgsqlParameter<bool> { TypedValue = again });
            command.Parameters.Add(new NpgsqlParameter<Guid> { TypedValue = home.Id });
            command.Parameters.Add(OptionalParameter.Of(caller.Key?.Id, NpgsqlDbType.Uuid));
            command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = caller.Origin.Address });
            command.Parameters.Add(OptionalParameter.Of(caller.Origin.UserAgent, NpgsqlDbType.Text));
            command.Parameters.Add(OptionalParameter.Of(caller.Cause?.ToString(), NpgsqlDbType.Text));
            return await command.ExecuteNonQueryAsync(cancellationToken);
        },
        cancellationToken);

    /// <summary>Returns those of these customers who have an invitation that was not withdrawn.</summary>
    public Task<List<Guid>> FindInvitedAsync(IReadOnlyCollection<Guid> customers, CancellationToken cancellationToken) =>
        dbContext.ActivationInvitations.Where(row => customers.Contains(row.CustomerUid) && row.WithdrawnAt == null)
            .Select(row => row.CustomerUid).ToListAsync(cancellationToken);

    /// <summary>The customer's invitation, or null.</summary>
    public Task<ActivationInvitation?> FindAsync(Guid customer, CancellationToken cancellationToken) =>
        dbContext.ActivationInvitations.AsNoTracking().SingleOrDefaultAsync(row => row.CustomerUid == customer, cancellationToken);

    /// <summary>
    /// Moves the invitation of a merged record to the surviving one, unless that one has its own. Returns the ids of moved invitations.
    /// </summary>
    public Task<List<long>> MoveAsync(Guid absorbed, Guid survivor, CancellationToken cancellationToken) => session.QueryAsync(
        """
        UPDATE accounts.activation_invitations SET customer_uid = $2
        WHERE customer_uid = $1 AND NOT EXISTS (SELECT FROM accounts.activation_invitations WHERE customer_uid = $2) RETURNING id
        """,
        row => row.Long(), cancellationToken, absorbed, survivor);

    /// <summary>Returns moved invitations to a record that is separate again.</summary>
    public async Task ReturnAsync(IReadOnlyCollection<long> ids, Guid survivor, Guid returned, CancellationToken cancellationToken)
    {
        if (ids.Count > 0)
        {
            await session.ExecuteAsync(
                "UPDATE accounts.activation_invitations SET customer_uid = $3 WHERE id = ANY ($1) AND customer_uid = $2", cancellationToken,
                ids.ToArray(), survivor, returned);
        }
    }

    /// <summary>Deletes the invitations of these customers.</summary>
    public Task RemoveAsync(IReadOnlyCollection<Guid> customers, CancellationToken cancellationToken) =>
        dbContext.ActivationInvitations.Where(row => customers.Contains(row.CustomerUid)).ExecuteDeleteAsync(cancellationToken);

    /// <summary>
    /// Marks the invitation as done because the customer has an account now. Does nothing for a customer without an invitation.
    /// </summary>
    public async Task MarkActivatedAsync(Guid customer, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        await dbContext.ActivationInvitations.Where(row => row.CustomerUid == customer && row.CameAt == null)
            .ExecuteUpdateAsync(
                set =>
                    set.SetProperty(row => row.CameAt, now).SetProperty(row => row.WithdrawnAt, (DateTimeOffset?)null)
                        .SetProperty(row => row.DueAt, (DateTimeOffset?)null),
                cancellationToken);
    }

    /// <summary>
    /// Locks due invitations until the transaction ends: no more than may still be sent within the hour, and no more than <paramref
    /// name="batchSize"/>. Returns none while another process sends.
    /// </summary>
    public async Task<IReadOnlyList<ActivationInvitation>> LockDueAsync(int maxPerHour, int batchSize, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        var since = now - TimeSpan.FromHours(1);
        if (!(await dbContext.Database.SqlQueryRaw<bool>(TryLockSql + " AS \"Value\"").ToListAsync(cancellationToken))[0])
        {
            return [];
        }

        var sent = await dbContext.ActivationInvitations.CountAsync(row => row.LastMailedAt > since, cancellationToken);
        var limit = Math.Min(maxPerHour - sent, batchSize);
        return limit <= 0
            ? []
            : await dbContext.ActivationInvitations
                .FromTable($"WHERE due_at <= {now} ORDER BY due_at, id LIMIT {limit} FOR UPDATE SKIP LOCKED")
                .ToListAsync(cancellationToken);
    }

    /// <summary>
    /// Queues the mail and sets when the next one is due; null means it was the last one. If the mailbox has reached its limit, the mail is
    /// postponed by an hour. <see cref="SaveAsync"/> saves the change.
    /// </summary>
    public async Task MailAsync(
        ActivationInvitation invitation, MailRecipient to, TimeSpan? reminder, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        var subject = new MailSubject("customer", invitation.CustomerUid);
        if (!await budgets.TryAcquireAsync(Caller.System(home.Id), MailPurpose.SetupInvitation, EmailAddress.KeyOf(to.Address), subject, cancellationToken))
        {
            invitation.Postpone(now + MailboxRetryDelay);
            return;
        }

        var person = new MailPerson(CustomerUid: invitation.CustomerUid, OrganizationId: home.Id);
        dbContext.Queue(mails.Invitation(to, invitation.Id, invitation.Mails + 1), person, now);
        invitation.RecordMail(now, now + reminder);
    }

    /// <summary>
    /// Postpones the mail by a day: the record was merged into one with its own invitation, and the undo of the merge brings it back.
    /// </summary>
    public void Suspend(ActivationInvitation invitation) => invitation.Postpone(time.GetUtcNow() + MergedRetryDelay);

    /// <summary>Ends the mails of the invitation: the customer is activated, or the record cannot be activated any more.</summary>
    public void Close(ActivationInvitation invitation, bool isActivated)
    {
        if (isActivated)
        {
            invitation.MarkActivated(time.GetUtcNow());
        }
        else
        {
            invitation.Withdraw(time.GetUtcNow());
        }
    }

    public Task SaveAsync(CancellationToken cancellationToken) => dbContext.SaveChangesAsync(cancellationToken);

    /// <summary>One invitation; null where there is none.</summary>
    public Task<ActivationInvitation?> FindAsync(long id, CancellationToken cancellationToken) =>
        dbContext.ActivationInvitations.AsNoTracking().SingleOrDefaultAsync(row => row.Id == id, cancellationToken);

    /// <summary>Returns a page of invitations with this status (null: all), oldest first, and the total count.</summary>
    public async Task<(IReadOnlyList<ActivationInvitation> Rows, int Total)> PageAsync(
        ActivationInvitationState? state, int page, int size, CancellationToken cancellationToken)
    {
        var all = dbContext.ActivationInvitations.AsNoTracking();
        var open = all.Where(row => row.CameAt == null && row.DeclinedAt == null);
        var mailed = open.Where(row => row.WithdrawnAt == null && row.Mails > 0);
        var unanswered = time.GetUtcNow() - ActivationInvitation.AnswerTime;
        var rows = state switch
        {
            ActivationInvitationState.Came => all.Where(row => row.CameAt != null),
            ActivationInvitationState.Declined => all.Where(row => row.CameAt == null && row.DeclinedAt != null),
            ActivationInvitationState.Withdrawn => open.Where(row => row.WithdrawnAt != null),
            ActivationInvitationState.Queued => open.Where(row => row.WithdrawnAt == null && row.Mails == 0),
            ActivationInvitationState.Invited => mailed.Where(row => row.DueAt != null || row.LastMailedAt > unanswered),
            ActivationInvitationState.NeverCame => mailed.Where(row => row.DueAt == null && row.LastMailedAt <= unanswered),
            _ => all,
        };
        return (await rows.OrderBy(row => row.Id).Skip((page - 1) * size).Take(size).ToListAsync(cancellationToken),
            await rows.CountAsync(cancellationToken));
    }
}
