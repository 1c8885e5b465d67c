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
    public async Task<Result<AccountView>> HandleAsync(
        Caller caller, string secret, string password, CancellationToken cancellationToken) =>
        await challenges.FindAsync(secret, cancellationToken) is { Challenge.Purpose: ChallengePurpose.ResetPassword } found
            ? await setPassword.HandleAsync(caller, found.Challenge, found.User, found.Email, password, cancellationToken)
            : ChallengeStore.Unusable;
}

/// <summary>
/// Sets a new password for a person who reads the account's mailbox. This proves the address; if it was unproven, the previous password,
/// sessions and keys end too. Of concurrent requests with one secret, one succeeds. Errors: 400 secret already used, 422 password refused.
/// </summary>
public sealed class SetPasswordByMail(
    PasswordHashing passwords, PasswordSetter passwordSetter, ChallengeStore challenges, ProveEmail proveEmail, DatabaseSession database)
{
    public async Task<Result<AccountView>> HandleAsync(
        Caller caller, Challenge challenge, User user, EmailAddress email, string password, CancellationToken cancellationToken)
    {
        var hashed = await passwords.HashAsync(user, password, cancellationToken);
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

        var proven = await proveEmail.HandleAsync(caller, user, email, cancellationToken);
        return await transaction.CommitAsync(proven, cancellationToken);
    }
}
