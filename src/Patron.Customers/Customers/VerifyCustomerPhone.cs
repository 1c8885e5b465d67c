using Patron.Customers.Accounts;
using Patron.Shared.Callers;
using Patron.Shared.Database;
using Patron.Shared.Results;

namespace Patron.Customers.Customers;

/// <summary>
/// Marks the phone of a record as verified (staff, or a key with <c>customers:write</c>). Repeating it changes nothing. 400 without a
/// phone, 404 and 412 as <see cref="UpdateCustomer"/>. Source 5, 'Verify Phone'.
/// </summary>
public sealed class VerifyCustomerPhone(CustomerStore customers, AccountCopies accounts, DatabaseSession database, TimeProvider time)
{
    private static readonly Error NoPhone = Error.Rule("nothing_to_verify", "The customer has no phone number to verify. Add one first.");

    /// <summary>Returns the changed record.</summary>
    public async Task<Result<Customer>> HandleAsync(
        Caller caller, string reference, IReadOnlyCollection<long>? expectedVersions, CancellationToken cancellationToken)
    {
        if (CustomerAccess.RefuseUnlessStaff(caller, Scopes.WriteCustomers) is { } refused)
        {
            return refused;
        }

        var loaded = await accounts.LoadAccountsAsync(caller, [reference], cancellationToken);
        if (!loaded.Succeeded(out var linkedAccounts, out var notAccepted))
        {
            return notAccepted;
        }

        await using var transaction = await database.BeginAsync(cancellationToken);
        var locked = await customers.LockAsync(caller, reference, expectedVersions, cancellationToken);
        if (!locked.Succeeded(out var customer, out var missing))
        {
            return missing;
        }

        if (linkedAccounts.AddAccountData(customer).Phone is null)
        {
            return NoPhone;
        }

        customer.VerifyPhone(time.GetDatabaseNow());
        var saved = await customers.SaveAsync(caller, customer, "customer.phone_verified", cancellationToken);
        return (await transaction.CommitAsync(saved, cancellationToken)).Select(linkedAccounts.AddAccountData);
    }
}
