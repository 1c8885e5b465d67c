using Microsoft.EntityFrameworkCore;
using Patron.Accounts.Database;
using Patron.Shared.Audit;
using Patron.Shared.Callers;
using Patron.Shared.Results;
using Patron.Shared.Text;

namespace Patron.Accounts.Users;

/// <summary>Marks an address as the account's own, however that was proven: the moment at which waiting records are linked.</summary>
public sealed class ProveEmail(AccountsContext context, AccountMailbox mailbox, ICustomerRecords records, TimeProvider time)
{
    /// <summary>
    /// Runs inside a transaction. <paramref name="isTrusted"/>: the address was typed, not proven, where the settings trust whoever types it. Errors:
    /// 400 when a pending address has meanwhile been taken by another account.
    /// </summary>
    public async Task<Result<AccountView>> HandleAsync(
        Caller caller, User user, EmailAddress email, CancellationToken cancellationToken, bool isTrusted = false)
    {
        var old = user.Email!;
        var isFirstProof = !user.EmailConfirmed;
        var isNewAddress = EmailAddress.KeyOf(old) != email.Key;
        if (!isFirstProof && !isNewAddress)
        {
            return await context.ViewAsync(user, cancellationToken);
        }

        var now = time.GetUtcNow();
        user.ConfirmEmail(email, now);
        if (isNewAddress)
        {
            await mailbox.TellEmailChangedAsync(caller, old, user, now, cancellationToken);
        }

        // Older confirmation mails have nothing to confirm any more, and must not set a password.
        await context.Challenges.Where(challenge => challenge.UserId == user.Id && challenge.Purpose == ChallengePurpose.VerifyEmail && challenge.ConsumedAt == null)
            .ExecuteUpdateAsync(set => set.SetProperty(challenge => challenge.ConsumedAt, now), cancellationToken);
        if (!isTrusted)
        {
            context.Audit.Add(AuditEntry.For(caller, "email.verified", "account", user.Id, now, actorUserId: user.Id));
        }

        if (await context.TrySaveAsync(cancellationToken) is { } taken)
        {
            return taken;
        }

        await records.EmailProvenAsync(caller, user, isTrusted, cancellationToken);
        return await context.ViewAsync(user, cancellationToken);
    }
}
