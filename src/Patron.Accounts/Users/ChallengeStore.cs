using Microsoft.EntityFrameworkCore;
using Patron.Accounts.Database;
using Patron.Shared.Results;
using Patron.Shared.Secrets;
using Patron.Shared.Text;

namespace Patron.Accounts.Users;

/// <summary>A challenge that can be used, its user, and the address it proves.</summary>
public sealed record OpenChallenge(Challenge Challenge, User User, EmailAddress Email);

/// <summary>Finds and consumes secrets from mails. Of concurrent requests with one secret, one succeeds.</summary>
public sealed class ChallengeStore(AccountsContext dbContext, TimeProvider time)
{
    public static readonly Error Unusable = Error.Rule(
        "link_expired", "This link has expired or has already been used. Request a new one.");

    /// <summary>Finds the open challenge of this secret, with its user. The challenge's address must still be the account's.</summary>
    public async Task<OpenChallenge?> FindAsync(string secret, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        return await FindAnyAsync(secret, cancellationToken) is { } found
            && found.Challenge.ConsumedAt is null && found.Challenge.ExpiresAt > now && found.Challenge.IsFor(found.User)
            && EmailAddress.TryParse(found.Challenge.Email, out var email)
                ? new OpenChallenge(found.Challenge, found.User, email)
                : null;
    }

    /// <summary>
    /// Finds the challenge of this secret with its user, whether it can still be used or not. Housekeeping keeps it for 30 days after it
    /// has expired.
    /// </summary>
    public async Task<(Challenge Challenge, User User)?> FindAnyAsync(string secret, CancellationToken cancellationToken)
    {
        var hash = Secret.Hash(secret);
        if (await dbContext.Challenges.AsNoTracking().SingleOrDefaultAsync(row => row.SecretHash == hash, cancellationToken)
            is not { } challenge)
        {
            return null;
        }

        // The user is tracked, unlike the challenge, because the action will change it.
        return (challenge, await dbContext.Users.SingleAsync(row => row.Id == challenge.UserId, cancellationToken));
    }

    /// <summary>
    /// Locks the account and consumes the challenge, inside the transaction of the action it allows. Returns false if another request
    /// consumed it first, or the address of the account has changed since.
    /// </summary>
    public async Task<bool> TryConsumeAsync(Challenge challenge, User user, CancellationToken cancellationToken)
    {
        await dbContext.LockAsync(user, cancellationToken);
        var now = time.GetUtcNow();
        return challenge.IsFor(user)
            && await dbContext.Challenges.Where(row => row.Id == challenge.Id && row.ConsumedAt == null)
                .ExecuteUpdateAsync(set => set.SetProperty(row => row.ConsumedAt, now), cancellationToken) == 1;
    }
}
