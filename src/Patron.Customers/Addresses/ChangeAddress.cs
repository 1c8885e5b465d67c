using Patron.Customers.Customers;
using Patron.Shared.Callers;
using Patron.Shared.Database;
using Patron.Shared.Results;

namespace Patron.Customers.Addresses;

/// <summary>
/// Changes an address in part, for the same callers as <see cref="AddAddress"/>. 404 for a customer or an address that the caller cannot
/// see, 412, 422; 400 for the primary one, which is changed on the customer. Without a difference the version stays and no audit entry is
/// written.
/// </summary>
public sealed class ChangeAddress(CustomerStore customers, CustomerAddresses addresses, TimeProvider time)
{
    public async Task<Result<ChangedAddress>> HandleAsync(
        Caller caller, string reference, string address, AddressChanges changes, IReadOnlyCollection<long>? expectedVersions,
        CancellationToken cancellationToken)
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
        if (!found.Succeeded(out var before, out var unknown))
        {
            return unknown;
        }

        var now = time.GetDatabaseNow();
        var after = before.With(changes);
        var changed = AddressSchema.Fields.Changed(before, after);
        if (AddressSchema.Check(after, changed, now, changes.Errors) is { } invalid)
        {
            return invalid;
        }

        if (changed.Count == 0)
        {
            return new ChangedAddress(customer, before);
        }

        after.UpdatedAt = now;
        customer.Touch(now);
        await addresses.UpdateAsync(after, cancellationToken);
        await customers.SaveAsync(
            customer, [CustomerAddresses.EntryFor(caller, "customer.address_changed", customer, before, after)], cancellationToken);
        return await transaction.CommitAsync(new ChangedAddress(customer, after), cancellationToken);
    }
}
