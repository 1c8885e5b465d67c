using Patron.Accounts.Organizations;
using Patron.Accounts.Users;
using Patron.Shared.Callers;

namespace Patron.Linking;

/// <summary>A person with their organizations, profiles and offers (source 2, users/me).</summary>
public sealed record PersonView(
    AccountView Account, IReadOnlyList<OrganizationView> Organizations, IReadOnlyList<ProfileView> Profiles,
    IReadOnlyList<NamedOffer> Offers);

/// <summary>Finds the caller's own account with their organizations, profiles and offers.</summary>
public sealed class FindPerson(FindAccount account, ListOrganizations organizations, ListProfiles profiles, ListNamedOffers offers)
{
    private const int MaxRows = 1000;

    public async Task<PersonView> HandleAsync(Caller caller, CancellationToken cancellationToken)
    {
        var self = caller with { IsAdmin = false }; // Without this an administrator would get everyone's.
        return new PersonView(
            await account.HandleAsync(caller, cancellationToken),
            (await organizations.HandleAsync(self, 1, MaxRows, cancellationToken)).Rows,
            (await profiles.HandleAsync(self, 1, MaxRows, cancellationToken)).Rows,
            await offers.HandleAsync(caller, cancellationToken));
    }
}
