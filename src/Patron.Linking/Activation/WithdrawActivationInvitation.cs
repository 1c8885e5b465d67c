using Patron.Shared.Audit;
using Patron.Shared.Callers;
using Patron.Shared.Database;
using Patron.Shared.Inbox;
using Patron.Shared.Results;

namespace Patron.Linking.Activation;

/// <summary>
/// Withdraws the invitation of a customer, who gets no more mails of it: for staff of home and API keys with <c>customers:write</c> (403
/// for others). <see cref="InviteCustomers"/> invites the customer again. 404 for an invitation that is not open.
/// </summary>
public sealed class WithdrawActivationInvitation(
    ListInvitations invitations, DatabaseSession database, HomeOrganization home, TimeProvider time)
{
    private const string WithdrawSql = """
        UPDATE accounts.activation_invitations SET withdrawn_at = $2, due_at = NULL
        WHERE id = $1 AND came_at IS NULL AND withdrawn_at IS NULL AND declined_at IS NULL RETURNING customer_uid
        """;

    // Worker's statement: nobody has come for four days since the last mail, and after a week the invitation counts as unanswered
    // (ActivationInvitation.AnswerTime).
    private const string ExpiringSql = """
        INSERT INTO shared.inbox_items (organization_id, kind, source, customer_uid, created_at, due_at)
        SELECT $2, 'invitation_expiring', 'customer/' || i.id, i.customer_uid, $1, i.last_mailed_at + interval '7 days'
        FROM accounts.activation_invitations i
        JOIN customers.customers c ON c.organization_id = $2 AND c.uid = i.customer_uid AND c.user_id IS NULL AND NOT c.is_deleted
        WHERE i.due_at IS NULL AND num_nulls(i.came_at, i.withdrawn_at, i.declined_at) = 3
            AND i.last_mailed_at > $1::timestamptz - interval '7 days' AND i.last_mailed_at <= $1::timestamptz - interval '4 days'
        ORDER BY i.last_mailed_at ON CONFLICT (kind, source) DO NOTHING
        """;

    private static readonly Error NotFound = Error.NotFound("invitation_not_found", "There's no open invitation with this id.");

    /// <summary>Adds items for invitations that nobody has answered for four days.</summary>
    public static ExpiringItems Expiring(HomeOrganization home) => new(ExpiringSql, home.Id);

    /// <summary>Returns the withdrawn invitation.</summary>
    public async Task<Result<InvitationView>> HandleAsync(Caller caller, long id, CancellationToken cancellationToken)
    {
        if (InvitationAccess.Refusal(caller, home, Scopes.WriteCustomers) is { } refused)
        {
            return refused;
        }

        var now = time.GetDatabaseNow();
        await using var transaction = await database.BeginAsync(cancellationToken);
        if (await database.QueryAsync(WithdrawSql, row => row.Uuid(), cancellationToken, id, now) is not [var customer])
        {
            return NotFound;
        }

        await database.AddAuditAsync(
            AuditEntry.For(caller, "customer.invitation_withdrawn", "customer", customer, now, home.Id), cancellationToken);
        return await transaction.CommitAsync(await invitations.FindAsync(caller, id, cancellationToken), cancellationToken);
    }
}
