using Patron.Customers.Accounts;
using Patron.Shared.Callers;
using Patron.Shared.Database;
using Patron.Shared.Results;

namespace Patron.Customers.Customers;

/// <summary>
/// Deletes a customer softly (staff, or a key with <c>customers:write</c>): the record is inactive and visible to staff only, the account
/// is unchanged and the email address stays claimed. Repeating it changes nothing. 404, 412 as <see cref="UpdateCustomer"/>. Source 5,
/// 'Soft Delete'.
/// </summary>
public sealed class DeleteCustomer(CustomerStore customers, AccountCopies accounts, DatabaseSession database, TimeProvider time)
{
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

        customer.Delete(time.GetDatabaseNow());
        var saved = await customers.SaveAsync(caller, customer, "customer.deleted", cancellationToken);
        return (await transaction.CommitAsync(saved, cancellationToken)).Select(linkedAccounts.AddAccountData);
    }
}
