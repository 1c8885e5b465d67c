using Patron.Customers.Accounts;
using Patron.Shared.Callers;
using Patron.Shared.Database;
using Patron.Shared.Results;

namespace Patron.Customers.Customers;

/// <summary>
/// Marks the email address of a record as verified (staff, or a key with <c>customers:write</c>). It does not prove the address of the
/// account. Repeating it changes nothing. 400 without an address, 404 and 412 as <see cref="UpdateCustomer"/>. Source 5, 'Verify Email'.
/// </summary>
public sealed class VerifyCustomerEmail(CustomerStore customers, AccountCopies accounts, DatabaseSession database, TimeProvider time)
{
    private static readonly Error NoEmail = Error.Rule("nothing_to_verify", "The customer has no email address to verify. Add one first.");

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

        if (customer is { Email: null, UserId: null })
        {
            return NoEmail;
        }

        customer.VerifyEmail(time.GetDatabaseNow());
        var saved = await customers.SaveAsync(caller, customer, "customer.email_verified", cancellationToken);
        return (await transaction.CommitAsync(saved, cancellationToken)).Select(linkedAccounts.AddAccountData);
    }
}
