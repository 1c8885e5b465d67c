using Patron.Customers.Customers;
using Patron.Customers.Database;
using Patron.Shared.Callers;
using Patron.Shared.Results;

namespace Patron.Customers.Addresses;

/// <summary>
/// Removes an address for good, for the same callers as <see cref="AddAddress"/>; what it was stays in the audit entry. 404 for a
/// customer or an address that is not there for the caller, 412; 400 for the primary one, which is emptied on the customer.
/// </summary>
public sealed class RemoveAddress(AddressEditor editor, CustomersContext context)
{
    /// <summary>The address in its last state.</summary>
    public async Task<Result<ChangedAddress>> HandleAsync(
        Caller caller, string reference, string address, IReadOnlyCollection<long>? expectedVersions, CancellationToken cancellation)
    {
        if (CustomerAccess.RefuseStrangers(caller, Scopes.WriteCustomers) is { } refused)
        {
            return refused;
        }

        var edit = new AddressEdit("customer.address_removed", (customer, _) => RemoveFromAsync(customer, address, cancellation), expectedVersions);
        return await editor.EditAsync(caller, reference, edit, cancellation);
    }

    private async Task<Result<AddressDeed>> RemoveFromAsync(Customer customer, string text, CancellationToken cancellation)
    {
        var found = await editor.FindAsync(customer, text, cancellation);
        if (!found.Succeeded(out var address, out var missing))
        {
            return missing;
        }

        context.Addresses.Remove(address);
        return new AddressDeed(address, address.Input, After: null);
    }
}
