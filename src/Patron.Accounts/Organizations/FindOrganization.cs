using Microsoft.EntityFrameworkCore;
using Patron.Accounts.Database;
using Patron.Shared.Callers;
using Patron.Shared.Results;

namespace Patron.Accounts.Organizations;

/// <summary>One organization by its number or UUID, for its members, its keys and administrators. Errors: 404 for others.</summary>
public sealed class FindOrganization(AccountsContext context)
{
    public async Task<Result<OrganizationView>> HandleAsync(Caller caller, string numberOrId, CancellationToken cancellationToken) =>
        await context.OrganizationsOf(caller).AsNoTracking().Named(numberOrId).SingleOrDefaultAsync(cancellationToken) is { } organization
            ? OrganizationView.Of(organization, caller)
            : VisibleRows.NoOrganization;

    /// <summary>Numbers and names of these organizations. For other modules, which decide who sees them.</summary>
    public Task<Dictionary<Guid, (long Number, string Name)>> NamesAsync(IReadOnlyCollection<Guid> ids, CancellationToken cancellationToken) =>
        context.Organizations.Where(organization => ids.Contains(organization.Id))
            .ToDictionaryAsync(organization => organization.Id, organization => (organization.Number, organization.Name), cancellationToken);
}
