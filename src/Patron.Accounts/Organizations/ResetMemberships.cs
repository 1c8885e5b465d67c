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
    AccountsContext dbContext, EndOwnership endOwnership, EndMembership endMembership, CloseOrganization closeOrganization,
    JoinOrganization join, HomeOrganization home)
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
            if (member.OrganizationId != home.Id && await endOwnership.IsLastOwnerAsync(member, cancellationToken))
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
}
