using Patron.Customers.Links;
using Patron.Shared.Callers;
using Patron.Shared.Results;

namespace Patron.Customers.Customers;

/// <summary>What an update asks for: a function from the details as they are to those wanted.</summary>
public sealed record CustomerUpdate(Func<CustomerDetails, CustomerDetails> Apply)
{
    /// <summary>The versions the caller takes (<c>If-Match</c>); null takes whatever there is.</summary>
    public IReadOnlyCollection<long>? ExpectedVersions { get; init; }

    /// <summary>Fields that the caller's interface never leaves empty.</summary>
    public IReadOnlyCollection<string> Required { get; init; } = [];
}

/// <summary>
/// Changes a customer in part: all fields for staff (and keys with <c>customers:write</c>), on their own record some for the customer.
/// 404 for a record that is not the caller's, 412 where the version is another by now, 400 for an address that another customer
/// claims and for fields that the linked account owns, 403 for fields that only staff may change, 422 naming invalid fields.
/// Nothing changed: same version, no audit entry. Source 5, 'Update Customer'.
/// </summary>
public sealed class UpdateCustomer(CustomerEditor editor, AddressOwners owners)
{
    public async Task<Result<Customer>> HandleAsync(Caller caller, string reference, CustomerUpdate update, CancellationToken cancellation)
    {
        if (CustomerAccess.RefuseStrangers(caller, Scopes.WriteCustomers) is { } refused)
        {
            return refused;
        }

        string? addressBefore = null;
        var edit = new CustomerEdit("customer.changed", Apply) { ExpectedVersions = update.ExpectedVersions, Required = update.Required };
        var edited = await editor.EditAsync(caller, reference, edit, cancellation);
        return edited.Succeeded(out var customer, out _) && customer.Details.Email != addressBefore && caller.IsStaff
            ? await owners.MeetAsync(caller, customer, cancellation)
            : edited;

        CustomerDetails Apply(CustomerDetails details)
        {
            addressBefore = details.Email;
            return update.Apply(details);
        }
    }
}
