using Microsoft.EntityFrameworkCore;
using Patron.Accounts.Database;
using Patron.Accounts.Sessions;
using Patron.Shared.Database;

namespace Patron.Accounts.Organizations;

/// <summary>Makes somebody a customer of an organization, as being linked to a record of it does. Who is a member already stays what they are.</summary>
public sealed class JoinOrganization(AccountsContext context, CustomerProfiles profiles, DatabaseSession database, CallerCache known, TimeProvider time)
{
    /// <summary>Inside the caller's transaction, whose deed says in the audit log how it came to this.</summary>
    public async Task AddAsync(Guid userId, Guid organizationId, CancellationToken cancellationToken)
    {
        var added = await context.Database.ExecuteSqlAsync(
            $"""
            INSERT INTO accounts.memberships (organization_id, user_id, role, since) VALUES ({organizationId}, {userId}, 'customer', {time.GetUtcNow()})
            ON CONFLICT (organization_id, user_id) DO NOTHING
            """, cancellationToken);
        if (added > 0)
        {
            database.AfterCommit(known.Forget);
        }
    }

    /// <summary>The same with a customer profile that shows the organization, for those who use interfaces with profiles (source 2).</summary>
    public async Task AddWithProfileAsync(Guid userId, Guid organizationId, CancellationToken cancellationToken)
    {
        await AddAsync(userId, organizationId, cancellationToken);
        await profiles.EnsureAsync(userId, organizationId, cancellationToken);
    }
}
