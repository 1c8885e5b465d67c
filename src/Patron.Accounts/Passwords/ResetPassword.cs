using Patron.Accounts.Sessions;
using Patron.Accounts.Users;
using Patron.Shared.Callers;
using Patron.Shared.Database;
using Patron.Shared.Results;
using Patron.Shared.Text;

namespace Patron.Accounts.Passwords;

/// <summary>
/// Sets a new password by the secret from a mail, once, within one hour, and ends all sessions. Errors: 400 token not usable, 422 password
/// refused.
/// </summary>
public sealed class ResetPassword(ChallengeStore challenges, SetPasswordByMail setPassword)
{
    /// <param name="signsIn">Whether to start a session for the person.</param>
    public async Task<Result<ProvenByMail>> HandleAsync(
        Caller caller, string secret, NewPassword password, bool signsIn, CancellationToken cancellationToken) =>
        await challenges.FindAsync(secret, cancellationToken) is { Challenge.Purpose: ChallengePurpose.ResetPassword } found
            ? await setPassword.HandleAsync(caller, found, password, signsIn, cancellationToken)
            : ChallengeStore.Unusable;
}

/// <summary>The account whose mailbox was proven, and its new session if one was started.</summary>
public sealed record ProvenByMail(AccountView Account, SignedIn? SignedIn = null);

/// <summary>
/// Sets a new password for a person who reads the account's mailbox. This proves the address; if it was unproven, the previous password,
/// sessions and keys end too. Of concurrent requests with one secret, one succeeds. Errors: 400 secret already used, 422 password refused.
/// </summary>
public sealed class SetPasswordByMail(
    PasswordHashing passwords, PasswordSetter passwordSetter, ChallengeStore challenges, ProveEmail proveEmail, SessionStarter sessions,
    DatabaseSession database)
{
    public async Task<Result<ProvenByMail>> HandleAsync(
        Caller caller, OpenChallenge open, NewPassword password, bool signsIn, CancellationToken cancellationToken)
    {
        var (challenge, user, email) = open;
        var errors = new FieldErrors();
        password.Check(errors, text => passwords.Refusal(text, user.Email, user.Names));
        if (errors.Any)
        {
            return errors.ToError();
        }

        var hashed = await passwords.HashAsync(user, password.Text, cancellationToken);
        if (!hashed.Succeeded(out var hash, out var refused))
        {
            return refused;
        }

        await using var transaction = await database.BeginAsync(cancellationToken);
        if (!await challenges.TryConsumeAsync(challenge, user, cancellationToken))
        {
            return ChallengeStore.Unusable;
        }

        if (user.EmailConfirmed)
        {
            await passwordSetter.SetAsync(caller, user, hash, keepSession: null, cancellationToken);
        }
        else
        {
            await passwordSetter.TakeOverAsync(caller, user, hash, cancellationToken);
        }

        if (!(await proveEmail.HandleAsync(caller, user, email, cancellationToken)).Succeeded(out var account, out var taken))
        {
            return taken;
        }

        var signedIn = signsIn ? await sessions.StartAsync(caller, user, cancellationToken) : null;
        return await transaction.CommitAsync(new ProvenByMail(account, signedIn), cancellationToken);
    }
}
