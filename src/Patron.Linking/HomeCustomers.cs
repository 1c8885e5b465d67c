using Patron.Customers.Customers;
using Patron.Customers.Links;
using Patron.Shared.Callers;

namespace Patron.Linking;

/// <summary>The records that accounts have in the home organization, for interfaces that show both together. Deleted ones are left out.</summary>
public sealed class HomeCustomers(AccountCustomers customers, HomeOrganization home)
{
    public async Task<IReadOnlyDictionary<Guid, Customer>> FindAsync(IReadOnlyCollection<Guid> userIds, CancellationToken cancellationToken) =>
        (await customers.FindAsync(home.Id, userIds, cancellationToken)).Where(pair => !pair.Value.IsDeleted).ToDictionary();
}
