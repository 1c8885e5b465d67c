using Microsoft.EntityFrameworkCore;
using Patron.Accounts.Database;

namespace Patron.Accounts.Organizations;

/// <summary>Customer profiles of accounts (source 2, 'Automatic Profile Linking').</summary>
public sealed class CustomerProfiles(AccountsContext dbContext, TimeProvider time)
{
    /// <summary>
    /// Creates the customer profile if it is missing, moves it to this organization, and returns its id. Concurrent calls return the same
    /// id.
    /// </summary>
    public async Task<long> EnsureAsync(Guid userId, Guid organizationId, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        var ids = await dbContext.Database.SqlQuery<long>(
            $"""
            INSERT INTO accounts.profiles (user_id, profile_type, organization_id, created_at, updated_at)
            VALUES ({userId}, 'customer', {organizationId}, {now}, {now})
            ON CONFLICT (user_id, profile_type) DO UPDATE SET
                organization_id = excluded.organization_id,
                updated_at = CASE WHEN profiles.organization_id = excluded.organization_id THEN profiles.updated_at ELSE excluded.updated_at END
            RETURNING id AS "Value"
            """).ToListAsync(cancellationToken);
        return ids.Single();
    }

    /// <summary>Returns the ids of customer profiles by user id, without users who have none.</summary>
    public Task<Dictionary<Guid, long>> FindAsync(IReadOnlyCollection<Guid> userIds, CancellationToken cancellationToken) =>
        dbContext.Profiles.Where(profile => profile.ProfileType == ProfileType.Customer && userIds.Contains(profile.UserId))
            .ToDictionaryAsync(profile => profile.UserId, profile => profile.Id, cancellationToken);
}
