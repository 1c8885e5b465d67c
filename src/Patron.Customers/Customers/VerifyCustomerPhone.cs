using Patron.Shared.Callers;
using Patron.Shared.Results;

namespace Patron.Customers.Customers;

/// <summary>
/// Marks the phone of a record as verified (staff, or a key with <c>customers:write</c>). Doing it twice changes nothing. 400 without a
/// phone, 404 and 412 as <see cref="UpdateCustomer"/>. Source 5, 'Verify Phone'.
/// </summary>
public sealed class VerifyCustomerPhone(CustomerEditor editor)
{
    public async Task<Result<Customer>> HandleAsync(
        Caller caller, string reference, IReadOnlyCollection<long>? expectedVersions, CancellationToken cancellation)
    {
        if (CustomerAccess.RefuseUnlessStaff(caller, Scopes.WriteCustomers) is { } refused)
        {
            return refused;
        }

        var mark = new CustomerMark("customer.phone_verified", "phone_verified_at", customer => customer.PhoneVerifiedAt, (customer, now) => customer.VerifyPhone(now))
        {
            ExpectedVersions = expectedVersions,
            Refuse = customer => customer.Details.Phone is null ? Error.Rule("The customer has no phone to verify. Enter one first.") : null,
        };
        return await editor.MarkAsync(caller, reference, mark, cancellation);
    }
}
