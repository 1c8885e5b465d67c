using Microsoft.EntityFrameworkCore;
using Patron.Customers.Customers;
using Patron.Customers.Database;
using Patron.Shared.Callers;
using Patron.Shared.Database;
using Patron.Shared.Results;

namespace Patron.Customers.Addresses;

/// <summary>A customer and all their addresses: the primary one first, where there is one, then the others in the order they were added.</summary>
public sealed record AddressBook(Customer Customer, IReadOnlyList<CustomerAddress> Addresses);

/// <summary>The addresses of a customer, for those who may see the record: 401, 403 and 404 as <see cref="FindCustomer"/>.</summary>
public sealed class ListAddresses(CustomersContext context, DatabaseSession session)
{
    public async Task<Result<AddressBook>> HandleAsync(Caller caller, string reference, CancellationToken cancellation)
    {
        if (CustomerAccess.RefuseStrangers(caller, Scopes.ReadCustomers) is { } refused)
        {
            return refused;
        }

        // The customer first: what is added in between makes its version too old, never too new, and a write with it is refused.
        if (await session.FindByIdAsync(caller, reference, cancellation) is not { } customer)
        {
            return CustomerAccess.NotFound;
        }

        var others = await context.Addresses.AsNoTracking()
            .Where(address => address.CustomerUid == customer.Uid)
            .OrderBy(address => address.Id)
            .ToListAsync(cancellation);
        return new AddressBook(customer, CustomerAddress.PrimaryOf(customer) is { } primary ? [primary, .. others] : others);
    }
}
