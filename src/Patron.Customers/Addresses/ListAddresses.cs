using Patron.Customers.Customers;
using Patron.Shared.Callers;
using Patron.Shared.Results;

namespace Patron.Customers.Addresses;

/// <summary>A changed address (a removed one as it was last) and its customer with the new version.</summary>
public sealed record ChangedAddress(Customer Customer, CustomerAddress Address);

/// <summary>A customer and all their addresses: the primary one first, if any, then the others in the order they were added.</summary>
public sealed record AddressList(Customer Customer, IReadOnlyList<CustomerAddress> Addresses);

/// <summary>The addresses of a customer. 401, 403 and 404 as <see cref="FindCustomer"/>.</summary>
public sealed class ListAddresses(CustomerStore customers, CustomerAddresses addresses)
{
    public async Task<Result<AddressList>> HandleAsync(Caller caller, string reference, CancellationToken cancellationToken)
    {
        if (CustomerAccess.RefuseOthers(caller, Scopes.ReadCustomers) is { } refused)
        {
            return refused;
        }

        // Read the customer first: an address added in between then makes the returned version too old, and a write with it is refused.
        if (await customers.FindByIdAsync(caller, reference, cancellationToken) is not { } customer)
        {
            return CustomerAccess.NotFound;
        }

        var others = await addresses.ListAsync(customer, cancellationToken);
        return new AddressList(customer, CustomerAddress.PrimaryOf(customer) is { } primary ? [primary, .. others] : others);
    }
}
