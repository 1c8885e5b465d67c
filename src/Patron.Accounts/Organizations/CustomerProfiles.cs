using Microsoft.EntityFrameworkCore;
using Patron.Accounts.Database;

namespace Patron.Accounts.Organizations;

/// <summary>The face that a person has as somebody's customer (source 2, 'Automatic Profile Linking').</summary>
public sealed class CustomerProfiles(AccountsContext context, TimeProvider time)
{
    /// <summary>The id of the person's customer profile, made if missing, showing this organization from now on. Of any number at once all get the same one.</summary>
    public async Task<long> EnsureAsync(Guid userId, Guid organizationId, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        var ids = await context.Database.SqlQuery<long>(
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

    /// <summary>The ids of customer profiles by their person; who has none is left out.</summary>
    public Task<Dictionary<Guid, long>> FindAsync(IReadOnlyCollection<Guid> userIds, CancellationToken cancellationToken) =>
        context.Profiles.Where(profile => profile.ProfileType == ProfileType.Customer && userIds.Contains(profile.UserId))
            .ToDictionaryAsync(profile => profile.UserId, profile => profile.Id, cancellationToken);
}
