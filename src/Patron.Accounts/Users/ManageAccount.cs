using Microsoft.EntityFrameworkCore;
using Patron.Accounts.Database;
using Patron.Accounts.Passwords;
using Patron.Accounts.Sessions;
using Patron.Shared.Callers;
using Patron.Shared.Results;

namespace Patron.Accounts.Users;

/// <summary>An account with its active sessions, the last used first.</summary>
public sealed record ManagedAccount(User User, IReadOnlyList<Session> Sessions);

/// <summary>
/// What an administrator may do with an account of somebody else: see it with its sessions, disable and enable it, end its sessions, and have
/// a link to reset the password mailed to it; nobody sets a password for others. Errors: 403 not an administrator, 404 no such account.
/// </summary>
public sealed class ManageAccount(
    AccountsContext dbContext, SetAccountEnabled enabled, ListSessions list, EndSessions sessions, ForgotPassword passwords)
{
    private static readonly Error AdminsOnly = Error.Forbidden("admin_required", "Only an administrator can manage accounts.");
    private static readonly Error NoAccount = Error.NotFound("account_not_found", "There's no such account.");
    private static readonly Error OwnAccount = Error.Rule("own_account", "You can't disable your own account.");

    public async Task<Result<ManagedAccount>> FindAsync(Caller caller, Guid userId, CancellationToken cancellationToken)
    {
        if (!(await AdmitAsync(caller, userId, cancellationToken)).Succeeded(out var user, out var refused))
        {
            return refused;
        }

        return new ManagedAccount(user, await list.OfAccountAsync(userId, cancellationToken));
    }

    public async Task<Result<User>> SetEnabledAsync(Caller caller, Guid userId, bool isEnabled, CancellationToken cancellationToken)
    {
        if (caller.UserId == userId && !isEnabled)
        {
            return OwnAccount;
        }

        return (await AdmitAsync(caller, userId, cancellationToken)).Succeeded(out var user, out var refused)
            ? await enabled.HandleAsync(caller, user.Email!, isEnabled, cancellationToken)
            : refused;
    }

    public async Task<Result<Unit>> EndSessionsAsync(Caller caller, Guid userId, CancellationToken cancellationToken)
    {
        if ((await AdmitAsync(caller, userId, cancellationToken)).Error is { } refused)
        {
            return refused;
        }

        await sessions.EndAllAsync(caller, userId, cancellationToken);
        return default(Unit);
    }

    /// <summary>Mails the link, unless the mailbox already has one that works and has had several lately.</summary>
    public async Task<Result<Unit>> ResetPasswordAsync(Caller caller, Guid userId, CancellationToken cancellationToken)
    {
        if (!(await AdmitAsync(caller, userId, cancellationToken)).Succeeded(out var user, out var refused))
        {
            return refused;
        }

        await passwords.HandleAsync(caller, user.Email, cancellationToken);
        return default(Unit);
    }

    private async Task<Result<User>> AdmitAsync(Caller caller, Guid userId, CancellationToken cancellationToken)
    {
        if (!caller.IsAdmin)
        {
            return AdminsOnly;
        }

        return await dbContext.Users.AsNoTracking().SingleOrDefaultAsync(row => row.Id == userId, cancellationToken) is { } user
            ? user
            : NoAccount;
    }
}
