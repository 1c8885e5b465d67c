using Microsoft.EntityFrameworkCore;
using Patron.Accounts.Database;
using Patron.Shared.Audit;
using Patron.Shared.Callers;
using Patron.Shared.Results;
using Patron.Shared.Text;

namespace Patron.Accounts.Users;

/// <summary>Marks an address as the account's own and announces it: the moment at which waiting records may be linked.</summary>
public sealed class ProveEmail(AccountsContext context, AccountMailbox mailbox, TimeProvider time)
{
    /// <summary>Runs inside a transaction. Errors: 400 when a pending address has meanwhile been taken by another account.</summary>
    public async Task<Result<AccountView>> HandleAsync(Caller caller, User user, EmailAddress email, CancellationToken cancellation)
    {
        var old = user.Email!;
        var isFirstProof = !user.EmailConfirmed;
        var isNewAddress = Folding.Key(old) != email.Key;
        if (!isFirstProof && !isNewAddress)
        {
            return await context.ViewAsync(user, cancellation);
        }

        var now = time.GetUtcNow();
        user.ConfirmEmail(email, now);
        if (isNewAddress)
        {
            await mailbox.TellEmailChangedAsync(caller, old, user, now, cancellation);
        }

        // Older confirmation mails have nothing to confirm any more, and must not set a password.
        await context.Challenges.Where(challenge => challenge.UserId == user.Id && challenge.Purpose == ChallengePurpose.VerifyEmail && challenge.ConsumedAt == null)
            .ExecuteUpdateAsync(set => set.SetProperty(challenge => challenge.ConsumedAt, now), cancellation);
        context.Audit.Add(AuditEntry.For(caller, "email.verified", "account", user.Id, now, actorUserId: user.Id));
        if (await context.TrySaveAsync(cancellation) is { } taken)
        {
            return taken;
        }

        await mailbox.AnnounceAsync(caller, AccountEventKind.EmailVerified, [user], cancellation);
        return await context.ViewAsync(user, cancellation);
    }
}
