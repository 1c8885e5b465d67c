using Microsoft.EntityFrameworkCore;
using Patron.Accounts.Database;
using Patron.Accounts.Organizations;
using Patron.Accounts.Sessions;
using Patron.Accounts.Users;
using Patron.Shared.Audit;
using Patron.Shared.Callers;

namespace Patron.Accounts.Passwords;

/// <summary>Replaces passwords, for all use cases that do so. Runs inside their transaction; the hash was computed before it.</summary>
public sealed class PasswordSetter(
    AccountsContext dbContext, EndSessions sessions, ResetMemberships memberships, AccountMailbox mailbox, Attempts attempts,
    TimeProvider time)
{
    /// <summary>Sets the hash, ends all sessions (except one), open resets and a pending address, and notifies the owner.</summary>
    public async Task SetAsync(Caller caller, User user, string hash, Guid? keepSession, CancellationToken cancellationToken)
    {
        await mailbox.NotifyPasswordChangedAsync(caller, user, time.GetUtcNow(), cancellationToken);
        await ReplaceAsync(caller, user, hash, keepSession, cancellationToken);
    }

    /// <summary>
    /// Does the same for an account with an unproven address, for a person who reads its mailbox. Everything by which the person who
    /// registered the address could get in ends (linking.md, 'Proof'). With <paramref name="names"/> the account gets these names, and no
    /// notice of a changed password is sent, because the person gets a welcome mail instead.
    /// </summary>
    public async Task TakeOverAsync(Caller caller, User user, string hash, CancellationToken cancellationToken, PersonNames? names = null)
    {
        var now = time.GetUtcNow();
        var before = (user.Names, user.PendingEmail);
        user.TakeOver(now);
        user.Rename(names ?? (user.Names with { PhoneNumber = null, UserName = null }), now); // The audit entry keeps the previous values.
        var changed = AccountDiff.Of(before, (user.Names, null));
        dbContext.Audit.Add(AuditEntry.For(
            caller, "account.taken_over", "account", user.Id, now, actorUserId: user.Id, before: changed.Before, after: changed.After));
        await dbContext.ApiKeys.Where(key => key.CreatedBy == user.Id && key.RevokedAt == null)
            .ExecuteUpdateAsync(set => set.SetProperty(key => key.RevokedAt, now), cancellationToken);
        await memberships.HandleAsync(caller, user, cancellationToken);
        await EndChallengesAsync(user, challenge => challenge.Purpose == ChallengePurpose.VerifyEmail, cancellationToken);
        await (names is null
            ? SetAsync(caller, user, hash, keepSession: null, cancellationToken)
            : ReplaceAsync(caller, user, hash, keepSession: null, cancellationToken));
    }

    private async Task ReplaceAsync(Caller caller, User user, string hash, Guid? keepSession, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        user.SetPasswordHash(hash, now);
        user.ClearPendingEmail();
        dbContext.Audit.Add(AuditEntry.For(caller, "password.changed", "account", user.Id, now, actorUserId: user.Id));
        await dbContext.SaveChangesAsync(cancellationToken);
        // Wrong guesses at the old password must not block the owner.
        await attempts.ResetWrongPasswordsAsync(user.Id.ToString(), cancellationToken);
        await EndChallengesAsync(user, challenge => challenge.Purpose != ChallengePurpose.VerifyEmail, cancellationToken);
        await sessions.EndAsync(caller, user.Id, session => session.Id != keepSession, "password_changed", cancellationToken);
    }

    private Task<int> EndChallengesAsync(
        User user, System.Linq.Expressions.Expression<Func<Challenge, bool>> which, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        return dbContext.Challenges.Where(challenge => challenge.UserId == user.Id && challenge.ConsumedAt == null).Where(which)
            .ExecuteUpdateAsync(set => set.SetProperty(challenge => challenge.ConsumedAt, now), cancellationToken);
    }
}
