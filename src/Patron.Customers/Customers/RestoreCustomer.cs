using Patron.Shared.Callers;
using Patron.Shared.Results;

namespace Patron.Customers.Customers;

/// <summary>
/// Takes a soft deletion back (staff, or a key with <c>customers:write</c>): the record is active again, unless it is blocked. One that
/// is not deleted stays as it is. 404, 412 as <see cref="UpdateCustomer"/>.
/// </summary>
public sealed class RestoreCustomer(CustomerEditor editor)
{
    public async Task<Result<Customer>> HandleAsync(
        Caller caller, string reference, IReadOnlyCollection<long>? expectedVersions, CancellationToken cancellation)
    {
        if (CustomerAccess.RefuseUnlessStaff(caller, Scopes.WriteCustomers) is { } refused)
        {
            return refused;
        }

        var edit = new CustomerEdit("customer.restored", details => details.Restored()) { ExpectedVersions = expectedVersions };
        return await editor.EditAsync(caller, reference, edit, cancellation);
    }
}
