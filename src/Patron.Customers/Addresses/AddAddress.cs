using Patron.Customers.Customers;
using Patron.Shared.Callers;
using Patron.Shared.Database;
using Patron.Shared.Results;

namespace Patron.Customers.Addresses;

/// <summary>
/// Adds an address to a customer: staff and keys with <c>customers:write</c> to any, a customer to their own record. 404 for a record that
/// is not the caller's, 412 for an outdated version, 422 naming invalid fields, 400 where there are <see
/// cref="CustomerAddress.MaxPerCustomer"/> already.
/// </summary>
public sealed class AddAddress(CustomerStore customers, CustomerAddresses addresses, TimeProvider time)
{
    private static readonly Error TooMany = Error.Rule(
        "too_many_addresses", $"A customer can have at most {CustomerAddress.MaxPerCustomer} addresses besides the primary one. Remove one first.");

    /// <summary>Null if the caller may add addresses to this customer, else the error.</summary>
    public async Task<Error?> RefusalAsync(Caller caller, string reference, CancellationToken cancellationToken) =>
        CustomerAccess.RefuseOthers(caller, Scopes.WriteCustomers)
        ?? (await customers.FindByIdAsync(caller, reference, cancellationToken) is null ? CustomerAccess.NotFound : null);

    public async Task<Result<ChangedAddress>> HandleAsync(
        Caller caller, string reference, AddressChanges values, IReadOnlyCollection<long>? expectedVersions,
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

        var now = time.GetDatabaseNow();
        var added = CustomerAddress.Create(customer, new Address(), AddressType.Other, now).With(values);
        if (AddressSchema.Check(added, AddressSchema.Fields.Written, now, values.Errors) is { } invalid)
        {
            return invalid;
        }

        if ((await addresses.ListAsync(customer, cancellationToken)).Count >= CustomerAddress.MaxPerCustomer)
        {
            return TooMany;
        }

        customer.Touch(now);
        await addresses.InsertAsync(added, cancellationToken);
        await customers.SaveAsync(
            customer, [CustomerAddresses.EntryFor(caller, "customer.address_added", customer, before: null, added)], cancellationToken);
        return await transaction.CommitAsync(new ChangedAddress(customer, added), cancellationToken);
    }
}
