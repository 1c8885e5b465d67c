using Microsoft.EntityFrameworkCore;
using Patron.Accounts.Database;
using Patron.Shared.Callers;

namespace Patron.Accounts.Organizations;

/// <summary>An organization and the caller's role in it; null for administrators and API keys, who are not members.</summary>
public sealed record OrganizationView(Organization Organization, OrganizationRole? Role)
{
    internal static OrganizationView Of(Organization organization, Caller caller) =>
        new(organization, caller.Memberships.FirstOrDefault(membership => membership.OrganizationId == organization.Id)?.Role);
}

/// <summary>Lists the organizations of the caller by number: all for an administrator, its own one for an API key.</summary>
public sealed class ListOrganizations(AccountsContext dbContext)
{
    public async Task<PagedList<OrganizationView>> HandleAsync(
        Caller caller, int page, int pageSize, CancellationToken cancellationToken) =>
        (await dbContext.OrganizationsOf(caller)
            .AsNoTracking()
            .OrderBy(organization => organization.Number)
            .ToPagedListAsync(page, pageSize, cancellationToken))
            .Select(organization => OrganizationView.Of(organization, caller));
}
