using Patron.Shared.Audit;
using Patron.Shared.Callers;
using Patron.Shared.Database;
using Patron.Shared.Inbox;
using Patron.Shared.Results;

namespace Patron.Accounts.Organizations;

/// <summary>An open invitation to become a member; <see cref="InviteMember"/> with the same address and role sends it again.</summary>
public sealed record MemberInvitation(
    Guid Id, string Email, OrganizationRole Role, Guid? InvitedBy, DateTimeOffset CreatedAt, DateTimeOffset ExpiresAt);

/// <summary>
/// Withdraws an open invitation to the acting organization, whose link then no longer works: for its owners (403 for others). 404 for one
/// that is not open.
/// </summary>
public sealed class WithdrawMemberInvitation(DatabaseSession database, TimeProvider time)
{
    private const string Columns = "id, email, role, invited_by, created_at, expires_at";

    private const string OpenSql = "organization_id = $1 AND id = $2 AND accepted_at IS NULL AND withdrawn_at IS NULL";

    private const string FindSql = $"SELECT {Columns} FROM accounts.invitations WHERE {OpenSql}";

    private const string WithdrawSql = $"UPDATE accounts.invitations SET withdrawn_at = $3 WHERE {OpenSql} RETURNING {Columns}";

    // Worker's statement: open invitations of the last three days (Shared, Inbox/ExpiringItems.cs).
    private const string ExpiringSql = """
        INSERT INTO shared.inbox_items (organization_id, kind, source, created_at, due_at)
        SELECT organization_id, 'invitation_expiring', 'member/' || id, $1, expires_at FROM accounts.invitations
        WHERE accepted_at IS NULL AND withdrawn_at IS NULL AND expires_at > $1 AND expires_at <= $1::timestamptz + interval '3 days'
        ORDER BY expires_at ON CONFLICT (kind, source) DO NOTHING
        """;

    private static readonly Error OwnersOnly = Error.Forbidden(
        "owner_required", "Only an owner of the organization (role vendor) can withdraw its invitations.");

    private static readonly Error NotFound = Error.NotFound("invitation_not_found", "There's no open invitation with this id.");

    /// <summary>Adds items for invitations that expire soon.</summary>
    public static ExpiringItems Expiring { get; } = new(ExpiringSql);

    /// <summary>The open invitation of the acting organization. The caller has checked the permission to read it.</summary>
    public async Task<Result<MemberInvitation>> FindAsync(Caller caller, Guid id, CancellationToken cancellationToken) =>
        (await database.QueryAsync(FindSql, Read, cancellationToken, caller.OrganizationId, id)).SingleOrDefault() is { } found
            ? found
            : NotFound;

    /// <summary>Returns the invitation as it was.</summary>
    public async Task<Result<MemberInvitation>> HandleAsync(Caller caller, Guid id, CancellationToken cancellationToken)
    {
        if (!caller.IsVendorOf(caller.OrganizationId))
        {
            return OwnersOnly;
        }

        var now = time.GetDatabaseNow();
        await using var transaction = await database.BeginAsync(cancellationToken);
        if ((await database.QueryAsync(WithdrawSql, Read, cancellationToken, caller.OrganizationId, id, now)).SingleOrDefault()
            is not { } withdrawn)
        {
            return NotFound;
        }

        await database.AddAuditAsync(
            AuditEntry.For(caller, "member.invitation_withdrawn", "invitation", id, now, caller.OrganizationId), cancellationToken);
        return await transaction.CommitAsync(withdrawn, cancellationToken);
    }

    private static MemberInvitation Read(RowCursor row) => new(
        row.Uuid(), row.Text(), row.EnumValue<OrganizationRole>(), row.OptionalUuid(), row.Time(), row.Time());
}
