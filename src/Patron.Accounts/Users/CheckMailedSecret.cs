namespace Patron.Accounts.Users;

/// <summary>
/// Says what a mailed secret can still do, without consuming it, because mail scanners open links. Only the reader of the mailbox has the
/// secret; an unknown one learns nothing.
/// </summary>
public sealed class CheckMailedSecret(ChallengeStore challenges, TimeProvider time)
{
    /// <param name="resetsPassword">Whether the secret must be one that resets a password, or one that confirms an address.</param>
    public async Task<SecretStatus> HandleAsync(string secret, bool resetsPassword, CancellationToken cancellationToken) =>
        await challenges.FindAnyAsync(secret, cancellationToken) is { } found
            && found.Challenge.Purpose == ChallengePurpose.ResetPassword == resetsPassword
                ? found.Challenge.StatusOf(found.User, time.GetUtcNow())
                : SecretStatus.Ended;
}
