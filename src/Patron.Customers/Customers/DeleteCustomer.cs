using Patron.Customers.Accounts;
using Patron.Shared.Callers;
using Patron.Shared.Database;
using Patron.Shared.Results;

namespace Patron.Customers.Customers;

/// <summary>
/// Deletes a customer softly (staff, or a key with <c>customers:write</c>): it is inactive, only staff see it, its account is untouched
/// and its e-mail address stays claimed. Doing it twice changes nothing. 404, 412 as <see cref="UpdateCustomer"/>. Source 5, 'Soft Delete'.
/// </summary>
public sealed class DeleteCustomer(CustomerStore customers, AccountCopies accounts, DatabaseSession database, TimeProvider time)
{
    /// <summary>The record as it is afterwards.</summary>
    public async Task<Result<Customer>> HandleAsync(
        Caller caller, string reference, IReadOnlyCollection<long>? expectedVersions, CancellationToken cancellationToken)
    {
        if (CustomerAccess.RefuseUnlessStaff(caller, Scopes.WriteCustomers) is { } refused)
        {
            return refused;
        }

        var known = await accounts.KnowAsync(caller, [reference], cancellationToken);
        await using var transaction = await database.BeginAsync(cancellationToken);
        var locked = await customers.LockAsync(caller, reference, expectedVersions, cancellationToken);
        if (!locked.Succeeded(out var customer, out var missing))
        {
            return missing;
        }

        customer.Delete(time.GetDatabaseNow());
        var saved = await customers.SaveAsync(caller, customer, "customer.deleted", cancellationToken);
        return (await transaction.CommitAsync(saved, cancellationToken)).Select(known.Show);
    }
}
