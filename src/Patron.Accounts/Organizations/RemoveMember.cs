using Microsoft.EntityFrameworkCore;
using Patron.Accounts.Database;
using Patron.Accounts.Sessions;
using Patron.Shared.Audit;
using Patron.Shared.Callers;
using Patron.Shared.Database;
using Patron.Shared.Results;

namespace Patron.Accounts.Organizations;

/// <summary>
/// Ends a membership of the acting organization: the owner removes a member, or a member leaves. The last owner cannot leave. Errors: 400
/// last owner, 403 neither the owner nor the member, 404 no such member.
/// </summary>
public sealed class RemoveMember(AccountsContext dbContext, DatabaseSession database, CallerCache callerCache, TimeProvider time)
{
    public async Task<Result<Unit>> HandleAsync(Caller caller, Guid userId, CancellationToken cancellationToken)
    {
        if (caller.UserId != userId && !caller.IsVendorOf(caller.OrganizationId))
        {
            return Error.Forbidden("Only an owner of the organization (role vendor) can remove its members.");
        }

        await using var transaction = await database.BeginAsync(cancellationToken);

        // Lock the organization, so that two owners who remove each other at the same time do not both succeed.
        await dbContext.Database.ExecuteSqlAsync(
            $"SELECT FROM accounts.organizations WHERE id = {caller.OrganizationId} FOR UPDATE", cancellationToken);
        var member = await dbContext.Members.SingleOrDefaultAsync(
            row => row.OrganizationId == caller.OrganizationId && row.UserId == userId, cancellationToken);
        if (member is null)
        {
            return Error.NotFound("The organization has no such member.");
        }

        if (member.Role == OrganizationRole.Vendor
            && !await dbContext.Members.AnyAsync(
                row => row.OrganizationId == caller.OrganizationId && row.UserId != userId && row.Role == OrganizationRole.Vendor,
                cancellationToken))
        {
            return Error.Rule("This is the organization's last owner. Make somebody else an owner (role vendor) first.");
        }

        dbContext.Members.Remove(member);
        dbContext.Audit.Add(AuditEntry.For(caller, "member.removed", "account", userId, time.GetUtcNow(), caller.OrganizationId));
        await dbContext.SaveChangesAsync(cancellationToken);
        database.AfterCommit(callerCache.Clear);
        return await transaction.CommitAsync(default(Unit), cancellationToken);
    }
}
