using Microsoft.EntityFrameworkCore;
using Patron.Customers.Customers;
using Patron.Customers.Database;
using Patron.Shared.Callers;
using Patron.Shared.Results;

namespace Patron.Customers.Addresses;

/// <summary>
/// Adds an address to a customer: staff and keys with <c>customers:write</c> to any, a customer to their own record. 404 for a record
/// that is not the caller's, 412 where the version is another by now, 422 naming invalid fields, 400 where there are
/// <see cref="CustomerAddress.MaxPerCustomer"/> already.
/// </summary>
public sealed class AddAddress(AddressEditor editor, CustomersContext context)
{
    private static readonly Error TooMany = Error.Rule(
        $"A customer has at most {CustomerAddress.MaxPerCustomer} addresses besides the primary one. Remove one that is no longer used.");

    public async Task<Result<ChangedAddress>> HandleAsync(
        Caller caller, string reference, AddressInput input, IReadOnlyCollection<long>? expectedVersions, CancellationToken cancellation)
    {
        if (CustomerAccess.RefuseStrangers(caller, Scopes.WriteCustomers) is { } refused)
        {
            return refused;
        }

        var edit = new AddressEdit("customer.address_added", (customer, now) => AddToAsync(customer, input, now, cancellation), expectedVersions);
        return await editor.EditAsync(caller, reference, edit, cancellation);
    }

    // Counted under the customer's lock: nobody adds another one in between.
    private async Task<Result<AddressDeed>> AddToAsync(Customer customer, AddressInput input, DateTimeOffset now, CancellationToken cancellation)
    {
        if (AddressFields.Check(input, AddressFields.All, now) is { } invalid)
        {
            return invalid;
        }

        if (await context.Addresses.CountAsync(address => address.CustomerUid == customer.Uid, cancellation) >= CustomerAddress.MaxPerCustomer)
        {
            return TooMany;
        }

        var added = CustomerAddress.Enter(customer, input, now);
        context.Addresses.Add(added);
        return new AddressDeed(added, Before: null, input);
    }
}
