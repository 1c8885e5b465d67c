using Microsoft.EntityFrameworkCore;
using Patron.Accounts.ApiKeys;
using Patron.Accounts.Database;
using Patron.Accounts.Users;
using Patron.Shared.Audit;
using Patron.Shared.Callers;
using Patron.Shared.Database;
using Patron.Shared.Results;
using Patron.Shared.Text;

namespace Patron.Accounts.Organizations;

/// <summary>
/// The rules for every way in which an owner stops being one: removal, leaving, takeover of the account, a lower role. An organization
/// keeps an owner. What only owners give ends with them: invitations from and to the person, and the API keys they made, unless another
/// owner takes these over. Runs inside the caller's transaction, which has locked the account and then the organization.
/// </summary>
public sealed class EndOwnership(AccountsContext dbContext, TimeProvider time)
{
    private static readonly Error LastOwner = Error.Rule(
        "last_owner", "This is the organization's last owner. Make someone else an owner (role vendor) first.");
    private static readonly Error NoOwner = Error.Invalid(
        "keys_to", "API keys can be taken over only by another owner of the organization (role vendor). Nothing was changed.");

    /// <summary>
    /// Null if the member may stop being an owner, and <paramref name="keysTo"/> is null or another owner. Errors: 400 last owner, 422
    /// <c>keys_to</c>.
    /// </summary>
    internal async Task<Error?> RefuseAsync(OrganizationMember member, Guid? keysTo, CancellationToken cancellationToken)
    {
        if (await IsLastOwnerAsync(member, cancellationToken))
        {
            return LastOwner;
        }

        return keysTo is null || await OtherOwners(member).AnyAsync(row => row.UserId == keysTo, cancellationToken) ? null : NoOwner;
    }

    internal async Task<bool> IsLastOwnerAsync(OrganizationMember member, CancellationToken cancellationToken) =>
        member.Role == OrganizationRole.Vendor && !await OtherOwners(member).AnyAsync(cancellationToken);

    /// <summary>Ends the invitations and keys. <paramref name="keysTo"/> takes the keys over; without one they end.</summary>
    internal async Task HandleAsync(
        Caller caller, User user, OrganizationMember member, Guid? keysTo, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        var organizationId = member.OrganizationId;
        string[] emails = user.PendingEmail is { } pending
            ? [user.NormalizedEmail!, EmailAddress.KeyOf(pending)]
            : [user.NormalizedEmail!];
        await dbContext.Invitations
            .Where(
                row => row.OrganizationId == organizationId && row.AcceptedAt == null && row.WithdrawnAt == null
                    && (row.InvitedBy == user.Id || emails.Contains(row.NormalizedEmail)))
            .ExecuteUpdateAsync(set => set.SetProperty(row => row.WithdrawnAt, now), cancellationToken);

        var keys = await dbContext.ApiKeys
            .FromTable($"WHERE organization_id = {organizationId} AND created_by = {user.Id} AND revoked_at IS NULL FOR UPDATE")
            .ToListAsync(cancellationToken);
        foreach (var key in keys)
        {
            EndOrTransfer(caller, key, keysTo, now);
        }
    }

    private IQueryable<OrganizationMember> OtherOwners(OrganizationMember member) => dbContext.Members.Where(
        row => row.OrganizationId == member.OrganizationId && row.UserId != member.UserId && row.Role == OrganizationRole.Vendor);

    private void EndOrTransfer(Caller caller, ApiKey key, Guid? keysTo, DateTimeOffset now)
    {
        if (keysTo is { } owner)
        {
            key.TransferTo(owner);
        }
        else
        {
            key.Revoke(now);
        }

        var action = keysTo is null ? "api_key.revoked" : "api_key.transferred";
        dbContext.Audit.Add(AuditEntry.For(caller, action, "api_key", key.Id, now, key.OrganizationId));
    }
}
