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
public sealed class RemoveMember(
    AccountsContext dbContext, EndOwnership endOwnership, EndMembership endMembership, DatabaseSession database)
{
    internal static readonly Error NoMember = Error.NotFound("member_not_found", "The organization has no such member.");

    public async Task<Result<Unit>> HandleAsync(Caller caller, Guid userId, Guid? keysTo, CancellationToken cancellationToken)
    {
        if (caller.UserId != userId && !caller.IsVendorOf(caller.OrganizationId))
        {
            return Error.Forbidden("owner_required", "Only an owner of the organization (role vendor) can remove its members.");
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
        var member = await dbContext.Members.SingleOrDefaultAsync(
            row => row.OrganizationId == caller.OrganizationId && row.UserId == userId, cancellationToken);
        if (member is null)
        {
            return NoMember;
        }

        if (await endOwnership.RefuseAsync(member, keysTo, cancellationToken) is { } refused)
        {
            return refused;
        }

        await endMembership.HandleAsync(caller, user, member, keysTo, cancellationToken);
        return await transaction.CommitAsync(default(Unit), cancellationToken);
    }
}
