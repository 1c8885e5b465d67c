using Microsoft.EntityFrameworkCore;
using Patron.Accounts.Database;
using Patron.Shared.Audit;
using Patron.Shared.Callers;
using Patron.Shared.Results;
using Patron.Shared.Text;

namespace Patron.Accounts.Users;

/// <summary>Marks an address as proven, for every kind of proof, and links the customer records with this address.</summary>
public sealed class ProveEmail(AccountsContext dbContext, AccountMailbox mailbox, ICustomerRecords records, TimeProvider time)
{
    /// <summary>
    /// Runs inside a transaction. <paramref name="isTrusted"/>: the address was only typed, and the settings trust that. Errors: 400
    /// another account has taken the pending address.
    /// </summary>
    public async Task<Result<AccountView>> HandleAsync(
        Caller caller, User user, EmailAddress email, CancellationToken cancellationToken, bool isTrusted = false)
    {
        var old = user.Email!;
        var isFirstProof = !user.EmailConfirmed;
        var isNewAddress = EmailAddress.KeyOf(old) != email.Key;
        if (!isFirstProof && !isNewAddress)
        {
            return await dbContext.ViewAsync(user, cancellationToken);
        }

        var now = time.GetUtcNow();
        user.ConfirmEmail(email, now);
        if (isNewAddress)
        {
            await mailbox.NotifyEmailChangedAsync(caller, old, user, now, cancellationToken);
        }

        // End older verification challenges: there is nothing left to confirm, and they must not set a password.
        await dbContext.Challenges.Where(
            challenge => challenge.UserId == user.Id && challenge.Purpose == ChallengePurpose.VerifyEmail && challenge.ConsumedAt == null)
            .ExecuteUpdateAsync(set => set.SetProperty(challenge => challenge.ConsumedAt, now), cancellationToken);
        if (!isTrusted)
        {
            dbContext.Audit.Add(AuditEntry.For(caller, "email.verified", "account", user.Id, now, actorUserId: user.Id));
        }

        if (await dbContext.TrySaveAsync(cancellationToken) is { } taken)
        {
            return taken;
        }

        await records.EmailProvenAsync(caller, user, isTrusted, cancellationToken);
        return await dbContext.ViewAsync(user, cancellationToken);
    }
}
