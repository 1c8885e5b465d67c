using Patron.Accounts.Organizations;
using Patron.Accounts.Users;
using Patron.Customers.Customers;
using Patron.Customers.Links;

namespace Patron.Linking;

/// <summary>Whether a record is an account's.</summary>
public enum LinkStatus
{
    None,

    /// <summary>The account that its maker named has not agreed yet.</summary>
    Offered,
    Linked,
}

/// <summary>A record as multi-organization clients see it (source 2): beside it the numbers of its organization, account and profile.</summary>
public sealed record CustomerFace(Customer Customer, long Organization, long? User, long? UserProfile, LinkStatus LinkStatus);

/// <summary>Shows records with what accounts know of them: a question for all of a page, not one for each.</summary>
public sealed class CustomerFaces(LookUpAccounts accounts, CustomerProfiles profiles, FindOrganization organizations, ListOffers offers)
{
    public async Task<CustomerFace> ShowAsync(Customer customer, CancellationToken cancellationToken) => (await ShowAsync([customer], cancellationToken))[0];

    public async Task<IReadOnlyList<CustomerFace>> ShowAsync(IReadOnlyList<Customer> customers, CancellationToken cancellationToken)
    {
        var offered = await offers.FindNamedAsync([.. customers.Where(customer => customer.UserId is null).Select(customer => customer.Uid)], cancellationToken);
        Guid[] linked = [.. customers.Select(customer => customer.UserId).OfType<Guid>()];
        var numbers = await accounts.NumbersAsync([.. linked, .. offered.Values], cancellationToken);
        var faces = await profiles.FindAsync(linked, cancellationToken);
        var names = await organizations.NamesAsync([.. customers.Select(customer => customer.OrganizationId).Distinct()], cancellationToken);
        return [.. customers.Select(customer =>
        {
            var isOffered = offered.TryGetValue(customer.Uid, out var named);
            return new CustomerFace(
                customer,
                names[customer.OrganizationId].Number,
                (customer.UserId ?? (isOffered ? named : null)) is { } user ? numbers[user] : null,
                customer.UserId is { } owner && faces.TryGetValue(owner, out var profile) ? profile : null,
                customer.UserId is not null ? LinkStatus.Linked : isOffered ? LinkStatus.Offered : LinkStatus.None);
        })];
    }
}
