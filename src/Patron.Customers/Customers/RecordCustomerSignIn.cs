using Patron.Shared.Callers;
using Patron.Shared.Results;

namespace Patron.Customers.Customers;

/// <summary>
/// Notes that a customer has signed in just now, wherever that was (staff, or a key with <c>customers:write</c>). The time is visible, so each
/// call raises the version and leaves its audit entry. 404 and 412 as <see cref="UpdateCustomer"/>. Source 5, 'Update Last Login'.
/// </summary>
public sealed class RecordCustomerSignIn(CustomerEditor editor)
{
    public async Task<Result<Customer>> HandleAsync(
        Caller caller, string reference, IReadOnlyCollection<long>? expectedVersions, CancellationToken cancellation)
    {
        if (CustomerAccess.RefuseUnlessStaff(caller, Scopes.WriteCustomers) is { } refused)
        {
            return refused;
        }

        var mark = new CustomerMark("customer.signed_in", "last_login_at", customer => customer.LastLoginAt, (customer, now) => customer.SignedIn(now))
        {
            ExpectedVersions = expectedVersions,
        };
        return await editor.MarkAsync(caller, reference, mark, cancellation);
    }
}
