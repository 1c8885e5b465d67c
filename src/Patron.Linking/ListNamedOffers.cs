using Patron.Accounts.Organizations;
using Patron.Customers.Links;
using Patron.Shared.Callers;

namespace Patron.Linking;

/// <summary>An offer with the name of the organization that makes it.</summary>
public sealed record NamedOffer(OfferView Offer, long OrganizationNumber, string OrganizationName);

/// <summary>Lists the offers to the caller with the names of their organizations, newest first.</summary>
public sealed class ListNamedOffers(ListOffers offers, FindOrganization names)
{
    public async Task<IReadOnlyList<NamedOffer>> HandleAsync(Caller caller, CancellationToken cancellationToken)
    {
        var open = await offers.HandleAsync(caller, cancellationToken);
        if (open.Count == 0)
        {
            return [];
        }

        // A proof can still create offers for records of an organization that was closed; nobody can accept them.
        var named = await names.ByIdAsync([.. open.Select(offer => offer.OrganizationId).Distinct()], cancellationToken);
        return [
            .. open.Select(offer => (Offer: offer, Organization: named[offer.OrganizationId]))
                .Where(row => row.Organization.ClosedAt is null)
                .Select(row => new NamedOffer(row.Offer, row.Organization.Number, row.Organization.Name))];
    }
}
