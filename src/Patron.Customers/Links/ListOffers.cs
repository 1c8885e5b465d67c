using Microsoft.EntityFrameworkCore;
using Patron.Customers.Database;
using Patron.Shared.Callers;
using Patron.Shared.Database;

namespace Patron.Customers.Links;

/// <summary>An open offer as the person sees it: which record of whom, and until when.</summary>
public sealed record OfferView(long Number, Guid CustomerUid, string Code, Guid OrganizationId, DateTimeOffset MadeAt, DateTimeOffset ExpiresAt);

/// <summary>What is offered to the caller, the newest first.</summary>
public sealed class ListOffers(CustomersContext context, OfferBook offers, TimeProvider time)
{
    public async Task<IReadOnlyList<OfferView>> HandleAsync(Caller caller, CancellationToken cancellation) =>
        await (
            from offer in offers.Open(caller.UserId ?? Guid.Empty, time.GetDatabaseNow())
            join customer in context.Customers on offer.CustomerUid equals customer.Uid
            orderby offer.Id descending
            select new OfferView(customer.Id, customer.Uid, customer.Code, offer.OrganizationId, offer.MadeAt, offer.ExpiresAt)).ToListAsync(cancellation);

    /// <summary>Of these records those that are offered to an account which their maker named: its id by record.</summary>
    public Task<Dictionary<Guid, Guid>> FindNamedAsync(IReadOnlyCollection<Guid> customers, CancellationToken cancellation)
    {
        var now = time.GetDatabaseNow();
        return context.Offers
            .Where(offer => customers.Contains(offer.CustomerUid) && offer.State == OfferState.Offered && offer.NamedBy == OfferNaming.User && offer.ExpiresAt > now)
            .ToDictionaryAsync(offer => offer.CustomerUid, offer => offer.UserId, cancellation);
    }
}
