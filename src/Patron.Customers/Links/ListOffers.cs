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
}
