using Microsoft.EntityFrameworkCore;
using Patron.Accounts.Database;
using Patron.Shared.Callers;
using Patron.Shared.Results;

namespace Patron.Accounts.Organizations;

/// <summary>An organization and the numbers of its members by role, its open invitations and its valid API keys.</summary>
public sealed record OrganizationSummary(
    Organization Organization, IReadOnlyDictionary<OrganizationRole, int> Members, int Invitations, int Keys);

/// <summary>Reads who and what belongs to an organization, for administrators (403 for others). 404 for an unknown number.</summary>
public sealed class SummarizeOrganization(AccountsContext dbContext, TimeProvider time)
{
    public async Task<Result<OrganizationSummary>> HandleAsync(Caller caller, long number, CancellationToken cancellationToken)
    {
        if (!caller.IsAdmin)
        {
            return FindOrganizations.AdminsOnly;
        }

        if (await dbContext.Organizations.AsNoTracking().SingleOrDefaultAsync(one => one.Number == number, cancellationToken)
            is not { } organization)
        {
            return VisibleRows.NoOrganization;
        }

        var (id, now) = (organization.Id, time.GetUtcNow());
        var members = await dbContext.Members.Where(member => member.OrganizationId == id)
            .GroupBy(member => member.Role).Select(group => new { Role = group.Key, Count = group.Count() })
            .ToDictionaryAsync(group => group.Role, group => group.Count, cancellationToken);
        var invitations = await dbContext.Invitations.CountAsync(
            invitation => invitation.OrganizationId == id && invitation.AcceptedAt == null && invitation.WithdrawnAt == null
                && invitation.ExpiresAt > now,
            cancellationToken);
        var keys = await dbContext.ApiKeys.CountAsync(
            key => key.OrganizationId == id && key.RevokedAt == null && key.ExpiresAt > now, cancellationToken);
        return new OrganizationSummary(organization, members, invitations, keys);
    }
}
