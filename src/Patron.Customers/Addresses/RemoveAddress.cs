using Patron.Customers.Customers;
using Patron.Shared.Callers;
using Patron.Shared.Database;
using Patron.Shared.Results;

namespace Patron.Customers.Addresses;

/// <summary>
/// Removes an address permanently, for the same callers as <see cref="AddAddress"/>; its values stay in the audit entry. 404 for a customer
/// or an address that the caller cannot see, 412; 400 for the primary one, which is emptied on the customer.
/// </summary>
public sealed class RemoveAddress(CustomerStore customers, CustomerAddresses addresses, TimeProvider time)
{
    public async Task<Result<ChangedAddress>> HandleAsync(
        Caller caller, string reference, string address, IReadOnlyCollection<long>? expectedVersions, CancellationToken cancellationToken)
    {
        if (CustomerAccess.RefuseOthers(caller, Scopes.WriteCustomers) is { } refused)
        {
            return refused;
        }

        await using var transaction = await customers.BeginAsync(cancellationToken);
        var locked = await customers.LockAsync(caller, reference, expectedVersions, cancellationToken);
        if (!locked.Succeeded(out var customer, out var missing))
        {
            return missing;
        }

        var found = await addresses.FindAsync(customer, address, cancellationToken);
        if (!found.Succeeded(out var removed, out var unknown))
        {
            return unknown;
        }

        customer.Touch(time.GetDatabaseNow());
        await addresses.RemoveAsync(removed, cancellationToken);
        await customers.SaveAsync(
            customer, [CustomerAddresses.EntryFor(caller, "customer.address_removed", customer, removed, after: null)], cancellationToken);
        return await transaction.CommitAsync(new ChangedAddress(customer, removed), cancellationToken);
    }
}
