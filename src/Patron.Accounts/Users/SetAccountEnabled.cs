using Patron.Accounts.Database;
using Patron.Accounts.Sessions;
using Patron.Shared.Audit;
using Patron.Shared.Callers;
using Patron.Shared.Database;
using Patron.Shared.Results;

namespace Patron.Accounts.Users;

/// <summary>
/// Disables an account, which ends its sessions, or enables it: <c>patron admin disable|enable</c>. Errors: 404 no such account.
/// </summary>
public sealed class SetAccountEnabled(AccountsContext dbContext, EndSessions sessions, DatabaseSession database, TimeProvider time)
{
    public async Task<Result<User>> HandleAsync(Caller caller, string login, bool enabled, CancellationToken cancellationToken)
    {
        var user = await dbContext.FindByLoginAsync(login, cancellationToken);
        if (user is null)
        {
            return Error.NotFound("account_not_found", "There's no account with this email or username.");
        }

        await using var transaction = await database.BeginAsync(cancellationToken);
        await dbContext.LockAsync(user, cancellationToken);
        var now = time.GetUtcNow();
        if (enabled)
        {
            user.Enable();
        }
        else
        {
            user.Disable(now);
            await sessions.EndAsync(caller, user.Id, _ => true, "account_disabled", cancellationToken);
        }

        dbContext.Audit.Add(AuditEntry.For(caller, enabled ? "account.enabled" : "account.disabled", "account", user.Id, now));
        await dbContext.SaveChangesAsync(cancellationToken);
        return await transaction.CommitAsync(user, cancellationToken);
    }
}
