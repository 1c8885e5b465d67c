using Microsoft.EntityFrameworkCore;
using Patron.Accounts.Database;
using Patron.Accounts.Sessions;
using Patron.Accounts.Users;
using Patron.Shared.Audit;
using Patron.Shared.Callers;

namespace Patron.Accounts.Passwords;

/// <summary>How every door replaces a password, inside its transaction; the hash was made outside.</summary>
public sealed class NewPassword(AccountsContext context, EndSessions sessions, AccountMailbox mailbox, Attempts attempts, TimeProvider time)
{
    /// <summary>Sets the hash, ends the sessions (but one), open resets and a pending address, and tells the owner.</summary>
    public async Task SetAsync(Caller caller, User user, string hash, Guid? keepSession, CancellationToken cancellationToken)
    {
        await mailbox.TellPasswordChangedAsync(caller, user, time.GetUtcNow(), cancellationToken);
        await ReplaceAsync(caller, user, hash, keepSession, cancellationToken);
    }

    /// <summary>
    /// The same for an account whose address was never proven, by somebody who reads its mailbox: whoever typed the address
    /// first loses every way in that they left behind (linking.md, 'Proof'). With <paramref name="names"/> the person begins anew, under the
    /// names they are known by here: they get a welcome instead of the news that their password was changed.
    /// </summary>
    public async Task TakeOverAsync(Caller caller, User user, string hash, CancellationToken cancellationToken, PersonNames? names = null)
    {
        var now = time.GetUtcNow();
        var typed = (user.Names, user.PendingEmail);
        user.TakeOver(now);
        user.Rename(names ?? (user.Names with { PhoneNumber = null, UserName = null }), now); // What was typed with the address is kept aside, in the audit entry.
        var changed = NamesDiff.Of(typed, (user.Names, null));
        context.Audit.Add(AuditEntry.For(
            caller, "account.taken_over", "account", user.Id, now, actorUserId: user.Id, before: changed.Before, after: changed.After));
        await context.ApiKeys.Where(key => key.CreatedBy == user.Id && key.RevokedAt == null)
            .ExecuteUpdateAsync(set => set.SetProperty(key => key.RevokedAt, now), cancellationToken);
        await EndChallengesAsync(user, challenge => challenge.Purpose == ChallengePurpose.VerifyEmail, cancellationToken);
        await (names is null ? SetAsync(caller, user, hash, keepSession: null, cancellationToken) : ReplaceAsync(caller, user, hash, keepSession: null, cancellationToken));
    }

    private async Task ReplaceAsync(Caller caller, User user, string hash, Guid? keepSession, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        user.SetPasswordHash(hash, now);
        user.ForgetPendingEmail();
        context.Audit.Add(AuditEntry.For(caller, "password.changed", "account", user.Id, now, actorUserId: user.Id));
        await context.SaveChangesAsync(cancellationToken);
        await attempts.ForgetWrongPasswordsAsync(user.Id.ToString(), cancellationToken); // Guesses at the old one do not keep the owner out.
        await EndChallengesAsync(user, challenge => challenge.Purpose != ChallengePurpose.VerifyEmail, cancellationToken);
        await sessions.EndAsync(caller, user.Id, session => session.Id != keepSession, "password_changed", cancellationToken);
    }

    private Task<int> EndChallengesAsync(
        User user, System.Linq.Expressions.Expression<Func<Challenge, bool>> which, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        return context.Challenges.Where(challenge => challenge.UserId == user.Id && challenge.ConsumedAt == null).Where(which)
            .ExecuteUpdateAsync(set => set.SetProperty(challenge => challenge.ConsumedAt, now), cancellationToken);
    }
}
