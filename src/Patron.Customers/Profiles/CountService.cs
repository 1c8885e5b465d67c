using Patron.Customers.Customers;
using Patron.Shared.Callers;
using Patron.Shared.Database;
using Patron.Shared.Results;

namespace Patron.Customers.Profiles;

/// <summary>
/// Increments the number of services of a customer and sets the time of the last one to now (source 3, <c>increment_service</c>), for staff
/// of its organization and keys with <c>customers:write</c>. Concurrent calls all count. 404 for a record of another organization.
/// </summary>
public sealed class CountService(CustomerStore customers, TimeProvider time)
{
    public async Task<Result<Customer>> HandleAsync(Caller caller, string reference, CancellationToken cancellationToken)
    {
        if (CustomerAccess.RefuseUnlessStaff(caller, Scopes.WriteCustomers) is { } refused)
        {
            return refused;
        }

        await using var transaction = await customers.BeginAsync(cancellationToken);
        var locked = await customers.LockAsync(caller, reference, expectedVersions: null, cancellationToken);
        if (!locked.Succeeded(out var customer, out var missing))
        {
            return missing;
        }

        customer.CountService(time.GetDatabaseNow());
        var saved = await customers.SaveAsync(caller, customer, "customer.service_rendered", cancellationToken);
        return await transaction.CommitAsync(saved, cancellationToken);
    }
}
