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
    public async Task<(Challenge Challenge, User User, EmailAddress Email)?> FindAsync(string secret, CancellationToken cancellation)
    {
        var hash = Secret.Hash(secret);
        var now = time.GetUtcNow();
        var found = await (
            from challenge in context.Challenges.AsNoTracking()
            join user in context.Users on challenge.UserId equals user.Id
            where challenge.SecretHash == hash && challenge.ConsumedAt == null && challenge.ExpiresAt > now && user.DisabledAt == null
            select new { challenge, user }).SingleOrDefaultAsync(cancellation);
        if (found is null || !EmailAddress.TryParse(found.challenge.Email, out var email))
        {
            return null;
        }

        var expected = found.challenge.Purpose == ChallengePurpose.ChangeEmail ? found.user.PendingEmail : found.user.Email;
        return expected is not null && Folding.Key(expected) == email.Key ? (found.challenge, found.user, email) : null;
    }

    /// <summary>Uses the challenge up, inside the transaction of what it allows; false when another was faster.</summary>
    public async Task<bool> TryConsumeAsync(Challenge challenge, CancellationToken cancellation)
    {
        var now = time.GetUtcNow();
        return await context.Challenges.Where(row => row.Id == challenge.Id && row.ConsumedAt == null)
            .ExecuteUpdateAsync(set => set.SetProperty(row => row.ConsumedAt, now), cancellation) == 1;
    }
}
