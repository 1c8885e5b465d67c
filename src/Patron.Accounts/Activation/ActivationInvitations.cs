using Microsoft.EntityFrameworkCore;
using Npgsql;
using NpgsqlTypes;
using Patron.Accounts.Database;
using Patron.Accounts.Users;
using Patron.Shared.Callers;
using Patron.Shared.Database;
using Patron.Shared.Text;

namespace Patron.Accounts.Activation;

/// <summary>Who was invited, what was mailed, and who came. A customer has one invitation at most.</summary>
public sealed class ActivationInvitations(
    AccountsContext context, DatabaseSession session, ActivationMails mails, MailBudgets budgets, HomeOrganization home, TimeProvider time)
{
    private static readonly TimeSpan MailboxPause = TimeSpan.FromHours(1);

    // Whoever sends takes turns with the other processes, or together they would send more than one may.
    private const string TurnSql = "SELECT pg_try_advisory_xact_lock(hashtext('patron activation invitations'))";

    // Who has been invited already keeps that invitation, unless it ended without them, or they are invited again by name: not twice a day.
    private const string AddSql = """
        WITH added AS (
            INSERT INTO accounts.activation_invitations AS i (customer_uid, invited_at, invited_by, due_at)
            SELECT uid, $2, $3, $2 FROM unnest($1) uid
            ON CONFLICT (customer_uid) DO UPDATE SET
                invited_at = $2, invited_by = $3, due_at = $2, mails = 0, last_mailed_at = NULL, came_at = NULL, withdrawn_at = NULL
                WHERE i.withdrawn_at IS NOT NULL OR ($4 AND i.last_mailed_at < $2 - interval '1 day')
            RETURNING customer_uid)
        INSERT INTO shared.audit_entries (at, action, subject_type, subject_id, organization_id, actor_user_id, actor_key_id, address, user_agent)
        SELECT $2, 'customer.invited', 'customer', customer_uid, $5, $3, $6, $7, $8 FROM added
        """;

    /// <summary>Invites these customers and answers how many of them get mail for it; <paramref name="again"/> begins anew with those whose last one is a day old.</summary>
    public Task<int> AddAsync(Caller caller, IReadOnlyCollection<Guid> customers, bool again, CancellationToken cancellationToken) => session.OnConnectionAsync(
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
            return await command.ExecuteNonQueryAsync(cancellationToken);
        },
        cancellationToken);

    /// <summary>Of these customers those who have been invited, and may come.</summary>
    public Task<List<Guid>> FindInvitedAsync(IReadOnlyCollection<Guid> customers, CancellationToken cancellationToken) =>
        context.ActivationInvitations.Where(row => customers.Contains(row.CustomerUid) && row.WithdrawnAt == null).Select(row => row.CustomerUid).ToListAsync(cancellationToken);

    /// <summary>The invitation of a record that was merged is the survivor's, unless that one has been invited too.</summary>
    public Task MoveAsync(Guid absorbed, Guid survivor, CancellationToken cancellationToken) => context.ActivationInvitations
        .Where(row => row.CustomerUid == absorbed && !context.ActivationInvitations.Any(other => other.CustomerUid == survivor))
        .ExecuteUpdateAsync(set => set.SetProperty(row => row.CustomerUid, survivor), cancellationToken);

    /// <summary>Nothing tells any more that these customers were invited.</summary>
    public Task RemoveAsync(IReadOnlyCollection<Guid> customers, CancellationToken cancellationToken) =>
        context.ActivationInvitations.Where(row => customers.Contains(row.CustomerUid)).ExecuteDeleteAsync(cancellationToken);

    /// <summary>The record is its person's from now on; who was not invited has nothing to end.</summary>
    public async Task ComeAsync(Guid customer, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        await context.ActivationInvitations.Where(row => row.CustomerUid == customer && row.CameAt == null)
            .ExecuteUpdateAsync(
                set => set.SetProperty(row => row.CameAt, now).SetProperty(row => row.WithdrawnAt, (DateTimeOffset?)null).SetProperty(row => row.DueAt, (DateTimeOffset?)null),
                cancellationToken);
    }

    /// <summary>
    /// Invitations of which a mail is due, as many as may still go within the hour and not too many at once, locked until the transaction ends.
    /// None while another process is at it.
    /// </summary>
    public async Task<IReadOnlyList<ActivationInvitation>> TakeDueAsync(int perHour, int atOnce, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        var since = now - TimeSpan.FromHours(1);
        if (!(await context.Database.SqlQueryRaw<bool>(TurnSql + " AS \"Value\"").ToListAsync(cancellationToken))[0])
        {
            return [];
        }

        var sent = await context.ActivationInvitations.CountAsync(row => row.LastMailedAt > since, cancellationToken);
        var may = Math.Min(perHour - sent, atOnce);
        return may <= 0
            ? []
            : await context.ActivationInvitations
                .FromTable($"WHERE due_at <= {now} ORDER BY due_at, id LIMIT {may} FOR UPDATE SKIP LOCKED")
                .ToListAsync(cancellationToken);
    }

    /// <summary>
    /// Mails the customer, and says when the next mail may go; null: it was the last one. A mailbox that has had too many waits an hour. Saved by
    /// <see cref="SaveAsync"/>.
    /// </summary>
    public async Task MailAsync(ActivationInvitation invitation, EmailAddress email, string name, TimeSpan? again, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        var about = new MailSubject("customer", invitation.CustomerUid);
        if (!await budgets.TryTakeAsync(Caller.System(home.Id), MailPurpose.SetupInvitation, email.Key, about, cancellationToken))
        {
            invitation.Postpone(now + MailboxPause);
            return;
        }

        context.Outbox.Add(mails.Invitation(email.Text, name, invitation.Mails + 1).ToOutbox(now));
        invitation.Mail(now, now + again);
    }

    /// <summary>Nobody is to be mailed: the person has come, or the record no longer waits.</summary>
    public void End(ActivationInvitation invitation, bool hasCome)
    {
        if (hasCome)
        {
            invitation.Come(time.GetUtcNow());
        }
        else
        {
            invitation.Withdraw(time.GetUtcNow());
        }
    }

    public Task SaveAsync(CancellationToken cancellationToken) => context.SaveChangesAsync(cancellationToken);

    /// <summary>A page of invitations in this state (null: all), oldest first, and how many there are.</summary>
    public async Task<(IReadOnlyList<ActivationInvitation> Rows, int Total)> PageAsync(
        ActivationInvitationState? state, int page, int size, CancellationToken cancellationToken)
    {
        var all = context.ActivationInvitations.AsNoTracking();
        var rows = state switch
        {
            ActivationInvitationState.Came => all.Where(row => row.CameAt != null),
            ActivationInvitationState.Withdrawn => all.Where(row => row.CameAt == null && row.WithdrawnAt != null),
            ActivationInvitationState.Queued => all.Where(row => row.CameAt == null && row.WithdrawnAt == null && row.Mails == 0),
            ActivationInvitationState.NeverCame => all.Where(row => row.CameAt == null && row.WithdrawnAt == null && row.Mails > 0),
            _ => all,
        };
        return (await rows.OrderBy(row => row.Id).Skip((page - 1) * size).Take(size).ToListAsync(cancellationToken), await rows.CountAsync(cancellationToken));
    }
}
