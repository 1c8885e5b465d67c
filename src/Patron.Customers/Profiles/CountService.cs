using System.Globalization;
using Patron.Customers.Accounts;
using Patron.Customers.Customers;
using Patron.Shared.Callers;
using Patron.Shared.Results;

namespace Patron.Customers.Profiles;

/// <summary>
/// Counts one more service that a customer was rendered, now (source 3, <c>increment_service</c>): for staff of its organization and keys with
/// <c>customers:write</c>. Of many at once each counts. 404 for a record that is not the organization's.
/// </summary>
public sealed class CountService(CustomerEditor editor)
{
    public async Task<Result<Customer>> HandleAsync(Caller caller, string reference, CancellationToken cancellation)
    {
        if (CustomerAccess.RefuseUnlessStaff(caller, Scopes.WriteCustomers) is { } refused)
        {
            return refused;
        }

        return await editor.LockedAsync(
            caller, reference, expectedVersions: null, (customer, _, now) => CountAsync(caller, customer, now, cancellation), cancellation, KnownAccounts.NotNeeded);
    }

    private Task<Result<Customer>> CountAsync(Caller caller, Customer customer, DateTimeOffset now, CancellationToken cancellation)
    {
        var before = ToJson(customer);
        customer.CountService(now);
        return editor.SaveAsync(caller, customer, new CustomerDeed("customer.service_rendered", now, before, ToJson(customer)), cancellation);
    }

    private static string ToJson(Customer customer) =>
        $$"""{"total_services": {{customer.TotalServices.ToString(CultureInfo.InvariantCulture)}}}""";
}
