using Patron.Shared.Callers;
using Patron.Shared.Results;

namespace Patron.Customers.Customers;

/// <summary>
/// Marks the e-mail address of a record as verified (staff, or a key with <c>customers:write</c>); the account behind it is not proven by
/// that. Doing it twice changes nothing. 400 without an address, 404 and 412 as <see cref="UpdateCustomer"/>. Source 5, 'Verify Email'.
/// </summary>
public sealed class VerifyCustomerEmail(CustomerEditor editor)
{
    public async Task<Result<Customer>> HandleAsync(
        Caller caller, string reference, IReadOnlyCollection<long>? expectedVersions, CancellationToken cancellation)
    {
        if (CustomerAccess.RefuseUnlessStaff(caller, Scopes.WriteCustomers) is { } refused)
        {
            return refused;
        }

        var mark = new CustomerMark("customer.email_verified", "email_verified_at", customer => customer.EmailVerifiedAt, (customer, now) => customer.VerifyEmail(now))
        {
            ExpectedVersions = expectedVersions,
            Refuse = customer => customer is { Details.Email: null, UserId: null } ? Error.Rule("The customer has no e-mail address to verify. Enter one first.") : null,
        };
        return await editor.MarkAsync(caller, reference, mark, cancellation);
    }
}
