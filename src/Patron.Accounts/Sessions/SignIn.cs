using Patron.Accounts.Database;
using Patron.Accounts.Passwords;
using Patron.Accounts.Users;
using Patron.Shared.Callers;
using Patron.Shared.Database;
using Patron.Shared.Results;

namespace Patron.Accounts.Sessions;

/// <summary>
/// Signs in by email address or username, and password. Unknown names and wrong passwords get the same answer after the same work. Wrong
/// passwords are counted; an audit entry is written when an account has to wait from then on, not for each. Errors: 401 wrong, 403
/// disabled, 429 after ten wrong passwords (a reset by mail still works), 503 too busy.
/// </summary>
public sealed class SignIn(
    AccountsContext dbContext, PasswordHashing passwords, SignInRules rules, SessionStarter sessions, DatabaseSession database)
{
    private static readonly Error Disabled = Error.Forbidden(
        "account_disabled", "This account has been disabled. Contact support.");

    public async Task<Result<SignedIn>> HandleAsync(Caller caller, string login, string password, CancellationToken cancellationToken)
    {
        var user = rules.Admit(await dbContext.FindByLoginAsync(login, cancellationToken));
        var account = user?.Id.ToString() ?? LoginLookup.KeyOf(login) ?? login;
        if (!(await passwords.CheckAsync(user, account, password, cancellationToken)).Succeeded(out var check, out var refusal))
        {
            return refusal;
        }

        if (user is null || check != PasswordCheck.Right)
        {
            await sessions.RefuseAsync(caller, user, isAudited: check == PasswordCheck.WrongTooOften, cancellationToken);
            return rules.Wrong;
        }

        if (user.DisabledAt is not null)
        {
            await sessions.RefuseAsync(caller, user, isAudited: true, cancellationToken);
            return Disabled;
        }

        // Check again under a lock, because hashing takes time: a session must not survive a password reset that came in between.
        await using var transaction = await database.BeginAsync(cancellationToken);
        if (!await dbContext.LockForSignInAsync(user, cancellationToken))
        {
            return rules.Wrong;
        }

        var signedIn = await sessions.StartAsync(caller, user, cancellationToken);
        return await transaction.CommitAsync(signedIn, cancellationToken);
    }
}
