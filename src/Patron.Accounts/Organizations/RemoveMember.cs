using Microsoft.EntityFrameworkCore;
using Patron.Accounts.Database;
using Patron.Shared.Callers;
using Patron.Shared.Database;
using Patron.Shared.Results;

namespace Patron.Accounts.Organizations;

/// <summary>
/// Ends a membership of the acting organization: the owner removes a member, or a member leaves. API keys that the member made end, unless
/// <c>keys_to</c> names another owner who takes them over; all else ends as <see cref="EndMembership"/> says. The last owner cannot leave.
/// Errors: 400 last owner, 403 neither the owner nor the member, 404 no such member, 422 <c>keys_to</c>.
/// </summary>
public sealed class RemoveMember(AccountsContext dbContext, EndMembership endMembership, DatabaseSession database)
{
    private static readonly Error NoMember = Error.NotFound("The organization has no such member.");
    private static readonly Error NoOwner = Error.Invalid(
        "keys_to", "API keys can be taken over only by another owner of the organization (role vendor). Nothing was changed.");

    public async Task<Result<Unit>> HandleAsync(Caller caller, Guid userId, Guid? keysTo, CancellationToken cancellationToken)
    {
        if (caller.UserId != userId && !caller.IsVendorOf(caller.OrganizationId))
        {
            return Error.Forbidden("Only an owner of the organization (role vendor) can remove its members.");
        }

        await using var transaction = await database.BeginAsync(cancellationToken);
        var user = await dbContext.Users.SingleOrDefaultAsync(row => row.Id == userId, cancellationToken);
        if (user is null)
        {
            return NoMember;
        }

        // The account is locked against an invitation that it accepts at the same time, the organization against two owners who remove
        // each other.
        await dbContext.LockAsync(user, cancellationToken);
        await dbContext.LockOrganizationAsync(caller.OrganizationId, cancellationToken);
        var members = dbContext.Members.Where(row => row.OrganizationId == caller.OrganizationId);
        var otherOwners = members.Where(row => row.UserId != userId && row.Role == OrganizationRole.Vendor);
        var member = await members.SingleOrDefaultAsync(row => row.UserId == userId, cancellationToken);
        if (member is null)
        {
            return NoMember;
        }

        if (member.Role == OrganizationRole.Vendor && !await otherOwners.AnyAsync(cancellationToken))
        {
            return Error.Rule("This is the organization's last owner. Make somebody else an owner (role vendor) first.");
        }

        if (keysTo is not null && !await otherOwners.AnyAsync(row => row.UserId == keysTo, cancellationToken))
        {
            return NoOwner;
        }

        await endMembership.HandleAsync(caller, user, member, keysTo, cancellationToken);
        return await transaction.CommitAsync(default(Unit), cancellationToken);
    }
}
