using Microsoft.EntityFrameworkCore;
using Patron.Customers.Customers;
using Patron.Customers.Database;
using Patron.Shared.Database;

namespace Patron.Customers.Links;

/// <summary>The offers there are, inside the transaction of whoever makes or answers them.</summary>
public sealed class OfferBook(CustomersContext context)
{
    /// <summary>
    /// Offers the record to the account; false where one of the two has another open offer. Of two at once one is made. An account that is
    /// named by its number where only its address was known before counts as named so.
    /// </summary>
    internal async Task<bool> TryMakeAsync(Customer customer, Guid userId, OfferNaming namedBy, Guid? by, DateTimeOffset now, CancellationToken cancellation)
    {
        await EndOverdueAsync(customer, userId, now, cancellation);
        return await context.Database.ExecuteSqlAsync(
            $"""
            INSERT INTO customers.offers AS open (organization_id, user_id, customer_uid, state, named_by, made_at, made_by, expires_at)
            SELECT {customer.OrganizationId}, {userId}, {customer.Uid}, 'offered', {EnumText<OfferNaming>.ToText(namedBy)}, {now}, {by}, {now + Offer.Life}
            WHERE NOT EXISTS (SELECT FROM customers.offers WHERE customer_uid = {customer.Uid} AND state = 'offered' AND user_id <> {userId})
            ON CONFLICT (user_id, organization_id) WHERE state = 'offered' DO UPDATE
            SET named_by = CASE WHEN open.named_by = 'user' THEN 'user' ELSE excluded.named_by END WHERE open.customer_uid = excluded.customer_uid
            """, cancellation) == 1;
    }

    /// <summary>Answers an open offer; false where it was answered meanwhile.</summary>
    internal async Task<bool> TryEndAsync(Offer offer, OfferState state, DateTimeOffset now, CancellationToken cancellation) =>
        await context.Offers.Where(open => open.Id == offer.Id && open.State == OfferState.Offered)
            .ExecuteUpdateAsync(set => set.SetProperty(open => open.State, state).SetProperty(open => open.AnsweredAt, now), cancellation) == 1;

    /// <summary>The account's open offer in the organization, to be answered.</summary>
    internal Task<Offer?> FindAsync(Guid userId, Guid organizationId, DateTimeOffset now, CancellationToken cancellation) =>
        Open(userId, now).SingleOrDefaultAsync(offer => offer.OrganizationId == organizationId, cancellation);

    /// <summary>The account's open offers of records that are not deleted.</summary>
    internal IQueryable<Offer> Open(Guid userId, DateTimeOffset now) => context.Offers.AsNoTracking().Where(
        offer => offer.UserId == userId && offer.State == OfferState.Offered && offer.ExpiresAt > now
            && context.Customers.Any(customer => customer.Uid == offer.CustomerUid && !customer.Details.IsDeleted && customer.UserId == null));

    // What nobody can answer any more does not stand in the way.
    private Task<int> EndOverdueAsync(Customer customer, Guid userId, DateTimeOffset now, CancellationToken cancellation) =>
        context.Database.ExecuteSqlAsync(
            $"""
            UPDATE customers.offers o SET state = CASE WHEN o.expires_at <= {now} THEN 'expired' ELSE 'withdrawn' END, answered_at = {now}
            WHERE o.state = 'offered' AND o.organization_id = {customer.OrganizationId} AND (o.user_id = {userId} OR o.customer_uid = {customer.Uid})
                AND (o.expires_at <= {now} OR EXISTS (SELECT FROM customers.customers c WHERE c.uid = o.customer_uid AND (c.is_deleted OR c.user_id IS NOT NULL)))
            """, cancellation);
}
