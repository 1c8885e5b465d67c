using Microsoft.EntityFrameworkCore;
using Patron.Accounts.Database;
using Patron.Shared.Callers;

namespace Patron.Accounts.Organizations;

/// <summary>The organizations that the caller is a member of, by number; all of them for an administrator, its one for an API key.</summary>
public sealed class ListOrganizations(AccountsContext context)
{
    public async Task<PagedList<OrganizationView>> HandleAsync(Caller caller, int page, int pageSize, CancellationToken cancellationToken) =>
        (await context.OrganizationsOf(caller).AsNoTracking().OrderBy(organization => organization.Number).ToPagedListAsync(page, pageSize, cancellationToken))
            .Select(organization => OrganizationView.Of(organization, caller));
}
