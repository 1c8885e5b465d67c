using Microsoft.EntityFrameworkCore;
using Patron.Accounts.Database;
using Patron.Shared.Callers;
using Patron.Shared.Results;
using Patron.Shared.Text;

namespace Patron.Accounts.Users;

/// <summary>
/// Sends another verification mail to an unproven (or pending) address: the caller's, or the one of an expired secret. Does nothing if no
/// proof is needed. Errors: 400 secret unknown or used, 429 too many mails within the hour.
/// </summary>
public sealed class ResendVerification(
    AccountsContext dbContext, ChallengeStore challenges, AccountMailbox mailbox, TimeProvider time)
{
    public async Task<Result<Unit>> HandleAsync(Caller caller, string expiredSecret, CancellationToken cancellationToken) =>
        await challenges.FindAnyAsync(expiredSecret, cancellationToken) is { Challenge.Purpose: not ChallengePurpose.ResetPassword } found
            && found.Challenge.StatusOf(found.User, time.GetUtcNow()) == SecretStatus.Expired
                ? await SendAsync(caller, found.User, cancellationToken)
                : ChallengeStore.Unusable;

    public Task<Result<Unit>> HandleAsync(Caller caller, CancellationToken cancellationToken) =>
        OfAccountAsync(caller, caller.UserId ?? Guid.Empty, cancellationToken);

    /// <summary>The mail of this account, for other modules. It does not check access.</summary>
    public async Task<Result<Unit>> OfAccountAsync(Caller caller, Guid userId, CancellationToken cancellationToken)
    {
        var user = await dbContext.Users.AsNoTracking().SingleAsync(row => row.Id == userId, cancellationToken);
        return await SendAsync(caller, user, cancellationToken);
    }

    private async Task<Result<Unit>> SendAsync(Caller caller, User user, CancellationToken cancellationToken)
    {
        if (user.EmailConfirmed && user.PendingEmail is null)
        {
            return default(Unit);
        }

        var purpose = user.PendingEmail is null ? MailPurpose.Verification : MailPurpose.EmailChange;
        if (await mailbox.AcquireAsync(
            caller, purpose, EmailAddress.KeyOf(user.PendingEmail ?? user.Email!), user, cancellationToken) is { } limited)
        {
            return limited;
        }

        if (user.PendingEmail is null)
        {
            mailbox.AddVerification(caller.Origin, user, time.GetUtcNow());
        }
        else
        {
            await mailbox.AddEmailChangeAsync(caller, user, time.GetUtcNow(), cancellationToken);
        }

        await dbContext.SaveChangesAsync(cancellationToken);
        return default(Unit);
    }
}
