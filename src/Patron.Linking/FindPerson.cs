using Patron.Accounts.Organizations;
using Patron.Accounts.Users;
using Patron.Shared.Callers;

namespace Patron.Linking;

/// <summary>A person with everything that is theirs across organizations (source 2, users/me).</summary>
public sealed record PersonView(AccountView Account, IReadOnlyList<OrganizationView> Organizations, IReadOnlyList<ProfileView> Profiles, IReadOnlyList<NamedOffer> Offers);

/// <summary>The caller's own account with their organizations, profiles and offers.</summary>
public sealed class FindPerson(FindAccount account, ListOrganizations organizations, ListProfiles profiles, ListNamedOffers offers)
{
    private const int Most = 1000;

    public async Task<PersonView> HandleAsync(Caller caller, CancellationToken cancellationToken)
    {
        var self = caller with { IsAdmin = false }; // An administrator's own, not everybody's.
        return new PersonView(
            await account.HandleAsync(caller, cancellationToken),
            (await organizations.HandleAsync(self, 1, Most, cancellationToken)).Rows,
            (await profiles.HandleAsync(self, 1, Most, cancellationToken)).Rows,
            await offers.HandleAsync(caller, cancellationToken));
    }
}
