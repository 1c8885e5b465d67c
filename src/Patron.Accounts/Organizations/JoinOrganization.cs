using Microsoft.EntityFrameworkCore;
using Patron.Accounts.Database;
using Patron.Accounts.Sessions;
using Patron.Shared.Database;
using Patron.Shared.Results;

namespace Patron.Accounts.Organizations;

/// <summary>Makes an account a customer member of an organization. An existing membership does not change.</summary>
public sealed class JoinOrganization(
    AccountsContext dbContext, CustomerProfiles profiles, DatabaseSession database, CallerCache callerCache, TimeProvider time)
{
    /// <summary>
    /// Joins an organization that is known to be open, such as home. Runs inside the caller's transaction, which also writes the audit
    /// entry.
    /// </summary>
    public async Task AddAsync(Guid userId, Guid organizationId, CancellationToken cancellationToken)
    {
        var added = await dbContext.Database.ExecuteSqlAsync(
            $"""
            INSERT INTO accounts.memberships (organization_id, user_id, role, since) VALUES ({organizationId}, {userId}, 'customer', {time.GetUtcNow()})
            ON CONFLICT (organization_id, user_id) DO NOTHING
            """, cancellationToken);
        if (added > 0)
        {
            database.AfterCommit(callerCache.Clear);
        }
    }

    /// <summary>
    /// Also creates or moves the customer profile, for interfaces with profiles (source 2). Errors: 400 the organization is closed.
    /// </summary>
    public async Task<Error?> AddWithProfileAsync(Guid userId, Guid organizationId, CancellationToken cancellationToken)
    {
        if (!await dbContext.TryShareOrganizationAsync(organizationId, cancellationToken))
        {
            return OrganizationLocks.Closed;
        }

        await AddAsync(userId, organizationId, cancellationToken);
        await profiles.EnsureAsync(userId, organizationId, cancellationToken);
        return null;
    }
}
