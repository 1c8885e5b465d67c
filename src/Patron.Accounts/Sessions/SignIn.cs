using Microsoft.Extensions.Logging;
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
/// Signs in by e-mail address or user name, and password. Unknown names and wrong passwords get the same answer after the same work. Wrong
/// passwords are counted; an audit entry is written when an account has to wait from then on, not for each. Errors: 401 wrong, 403
/// disabled, 429 after ten wrong passwords (a reset by mail still works), 503 too busy.
/// </summary>
public sealed partial class SignIn(
    AccountsContext dbContext, PasswordHashing passwords, SessionStarter sessions, DatabaseSession database, TimeProvider time,
    ILogger<SignIn> logger)
{
    private static readonly Error Wrong = Error.Unauthenticated("The e-mail address or the password is wrong.");
    private static readonly Error Disabled = Error.Forbidden(
        "This account is switched off. Please write to the people who run this service.");

    public async Task<Result<SignedIn>> HandleAsync(Caller caller, string login, string password, CancellationToken cancellationToken)
    {
        var user = await dbContext.FindByLoginAsync(login, cancellationToken);
        var account = user?.Id.ToString() ?? LoginLookup.KeyOf(login) ?? login;
        if (!(await passwords.CheckAsync(user, account, password, cancellationToken)).Succeeded(out var check, out var refusal))
        {
            return refusal;
        }

        if (check == PasswordCheck.WrongTooOften)
        {
            await AuditRefusalAsync(caller, user, cancellationToken);
        }

        if (user is null || check != PasswordCheck.Right)
        {
            LogRefused(user?.Id);
            return Wrong;
        }

        if (user.DisabledAt is not null)
        {
            await AuditRefusalAsync(caller, user, cancellationToken);
            return Disabled;
        }

        // Check again under a lock, because hashing takes time: a session must not survive a password reset that came in between.
        await using var transaction = await database.BeginAsync(cancellationToken);
        if (!await dbContext.LockForSignInAsync(user, cancellationToken))
        {
            return Wrong;
        }

        var signedIn = await sessions.StartAsync(caller, user, cancellationToken);
        return await transaction.CommitAsync(signedIn, cancellationToken);
    }

    // A name without an account gets an entry too, so that the work does not reveal which names have one.
    private async Task AuditRefusalAsync(Caller caller, User? user, CancellationToken cancellationToken)
    {
        var (subject, id) = user is null ? ("unknown_login", Guid.Empty) : ("account", user.Id);
        dbContext.Audit.Add(AuditEntry.For(caller, "session.refused", subject, id, time.GetUtcNow()));
        await dbContext.SaveChangesAsync(cancellationToken);
    }

    [LoggerMessage(LogLevel.Information, "Sign-in refused: wrong password or name, account {Account}")]
    private partial void LogRefused(Guid? account);
}
