using Microsoft.EntityFrameworkCore;
using Patron.Accounts.ApiKeys;
using Patron.Accounts.Database;
using Patron.Accounts.Sessions;
using Patron.Accounts.Users;
using Patron.Shared.Audit;
using Patron.Shared.Callers;
using Patron.Shared.Database;
using Patron.Shared.Text;

namespace Patron.Accounts.Organizations;

/// <summary>
/// Ends a membership and everything by which the person could get back in (linking.md, 'Removing a member'): invitations to and from them,
/// offers to them, and the API keys they made. For every way a membership ends.
/// </summary>
public sealed class EndMembership(
    AccountsContext dbContext, ICustomerRecords records, DatabaseSession database, CallerCache callerCache, TimeProvider time)
{
    /// <summary>
    /// Runs inside the caller's transaction, which has locked the account and then the organization. <paramref name="keysTo"/> is another
    /// owner who takes the keys over; without one they end.
    /// </summary>
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
        await records.WithdrawOffersAsync(organizationId, user.Id, cancellationToken);

        var keys = await dbContext.ApiKeys
            .FromTable($"WHERE organization_id = {organizationId} AND created_by = {user.Id} AND revoked_at IS NULL FOR UPDATE")
            .ToListAsync(cancellationToken);
        foreach (var key in keys)
        {
            EndOrTransfer(caller, key, keysTo, now);
        }

        dbContext.Members.Remove(member);
        dbContext.Audit.Add(AuditEntry.For(caller, "member.removed", "account", user.Id, now, organizationId));
        await dbContext.SaveChangesAsync(cancellationToken);
        database.AfterCommit(callerCache.Clear);
    }

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
