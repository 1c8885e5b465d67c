using Microsoft.EntityFrameworkCore;
using Patron.Accounts.Database;
using Patron.Shared.Audit;
using Patron.Shared.Callers;
using Patron.Shared.Database;
using Patron.Shared.Results;

namespace Patron.Accounts.Users;

/// <summary>
/// Cancels the caller's change of email address that waits for its proof, and ends the mailed secret. Does nothing if none is waiting.
/// </summary>
public sealed class CancelEmailChange(AccountsContext dbContext, DatabaseSession database, TimeProvider time)
{
    public async Task<Result<AccountView>> HandleAsync(Caller caller, CancellationToken cancellationToken)
    {
        var user = await dbContext.Users.SingleAsync(row => row.Id == caller.UserId, cancellationToken);
        await using var transaction = await database.BeginAsync(cancellationToken);
        await dbContext.LockAsync(user, cancellationToken);
        if (user.PendingEmail is { } pending)
        {
            var now = time.GetUtcNow();
            user.CancelPendingEmail(now);
            await dbContext.Challenges.Where(
                challenge => challenge.UserId == user.Id && challenge.Purpose == ChallengePurpose.ChangeEmail
                    && challenge.ConsumedAt == null)
                .ExecuteUpdateAsync(set => set.SetProperty(challenge => challenge.ConsumedAt, now), cancellationToken);
            var changed = AccountDiff.Of((user.Names, pending), (user.Names, null));
            dbContext.Audit.Add(AuditEntry.For(
                caller, "account.changed", "account", user.Id, now, before: changed.Before, after: changed.After));
            await dbContext.SaveChangesAsync(cancellationToken);
        }

        return await transaction.CommitAsync(await dbContext.ViewAsync(user, cancellationToken), cancellationToken);
    }
}
