using Patron.Customers.Accounts;
using Patron.Customers.Customers;
using Patron.Shared.Callers;
using Patron.Shared.Database;
using Patron.Shared.Results;

namespace Patron.Customers.Links;

/// <summary>
/// The person's own answer to an offer. Accepting makes the record theirs, one with what they had in the organization; declining leaves it
/// as it was, without an account. 404 where this record is not offered to the caller, 400 for an account whose address is not proven.
/// </summary>
public sealed class AnswerOffer(CustomerStore customers, CustomerLinker linker, LinkOffers offers, TimeProvider time)
{
    private static readonly Error NotOffered = Error.NotFound("This customer is not offered to you (any more). Your offers are listed at /api/users/me/.");

    private static readonly Error ProveFirst = Error.Rule("Confirm your e-mail address first; the message with the token can be sent again by /api/auth/email/resend/.");

    /// <summary>Accepts, inside a transaction that has locked the account.</summary>
    public async Task<Result<Customer>> AcceptAsync(Caller caller, Account account, Guid customerUid, CancellationToken cancellationToken)
    {
        var now = time.GetDatabaseNow();
        if (await offers.FindOfAsync(account.UserId, customerUid, now, cancellationToken) is not { } offer)
        {
            return NotOffered;
        }

        if (!account.EmailVerified)
        {
            return ProveFirst;
        }

        // The record first, then the offer, as everybody does: who erases a record holds it while its offers go. Meanwhile it may have gone,
        // been deleted, or become somebody else's.
        var records = await customers.LockOfAccountAsync(caller, account, offer.OrganizationId, now, cancellationToken, offer.CustomerUid);
        if (!offer.IsOf(records) || !await offers.TryEndAsync(offer, OfferState.Linked, now, cancellationToken))
        {
            return NotOffered;
        }

        return await linker.JoinAsync(caller, records, account, new LinkGrant(LinkEvidence.Accepted, account.UserId), now, cancellationToken);
    }

    public async Task<Result<Done>> DeclineAsync(Caller caller, Guid customerUid, CancellationToken cancellationToken)
    {
        var now = time.GetDatabaseNow();
        return await offers.FindOfAsync(caller.UserId ?? Guid.Empty, customerUid, now, cancellationToken) is { } offer
            && await offers.TryEndAsync(offer, OfferState.Declined, now, cancellationToken)
                ? default(Done)
                : NotOffered;
    }
}
