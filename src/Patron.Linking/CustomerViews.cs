using Patron.Accounts.Organizations;
using Patron.Accounts.Users;
using Patron.Customers.Customers;
using Patron.Customers.Links;

namespace Patron.Linking;

/// <summary>How a record relates to an account.</summary>
public enum LinkStatus
{
    None,

    /// <summary>The record is offered to an account, which has not answered yet.</summary>
    Offered,
    Linked,
}

/// <summary>
/// A record as clients of several organizations see it (source 2): with the numbers of its organization, account and profile.
/// </summary>
public sealed record CustomerView(Customer Customer, long Organization, long? User, long? UserProfile, LinkStatus LinkStatus);

/// <summary>Adds the numbers of organization, account and profile to records, with one query each for a whole page.</summary>
public sealed class CustomerViews(LookUpAccounts accounts, CustomerProfiles profiles, FindOrganization organizations, ListOffers offers)
{
    public async Task<CustomerView> ShowAsync(Customer customer, CancellationToken cancellationToken) =>
        (await ShowAsync([customer], cancellationToken))[0];

    public async Task<IReadOnlyList<CustomerView>> ShowAsync(IReadOnlyList<Customer> customers, CancellationToken cancellationToken)
    {
        var offered = await offers.FindNamedAsync(
            [.. customers.Where(customer => customer.UserId is null).Select(customer => customer.Uid)], cancellationToken);
        Guid[] linked = [.. customers.Select(customer => customer.UserId).OfType<Guid>()];
        var numbers = await accounts.NumbersAsync([.. linked, .. offered.Values], cancellationToken);
        var profileIds = await profiles.FindAsync(linked, cancellationToken);
        var organizationNames = await organizations.ByIdAsync(
            [.. customers.Select(customer => customer.OrganizationId).Distinct()], cancellationToken);
        return [.. customers.Select(customer =>
        {
            var isOffered = offered.TryGetValue(customer.Uid, out var offeredTo);
            var account = customer.UserId ?? (isOffered ? offeredTo : null);
            return new CustomerView(
                customer,
                organizationNames[customer.OrganizationId].Number,
                account is { } user ? numbers[user] : null,
                customer.UserId is { } owner && profileIds.TryGetValue(owner, out var profile) ? profile : null,
                StatusOf(customer, isOffered));
        })];
    }

    private static LinkStatus StatusOf(Customer customer, bool isOffered)
    {
        if (customer.UserId is not null)
        {
            return LinkStatus.Linked;
        }

        return isOffered ? LinkStatus.Offered : LinkStatus.None;
    }
}
