using Microsoft.EntityFrameworkCore;
using Patron.Accounts.Database;
using Patron.Shared.Results;
using Patron.Shared.Secrets;
using Patron.Shared.Text;

namespace Patron.Accounts.Users;

/// <summary>Finds and uses up the secrets that came by mail. Of two that use one at once, one succeeds.</summary>
public sealed class ChallengeUse(AccountsContext context, TimeProvider time)
{
    public static readonly Error Unusable = Error.Rule("This token is not valid any more: it was used, replaced or is too old. Please ask for a new one.");

    /// <summary>The open challenge with this secret and its user, or null. Its address must still be the account's.</summary>
    public async Task<(Challenge Challenge, User User, EmailAddress Email)?> FindAsync(string secret, CancellationToken cancellationToken)
    {
        var hash = Secret.Hash(secret);
        var now = time.GetUtcNow();
        var challenge = await context.Challenges.AsNoTracking().SingleOrDefaultAsync(
            row => row.SecretHash == hash && row.ConsumedAt == null && row.ExpiresAt > now, cancellationToken);
        if (challenge is null || !EmailAddress.TryParse(challenge.Email, out var email))
        {
            return null;
        }

        // Tracked, unlike the challenge: what the secret allows is a change to this user.
        var user = await context.Users.SingleAsync(row => row.Id == challenge.UserId, cancellationToken);
        return IsFor(challenge, user) ? (challenge, user, email) : null;
    }

    /// <summary>
    /// Uses the challenge up, inside the transaction of what it allows; false when another was faster, or the account has moved on
    /// since it was found. From here on nobody else changes the account.
    /// </summary>
    public async Task<bool> TryConsumeAsync(Challenge challenge, User user, CancellationToken cancellationToken)
    {
        await context.LockAsync(user, cancellationToken);
        var now = time.GetUtcNow();
        return IsFor(challenge, user)
            && await context.Challenges.Where(row => row.Id == challenge.Id && row.ConsumedAt == null)
                .ExecuteUpdateAsync(set => set.SetProperty(row => row.ConsumedAt, now), cancellationToken) == 1;
    }

    private static bool IsFor(Challenge challenge, User user)
    {
        var expected = challenge.Purpose == ChallengePurpose.ChangeEmail ? user.PendingEmail : user.Email;
        return user.DisabledAt is null && expected is not null && EmailAddress.KeyOf(expected) == EmailAddress.KeyOf(challenge.Email);
    }
}
