using Microsoft.EntityFrameworkCore;
using Patron.Accounts.Database;
using Patron.Accounts.Sessions;
using Patron.Shared.Audit;
using Patron.Shared.Callers;
using Patron.Shared.Database;
using Patron.Shared.Results;

namespace Patron.Accounts.Organizations;

/// <summary>
/// Ends a membership of the acting organization: its owner removes somebody, or a member leaves. The last owner cannot go.
/// Errors: 400 last owner, 403 neither owner nor oneself, 404 no such member.
/// </summary>
public sealed class RemoveMember(AccountsContext context, DatabaseSession database, CallerCache known, TimeProvider time)
{
    public async Task<Result<Done>> HandleAsync(Caller caller, Guid userId, CancellationToken cancellationToken)
    {
        if (caller.UserId != userId && !caller.IsVendorOf(caller.OrganizationId))
        {
            return Error.Forbidden("Only an owner of the organization (role vendor) can remove its members.");
        }

        await using var transaction = await database.BeginAsync(cancellationToken);

        // The organization's row is locked, so that two owners who remove each other do not both succeed.
        await context.Database.ExecuteSqlAsync($"SELECT FROM accounts.organizations WHERE id = {caller.OrganizationId} FOR UPDATE", cancellationToken);
        var member = await context.Members.SingleOrDefaultAsync(row => row.OrganizationId == caller.OrganizationId && row.UserId == userId, cancellationToken);
        if (member is null)
        {
            return Error.NotFound("The organization has no such member.");
        }

        if (member.Role == OrganizationRole.Vendor
            && !await context.Members.AnyAsync(row => row.OrganizationId == caller.OrganizationId && row.UserId != userId && row.Role == OrganizationRole.Vendor, cancellationToken))
        {
            return Error.Rule("This is the organization's last owner. Make somebody else an owner (role vendor) first.");
        }

        context.Members.Remove(member);
        context.Audit.Add(AuditEntry.For(caller, "member.removed", "account", userId, time.GetUtcNow(), caller.OrganizationId));
        await context.SaveChangesAsync(cancellationToken);
        database.AfterCommit(known.Forget);
        return await transaction.CommitAsync(default(Done), cancellationToken);
    }
}
