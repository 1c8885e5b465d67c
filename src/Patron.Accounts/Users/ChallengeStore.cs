using Microsoft.EntityFrameworkCore;
using Patron.Accounts.Database;
using Patron.Shared.Results;
using Patron.Shared.Secrets;
using Patron.Shared.Text;

namespace Patron.Accounts.Users;

/// <summary>Finds and consumes secrets from mails. Of concurrent requests with one secret, one succeeds.</summary>
public sealed class ChallengeStore(AccountsContext dbContext, TimeProvider time)
{
    public static readonly Error Unusable = Error.Rule(
        "link_expired", "This link has expired or has already been used. Request a new one.");

    /// <summary>Finds the open challenge of this secret, with its user. The challenge's address must still be the account's.</summary>
    public async Task<(Challenge Challenge, User User, EmailAddress Email)?> FindAsync(string secret, CancellationToken cancellationToken)
    {
        var hash = Secret.Hash(secret);
        var now = time.GetUtcNow();
        var challenge = await dbContext.Challenges.AsNoTracking().SingleOrDefaultAsync(
            row => row.SecretHash == hash && row.ConsumedAt == null && row.ExpiresAt > now, cancellationToken);
        if (challenge is null || !EmailAddress.TryParse(challenge.Email, out var email))
        {
            return null;
        }

        // The user is tracked, unlike the challenge, because the action will change it.
        var user = await dbContext.Users.SingleAsync(row => row.Id == challenge.UserId, cancellationToken);
        return IsFor(challenge, user) ? (challenge, user, email) : null;
    }

    /// <summary>
    /// Locks the account and consumes the challenge, inside the transaction of the action it allows. Returns false if another request
    /// consumed it first, or the address of the account has changed since.
    /// </summary>
    public async Task<bool> TryConsumeAsync(Challenge challenge, User user, CancellationToken cancellationToken)
    {
        await dbContext.LockAsync(user, cancellationToken);
        var now = time.GetUtcNow();
        return IsFor(challenge, user)
            && await dbContext.Challenges.Where(row => row.Id == challenge.Id && row.ConsumedAt == null)
                .ExecuteUpdateAsync(set => set.SetProperty(row => row.ConsumedAt, now), cancellationToken) == 1;
    }

    private static bool IsFor(Challenge challenge, User user)
    {
        var expected = challenge.Purpose == ChallengePurpose.ChangeEmail ? user.PendingEmail : user.Email;
        return user.DisabledAt is null && expected is not null && EmailAddress.KeyOf(expected) == EmailAddress.KeyOf(challenge.Email);
    }
}
