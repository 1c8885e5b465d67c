using Patron.Accounts.Users;
using Patron.Shared.Callers;
using Patron.Shared.Results;

namespace Patron.Accounts.Passwords;

/// <summary>Sets a new password by the secret from a mail, within one hour, once; every session ends. Errors: 400 token unusable, 422 password refused.</summary>
public sealed class ResetPassword(ChallengeUse challenges, TakeoverByMail takeover)
{
    public async Task<Result<AccountView>> HandleAsync(Caller caller, string secret, string password, CancellationToken cancellationToken) =>
        await challenges.FindAsync(secret, cancellationToken) is { Challenge.Purpose: ChallengePurpose.ResetPassword } found
            ? await takeover.HandleAsync(caller, found.Challenge, found.User, found.Email, password, cancellationToken)
            : ChallengeUse.Unusable;
}
