using Patron.Customers.Customers;
using Patron.Customers.Profiles;
using Patron.Shared.Callers;
using Patron.Shared.Results;

namespace Patron.Erp.Dashboards;

/// <summary>
/// Reads a customer's documents in the ERP for staff of the home organization and its keys with <c>customers:read</c> (403 for others), as
/// the customer's own dashboard shows them (<see cref="ReadDashboard"/>): from the cache while it is fresh, and none of a partner in
/// conflict. 404 for a record that the caller cannot see.
/// </summary>
public sealed class ReadCustomerDocuments(FindCustomer find, FindOwnPartner partners, ReadDashboard dashboards, HomeOrganization home)
{
    public async Task<Result<Dashboard>> HandleAsync(Caller caller, string reference, CancellationToken cancellationToken)
    {
        if (CustomerAccess.RefuseUnlessHomeStaff(caller, home, Scopes.ReadCustomers) is { } refused)
        {
            return refused;
        }

        var found = await find.HandleAsync(caller, new CustomerLookup.ById(reference), cancellationToken);
        if (!found.Succeeded(out var customer, out var missing))
        {
            return missing;
        }

        var partner = await partners.OfCustomerAsync(customer, cancellationToken);
        return await dashboards.ReadAsync(new OwnPartner(new Profile(customer, Account: null), partner), cancellationToken);
    }
}
