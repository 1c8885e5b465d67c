using Microsoft.EntityFrameworkCore;
using Patron.Accounts.Database;
using Patron.Shared.Callers;
using Patron.Shared.Results;

namespace Patron.Accounts.Organizations;

/// <summary>
/// Locks of organizations. The order is always the same: the account, then the organization, then its invitations, keys and memberships.
/// </summary>
internal static class OrganizationLocks
{
    /// <summary>Locks the organization for a change of its members. Everything that joins it or acts for it waits.</summary>
    public static Task<int> LockOrganizationAsync(this AccountsContext dbContext, Guid id, CancellationToken cancellationToken) =>
        dbContext.Database.ExecuteSqlAsync($"SELECT FROM accounts.organizations WHERE id = {id} FOR UPDATE", cancellationToken);

    /// <summary>Keeps the organization's members as they are until the transaction ends.</summary>
    public static Task<int> ShareOrganizationAsync(this AccountsContext dbContext, Guid id, CancellationToken cancellationToken) =>
        dbContext.Database.ExecuteSqlAsync($"SELECT FROM accounts.organizations WHERE id = {id} FOR KEY SHARE", cancellationToken);

    /// <summary>
    /// Does the same for an owner who gives others access. Returns false if the caller was removed meanwhile: a caller is cached for a
    /// second, and what is created after the removal would outlive it.
    /// </summary>
    public static async Task<bool> ShareAsOwnerAsync(this AccountsContext dbContext, Caller caller, CancellationToken cancellationToken)
    {
        await dbContext.ShareOrganizationAsync(caller.OrganizationId, cancellationToken);
        return caller.IsAdmin || await dbContext.Members.AnyAsync(
            row => row.OrganizationId == caller.OrganizationId && row.UserId == caller.UserId && row.Role == OrganizationRole.Vendor,
            cancellationToken);
    }
}
