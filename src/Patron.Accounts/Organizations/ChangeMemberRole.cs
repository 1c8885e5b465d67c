using Microsoft.EntityFrameworkCore;
using Patron.Accounts.Database;
using Patron.Shared.Callers;
using Patron.Shared.Results;

namespace Patron.Accounts.Organizations;

/// <summary>
/// Changes the role of a member of the acting organization, for its owners. An owner who gets a lower role loses what
/// <see cref="EndOwnership"/> ends. Errors: 400 the organization would have no owner, 403 not its owner, 404 no such member, 422 <c>keys_to</c>.
/// </summary>
public sealed class ChangeMemberRole(AccountsContext dbContext, AddMember members)
{
    public async Task<Result<AddedMember>> HandleAsync(
        Caller caller, Guid userId, OrganizationRole role, Guid? keysTo, CancellationToken cancellationToken)
    {
        if (!caller.IsVendorOf(caller.OrganizationId))
        {
            return Error.Forbidden("owner_required", "Only an owner of the organization (role vendor) can change roles.");
        }

        return await dbContext.Users.SingleOrDefaultAsync(row => row.Id == userId, cancellationToken) is { } user
            ? await members.GrantAsync(caller, user, role, keysTo, mustBeMember: true, cancellationToken)
            : RemoveMember.NoMember;
    }
}
