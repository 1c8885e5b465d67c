using Patron.Accounts.Database;
using Patron.Accounts.Sessions;
using Patron.Accounts.Users;
using Patron.Shared.Audit;
using Patron.Shared.Callers;
using Patron.Shared.Database;

namespace Patron.Accounts.Organizations;

/// <summary>
/// Ends a membership and everything by which the person could get back in (linking.md, 'Removing a member'): offers to them, and what <see
/// cref="EndOwnership"/> ends. For every way a membership ends.
/// </summary>
public sealed class EndMembership(
    AccountsContext dbContext, EndOwnership endOwnership, ICustomerRecords records, DatabaseSession database, CallerCache callerCache,
    TimeProvider time)
{
    /// <summary>
    /// Runs inside the caller's transaction, which has locked the account and then the organization. <paramref name="keysTo"/> is another
    /// owner who takes the keys over; without one they end.
    /// </summary>
    internal async Task HandleAsync(
        Caller caller, User user, OrganizationMember member, Guid? keysTo, CancellationToken cancellationToken)
    {
        await endOwnership.HandleAsync(caller, user, member, keysTo, cancellationToken);
        await records.WithdrawOffersAsync(member.OrganizationId, user.Id, cancellationToken);
        dbContext.Members.Remove(member);
        dbContext.Audit.Add(AuditEntry.For(caller, "member.removed", "account", user.Id, time.GetUtcNow(), member.OrganizationId));
        await dbContext.SaveChangesAsync(cancellationToken);
        database.AfterCommit(callerCache.Clear);
    }
}
