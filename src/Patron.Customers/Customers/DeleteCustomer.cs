using Patron.Shared.Callers;
using Patron.Shared.Results;

namespace Patron.Customers.Customers;

/// <summary>
/// Deletes a customer softly (staff, or a key with <c>customers:write</c>): it is inactive, only staff see it, its account is untouched
/// and its e-mail address stays claimed. Doing it twice changes nothing. 404, 412 as <see cref="UpdateCustomer"/>. Source 5, 'Soft Delete'.
/// </summary>
public sealed class DeleteCustomer(CustomerEditor editor)
{
    /// <summary>The record in its last state.</summary>
    public async Task<Result<Customer>> HandleAsync(
        Caller caller, string reference, IReadOnlyCollection<long>? expectedVersions, CancellationToken cancellation)
    {
        if (CustomerAccess.RefuseUnlessStaff(caller, Scopes.WriteCustomers) is { } refused)
        {
            return refused;
        }

        var edit = new CustomerEdit("customer.deleted", details => details with { IsDeleted = true }) { ExpectedVersions = expectedVersions };
        return await editor.EditAsync(caller, reference, edit, cancellation);
    }
}
