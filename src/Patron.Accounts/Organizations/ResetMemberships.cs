using Microsoft.EntityFrameworkCore;
using Patron.Accounts.Database;
using Patron.Accounts.Users;
using Patron.Shared.Callers;

namespace Patron.Accounts.Organizations;

/// <summary>
/// Ends the memberships and profiles of an account that is taken over (linking.md, 'Amended'): whoever registered the address before must
/// not keep the person in an organization of theirs. Organizations that only this account owned are closed. The person becomes a customer
/// of home, like everybody who registers.
/// </summary>
public sealed class ResetMemberships(
    AccountsContext dbContext, EndMembership endMembership, CloseOrganization closeOrganization, JoinOrganization join,
    HomeOrganization home)
{
    /// <summary>Runs inside the transaction of the takeover, which has locked the account.</summary>
    internal async Task HandleAsync(Caller caller, User user, CancellationToken cancellationToken)
    {
        var members = await dbContext.Members
            .AsNoTracking()
            .Where(row => row.UserId == user.Id && (row.OrganizationId != home.Id || row.Role != OrganizationRole.Customer))
            .OrderBy(row => row.OrganizationId)
            .ToListAsync(cancellationToken);
        foreach (var member in members)
        {
            await dbContext.LockOrganizationAsync(member.OrganizationId, cancellationToken);
            if (await IsOnlyOwnerAsync(member, cancellationToken))
            {
                await closeOrganization.HandleAsync(caller, member.OrganizationId, cancellationToken);
            }
            else
            {
                await endMembership.HandleAsync(caller, user, member, keysTo: null, cancellationToken);
            }
        }

        await dbContext.Profiles.Where(row => row.UserId == user.Id).ExecuteDeleteAsync(cancellationToken);
        await join.AddAsync(user.Id, home.Id, cancellationToken);
    }

    private async Task<bool> IsOnlyOwnerAsync(OrganizationMember member, CancellationToken cancellationToken) =>
        member.OrganizationId != home.Id && member.Role == OrganizationRole.Vendor
        && !await dbContext.Members.AnyAsync(
            row => row.OrganizationId == member.OrganizationId && row.UserId != member.UserId && row.Role == OrganizationRole.Vendor,
            cancellationToken);
}
