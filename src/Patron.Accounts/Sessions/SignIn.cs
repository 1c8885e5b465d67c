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
/// Signs somebody in by e-mail or user name and password. Unknown names and wrong passwords are told alike, in words and time.
/// Errors: 401 wrong, 403 disabled, 429 after ten wrong passwords (mail still lets the owner in), 503 too busy.
/// </summary>
public sealed class SignIn(AccountsContext context, PasswordWork passwords, SessionStart sessions, DatabaseSession database, TimeProvider time)
{
    private static readonly Error Wrong = Error.Unauthenticated("The e-mail address or the password is wrong.");
    private static readonly Error Disabled = Error.Forbidden("This account is switched off. Please write to the people who run this service.");

    public async Task<Result<SignedIn>> HandleAsync(Caller caller, string login, string password, CancellationToken cancellationToken)
    {
        var user = await context.IdentifyAsync(login, cancellationToken);
        var refusal = await passwords.RefusalAsync(user, user?.Id.ToString() ?? Identification.KeyOf(login) ?? login, password, Wrong, cancellationToken);
        if (user is not null && (refusal ?? (user.DisabledAt is null ? null : Disabled)) is { } refused)
        {
            context.Audit.Add(AuditEntry.For(caller, "session.refused", "account", user.Id, time.GetUtcNow()));
            await context.SaveChangesAsync(cancellationToken);
            return refused;
        }

        if (user is null)
        {
            return refusal ?? Wrong;
        }

        // Asked again, because checking took a while: a session must not outlive the reset that came in between.
        await using var transaction = await database.BeginAsync(cancellationToken);
        if (!await context.HoldSignInAsync(user, cancellationToken))
        {
            return Wrong;
        }

        var signedIn = await sessions.StartAsync(caller, user, cancellationToken);
        return await transaction.CommitAsync(signedIn, cancellationToken);
    }
}
