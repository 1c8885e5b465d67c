using Patron.Customers.Customers;
using Patron.Shared.Callers;
using Patron.Shared.Results;

namespace Patron.Customers.Addresses;

/// <summary>What a change of an address asks for: a function from what is written to what is wanted.</summary>
public sealed record AddressUpdate(Func<AddressInput, AddressInput> Apply)
{
    /// <summary>The versions of the customer that the caller takes (<c>If-Match</c>); null takes whatever there is.</summary>
    public IReadOnlyCollection<long>? ExpectedVersions { get; init; }
}

/// <summary>
/// Changes an address in part, for the same callers as <see cref="AddAddress"/>. 404 for a customer or an address that is not there
/// for the caller, 412, 422; 400 for the primary one, which is changed on the customer. Nothing changed: same version, no audit entry.
/// </summary>
public sealed class ChangeAddress(AddressEditor editor)
{
    public async Task<Result<ChangedAddress>> HandleAsync(
        Caller caller, string reference, string address, AddressUpdate update, CancellationToken cancellation)
    {
        if (CustomerAccess.RefuseStrangers(caller, Scopes.WriteCustomers) is { } refused)
        {
            return refused;
        }

        var edit = new AddressEdit(
            "customer.address_changed",
            (customer, now) => ChangeOfAsync(customer, address, update.Apply, now, cancellation),
            update.ExpectedVersions);
        return await editor.EditAsync(caller, reference, edit, cancellation);
    }

    private async Task<Result<AddressDeed>> ChangeOfAsync(
        Customer customer, string text, Func<AddressInput, AddressInput> apply, DateTimeOffset now, CancellationToken cancellation)
    {
        var found = await editor.FindAsync(customer, text, cancellation);
        if (!found.Succeeded(out var address, out var missing))
        {
            return missing;
        }

        var before = address.Input;
        var after = apply(before);
        if (AddressFields.Check(after, AddressFields.All.Changed(before, after), now) is { } invalid)
        {
            return invalid;
        }

        if (before != after)
        {
            address.Change(after, now);
        }

        return new AddressDeed(address, before, after);
    }
}
