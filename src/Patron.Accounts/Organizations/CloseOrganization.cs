using Microsoft.EntityFrameworkCore;
using Patron.Accounts.Database;
using Patron.Accounts.Sessions;
using Patron.Accounts.Users;
using Patron.Shared.Audit;
using Patron.Shared.Callers;
using Patron.Shared.Database;

namespace Patron.Accounts.Organizations;

/// <summary>
/// Closes an organization that has no owner any more (linking.md, 'Amended'): its memberships, invitations, offers and API keys end. Its
/// rows stay, and only administrators see it. Constraints of the database keep it closed; home is never closed.
/// </summary>
public sealed class CloseOrganization(
    AccountsContext dbContext, ICustomerRecords records, DatabaseSession database, CallerCache callerCache, TimeProvider time)
{
    /// <summary>Runs inside the caller's transaction, which has locked the organization.</summary>
    internal async Task HandleAsync(Caller caller, Guid id, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        await dbContext.Members.Where(row => row.OrganizationId == id).ExecuteDeleteAsync(cancellationToken);
        await dbContext.Invitations.Where(row => row.OrganizationId == id && row.AcceptedAt == null && row.WithdrawnAt == null)
            .ExecuteUpdateAsync(set => set.SetProperty(row => row.WithdrawnAt, now), cancellationToken);
        await dbContext.ApiKeys.Where(row => row.OrganizationId == id && row.RevokedAt == null)
            .ExecuteUpdateAsync(set => set.SetProperty(row => row.RevokedAt, now), cancellationToken);
        await records.WithdrawOffersAsync(id, userId: null, cancellationToken);
        await dbContext.Organizations.Where(row => row.Id == id)
            .ExecuteUpdateAsync(set => set.SetProperty(row => row.ClosedAt, now), cancellationToken);
        dbContext.Audit.Add(AuditEntry.For(caller, "organization.closed", "organization", id, now, id));
        await dbContext.SaveChangesAsync(cancellationToken);
        database.AfterCommit(callerCache.Clear);
    }
}
