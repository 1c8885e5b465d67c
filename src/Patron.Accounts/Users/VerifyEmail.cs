using Patron.Accounts.Passwords;
using Patron.Shared.Callers;
using Patron.Shared.Database;
using Patron.Shared.Results;

namespace Patron.Accounts.Users;

/// <summary>
/// The mailed secret, with the password of the account or, without one, a new password. Both are null if the caller has a session.
/// </summary>
public sealed record EmailProof(string Secret, string? Password = null, NewPassword? NewPassword = null)
{
    /// <summary>Whether to start a session for a person who sets a new password.</summary>
    public bool SignsIn { get; init; }
}

/// <summary>
/// Proves an account's address by the mailed secret together with the account's session or password. Without them a new password is needed,
/// and everything the account was registered with ends: registering someone else's address first does not give access to their account
/// (linking.md, 'Proof'). Errors: 400 token not usable, 401 neither session nor password, or a wrong one, 422.
/// </summary>
public sealed class VerifyEmail(
    ChallengeStore challenges, PasswordHashing passwords, SetPasswordByMail setPassword, ProveEmail proveEmail, DatabaseSession database)
{
    private static readonly Error PasswordNeeded = Error.Unauthenticated(
        "password_required", "Sign in to this account first, or send its password. If you didn't set one, choose one with password1 and password2.");

    private static readonly Error WrongPassword = Error.Unauthenticated(
        "password_incorrect", "That password isn't right for this account.");

    public async Task<Result<ProvenByMail>> HandleAsync(Caller caller, EmailProof proof, CancellationToken cancellationToken)
    {
        if (await challenges.FindAsync(proof.Secret, cancellationToken) is not { } found
            || found.Challenge.Purpose == ChallengePurpose.ResetPassword)
        {
            return ChallengeStore.Unusable;
        }

        if (proof.NewPassword is { } newPassword && found.Challenge.Purpose == ChallengePurpose.VerifyEmail
            && caller.UserId != found.User.Id)
        {
            return await setPassword.HandleAsync(caller, found, newPassword, proof.SignsIn, cancellationToken);
        }

        if (caller.UserId != found.User.Id
            && (proof.Password is null
                ? PasswordNeeded
                : await passwords.VerifyAsync(
                    found.User, found.User.Id.ToString(), proof.Password, WrongPassword, cancellationToken)) is { } refusal)
        {
            return refusal;
        }

        await using var transaction = await database.BeginAsync(cancellationToken);
        if (!await challenges.TryConsumeAsync(found.Challenge, found.User, cancellationToken))
        {
            return ChallengeStore.Unusable;
        }

        var proven = await proveEmail.HandleAsync(caller, found.User, found.Email, cancellationToken);
        return await transaction.CommitAsync(proven.Select(account => new ProvenByMail(account)), cancellationToken);
    }
}
