using Microsoft.EntityFrameworkCore;
using Patron.Accounts.Database;
using Patron.Accounts.Organizations;
using Patron.Accounts.Sessions;
using Patron.Shared.Audit;
using Patron.Shared.Callers;
using Patron.Shared.Database;
using Patron.Shared.Results;

namespace Patron.Accounts.Users;

/// <summary>
/// Disables one of two accounts of the same person, inside the transaction that merges their customer records: its sessions end, and both
/// mailboxes are told. Only an account that is nothing but a customer of the acting organization is disabled (400 otherwise). For other
/// modules, which have checked that the caller is an administrator and locked both accounts.
/// </summary>
public sealed class RetireAccount(
    AccountsContext dbContext, EndSessions sessions, AccountMailbox mailbox, TimeProvider time)
{
    private static readonly Error HasMemberships = Error.Rule(
        "account_has_memberships",
        "The account of one of these customers has other memberships. End them first, or keep this customer and merge the other one into it.");

    /// <summary>Null if the account is disabled now. <paramref name="isPreview"/> only checks.</summary>
    public async Task<Error?> HandleAsync(Caller caller, Guid losing, Guid keeping, bool isPreview, CancellationToken cancellationToken)
    {
        var user = await dbContext.Users.SingleOrDefaultAsync(row => row.Id == losing, cancellationToken);
        if (user is null)
        {
            return null; // Its record names an account that no longer exists.
        }

        if (user.IsAdmin || await dbContext.Members.AnyAsync(
            member => member.UserId == losing && (member.OrganizationId != caller.OrganizationId || member.Role != OrganizationRole.Customer),
            cancellationToken))
        {
            return HasMemberships;
        }

        if (isPreview || user.DisabledAt is not null)
        {
            return null;
        }

        var now = time.GetDatabaseNow();
        user.Disable(now);
        await sessions.EndAsync(caller, losing, _ => true, "account_disabled", cancellationToken);
        dbContext.Audit.Add(AuditEntry.For(caller, "account.disabled", "account", losing, now));
        if (await dbContext.Users.SingleOrDefaultAsync(row => row.Id == keeping, cancellationToken) is { } other)
        {
            await mailbox.NotifyMergedAsync(caller, user, other, now, cancellationToken);
        }

        await dbContext.SaveChangesAsync(cancellationToken);
        return null;
    }

    /// <summary>Enables the account again, because the merge was undone.</summary>
    public async Task UndoAsync(Caller caller, Guid userId, CancellationToken cancellationToken)
    {
        var user = await dbContext.Users.SingleOrDefaultAsync(row => row.Id == userId, cancellationToken);
        if (user?.DisabledAt is null)
        {
            return;
        }

        user.Enable();
        dbContext.Audit.Add(AuditEntry.For(caller, "account.enabled", "account", userId, time.GetDatabaseNow()));
        await dbContext.SaveChangesAsync(cancellationToken);
    }
}
