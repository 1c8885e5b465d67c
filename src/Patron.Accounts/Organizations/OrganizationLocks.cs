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
    public static readonly Error Closed = Error.Rule(
        "organization_closed", "This organization is closed. No one can join it or act for it.");

    /// <summary>Locks the organization for a change of its members. Everything that joins it or acts for it waits.</summary>
    public static Task<int> LockOrganizationAsync(this AccountsContext dbContext, Guid id, CancellationToken cancellationToken) =>
        dbContext.Database.ExecuteSqlAsync($"SELECT FROM accounts.organizations WHERE id = {id} FOR UPDATE", cancellationToken);

    /// <summary>
    /// Keeps the organization open, and its members as they are, until the transaction ends. Returns false if it is closed.
    /// </summary>
    public static async Task<bool> TryShareOrganizationAsync(
        this AccountsContext dbContext, Guid id, CancellationToken cancellationToken) =>
        (await dbContext.Database.SqlQuery<int>(
            $"""SELECT 1 AS "Value" FROM accounts.organizations WHERE id = {id} AND closed_at IS NULL FOR KEY SHARE""")
            .ToListAsync(cancellationToken)).Count == 1;

    /// <summary>
    /// Does the same for an owner who gives others access. Returns an error if the organization is closed, or <paramref name="ownersOnly"/>
    /// if the caller was removed meanwhile: a caller is cached for a second, and what is created after the removal would outlive it.
    /// </summary>
    public static async Task<Error?> ShareAsOwnerAsync(
        this AccountsContext dbContext, Caller caller, Error ownersOnly, CancellationToken cancellationToken)
    {
        if (!await dbContext.TryShareOrganizationAsync(caller.OrganizationId, cancellationToken))
        {
            return Closed;
        }

        var isOwner = caller.IsAdmin || await dbContext.Members.AnyAsync(
            row => row.OrganizationId == caller.OrganizationId && row.UserId == caller.UserId && row.Role == OrganizationRole.Vendor,
            cancellationToken);
        return isOwner ? null : ownersOnly;
    }
}
