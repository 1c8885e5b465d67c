using Patron.Accounts.Database;
using Patron.Accounts.Passwords;
using Patron.Accounts.Users;
using Patron.Shared.Audit;
using Patron.Shared.Callers;
using Patron.Shared.Database;
using Patron.Shared.Results;
using Patron.Shared.Text;

namespace Patron.Accounts.Sessions;

/// <summary>
/// Signs in by e-mail address or user name, and password. Unknown names and wrong passwords get the same answer in the same time. Errors:
/// 401 wrong, 403 disabled, 429 after ten wrong passwords (a reset by mail still works), 503 too busy.
/// </summary>
public sealed class SignIn(
    AccountsContext dbContext, PasswordHashing passwords, SignInRules rules, SessionStarter sessions, DatabaseSession database,
    TimeProvider time)
{
    private static readonly Error Disabled = Error.Forbidden(
        "This account is switched off. Please write to the people who run this service.");

    public async Task<Result<SignedIn>> HandleAsync(Caller caller, string login, string password, CancellationToken cancellationToken)
    {
        var user = rules.Admit(await dbContext.FindByLoginAsync(login, cancellationToken));
        var refusal = await passwords.VerifyAsync(
            user, user?.Id.ToString() ?? LoginLookup.KeyOf(login) ?? login, password, rules.Wrong, cancellationToken);
        if (user is not null && (refusal ?? (user.DisabledAt is null ? null : Disabled)) is { } refused)
        {
            dbContext.Audit.Add(AuditEntry.For(caller, "session.refused", "account", user.Id, time.GetUtcNow()));
            await dbContext.SaveChangesAsync(cancellationToken);
            return refused;
        }

        if (user is null)
        {
            return refusal ?? rules.Wrong;
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
