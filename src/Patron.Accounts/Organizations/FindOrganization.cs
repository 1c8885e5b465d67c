using Microsoft.EntityFrameworkCore;
using Patron.Accounts.Database;
using Patron.Shared.Callers;
using Patron.Shared.Results;

namespace Patron.Accounts.Organizations;

/// <summary>
/// Finds an organization by its number or UUID, for its members, its API keys and administrators. Errors: 404 for others.
/// </summary>
public sealed class FindOrganization(AccountsContext dbContext)
{
    public async Task<Result<OrganizationView>> HandleAsync(Caller caller, string numberOrId, CancellationToken cancellationToken) =>
        await dbContext.OrganizationsOf(caller)
            .AsNoTracking()
            .WithReference(numberOrId)
            .SingleOrDefaultAsync(cancellationToken) is { } organization
            ? OrganizationView.Of(organization, caller)
            : VisibleRows.NoOrganization;

    /// <summary>Finds these organizations, also closed ones, for other modules. It does not check access.</summary>
    public Task<Dictionary<Guid, Organization>> ByIdAsync(
        IReadOnlyCollection<Guid> ids, CancellationToken cancellationToken) =>
        dbContext.Organizations.AsNoTracking().Where(organization => ids.Contains(organization.Id))
            .ToDictionaryAsync(organization => organization.Id, cancellationToken);
}
