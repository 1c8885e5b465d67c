using Patron.Accounts.Users;
using Patron.Customers.Addresses;
using Patron.Customers.Customers;
using Patron.Customers.Profiles;
using Patron.Linking;
using Patron.Portal.Http;
using Patron.Shared.Callers;
using Patron.Shared.Results;

namespace Patron.Portal.Pages;

/// <summary>A person's account and customer record with all that belongs to it, and the form that was refused, by its name.</summary>
public sealed record ProfileModel(User Account, IReadOnlyList<NamedOffer> Offers)
{
    /// <summary>Null where there is no record yet.</summary>
    public Profile? Profile { get; init; }

    /// <summary>All but the primary one, which is part of the record.</summary>
    public IReadOnlyList<CustomerAddress> Addresses { get; init; } = [];

    public IReadOnlyList<ConsentView> Consents { get; init; } = [];

    public string? Refused { get; init; }

    public FormState Form { get; init; } = FormState.Fresh;

    /// <summary>The state of a form of the page.</summary>
    public FormState FormOf(string name) => name == Refused ? Form : FormState.Fresh;
}

/// <summary>Reads what the profile page shows.</summary>
internal sealed class ReadProfilePage(FindAccount account, FindProfile profile, ListAddresses addresses, ListConsents consents, ListNamedOffers offers)
{
    public async Task<ProfileModel> HandleAsync(Caller caller, CancellationToken cancellationToken)
    {
        var model = new ProfileModel((await account.HandleAsync(caller, cancellationToken)).User, await offers.HandleAsync(caller, cancellationToken));
        var found = await profile.HandleAsync(caller, cancellationToken);
        if (!found.Succeeded(out var own, out _))
        {
            return model;
        }

        // A record that goes while the page is read has nothing more to show.
        var book = await addresses.HandleAsync(caller, own.Customer.CustomerId, cancellationToken);
        var history = await consents.HandleAsync(caller, own.Customer.CustomerId, cancellationToken);
        return model with
        {
            Profile = own,
            Addresses = book.Succeeded(out var all, out _) ? [.. all.Addresses.Where(address => address.Type != AddressType.Primary)] : [],
            Consents = history.Succeeded(out var changes, out _) ? changes : [],
        };
    }
}
