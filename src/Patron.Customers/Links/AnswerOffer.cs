using Patron.Customers.Accounts;
using Patron.Customers.Customers;
using Patron.Shared.Callers;
using Patron.Shared.Database;
using Patron.Shared.Results;

namespace Patron.Customers.Links;

/// <summary>
/// Accepts or declines an offer. Accepting links the record to the account and merges it with the account's own record in the organization;
/// declining leaves it without an account. 404 where the record is not offered to the caller, 400 for an account without a proven address.
/// </summary>
public sealed class AnswerOffer(CustomerStore customers, CustomerLinker linker, LinkOffers offers, TimeProvider time)
{
    private static readonly Error NotOffered = Error.NotFound(
        "offer_not_found", "You have no open offer for this customer. GET /api/users/me/ lists your offers.");

    private static readonly Error ProveFirst = Error.Rule(
        "email_not_verified", "Confirm your email address first. POST /api/auth/email/resend/ sends the link again.");

    /// <summary>Accepts the offer inside a transaction that has locked the account.</summary>
    public async Task<Result<Customer>> AcceptAsync(Caller caller, Account account, Guid customerUid, CancellationToken cancellationToken)
    {
        var now = time.GetDatabaseNow();
        if (await offers.FindForCustomerAsync(account.UserId, customerUid, now, cancellationToken) is not { } offer)
        {
            return NotOffered;
        }

        if (!account.EmailVerified)
        {
            return ProveFirst;
        }

        // Lock the record before the offer, as all others do: an erasure locks the record while its offers are deleted. Meanwhile the
        // record may have been erased, deleted, or linked to another account.
        var records = await customers.LockForAccountAsync(caller, account, offer.OrganizationId, now, cancellationToken, offer.CustomerUid);
        if (!offer.CanStillBeLinked(records) || !await offers.TryCloseAsync(offer, OfferState.Linked, now, cancellationToken))
        {
            return NotOffered;
        }

        return await linker.MergeAndLinkAsync(
            caller, records, account, new LinkGrant(LinkEvidence.Accepted, account.UserId), now, cancellationToken);
    }

    public async Task<Result<Unit>> DeclineAsync(Caller caller, Guid customerUid, CancellationToken cancellationToken)
    {
        var now = time.GetDatabaseNow();
        return await offers.FindForCustomerAsync(caller.UserId ?? Guid.Empty, customerUid, now, cancellationToken) is { } offer
            && await offers.TryCloseAsync(offer, OfferState.Declined, now, cancellationToken)
                ? default(Unit)
                : NotOffered;
    }
}
