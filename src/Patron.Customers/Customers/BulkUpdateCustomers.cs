using Microsoft.EntityFrameworkCore;
using Patron.Customers.Accounts;
using Patron.Customers.Database;
using Patron.Shared.Callers;
using Patron.Shared.Database;
using Patron.Shared.Results;

namespace Patron.Customers.Customers;

/// <summary>How many customers a bulk update found, and which references found none, as they were given.</summary>
public sealed record BulkUpdated(int Updated, IReadOnlyList<string> NotFound);

/// <summary>
/// Makes the same change on up to a thousand customers (staff, or a key with <c>customers:write</c>): all that are found, or, where a
/// rule is broken by one of them, none; the sentence names the customer. References that find nothing stop nothing. Each changed
/// record has its new version and its audit entry, as if it had been changed alone. 400, 403 and 422 as <see cref="UpdateCustomer"/>.
/// Source 5, 'Bulk Update Customers'; contract, 'Dialect: customers'.
/// </summary>
public sealed class BulkUpdateCustomers(
    CustomersContext context, DatabaseSession session, CustomerEditor editor, AccountNames names, TimeProvider time)
{
    public const int MaxCustomers = 1000;

    public async Task<Result<BulkUpdated>> HandleAsync(
        Caller caller, IReadOnlyCollection<string> references, CustomerUpdate update, CancellationToken cancellation)
    {
        if (CustomerAccess.RefuseUnlessStaff(caller, Scopes.WriteCustomers) is { } refused)
        {
            return refused;
        }

        if (references.Count is 0 or > MaxCustomers)
        {
            return Error.Invalid("customer_ids", $"Name between 1 and {MaxCustomers} customers.");
        }

        var edit = new CustomerEdit("customer.changed", update.Apply) { Required = update.Required };
        var accounts = await names.KnowAsync(caller, references, cancellation);
        return await session.InTransactionAsync(() => UpdateLockedAsync(caller, references, accounts, edit, cancellation), cancellation);
    }

    private async Task<Result<BulkUpdated>> UpdateLockedAsync(
        Caller caller, IReadOnlyCollection<string> references, KnownAccounts accounts, CustomerEdit edit, CancellationToken cancellation)
    {
        var customers = await context.LockAllAsync(session, caller, references, cancellation);
        var now = time.GetDatabaseNow();
        foreach (var customer in customers)
        {
            if ((await editor.ApplyAsync(caller, customer, accounts, edit, now, cancellation)).Error is { } broken)
            {
                return broken with { Detail = $"{customer.CustomerId}: {broken.Detail} No customer was changed." };
            }
        }

        if (await context.TrySaveAsync(cancellation) is { } taken)
        {
            return taken;
        }

        var found = customers.SelectMany(customer => new[] { customer.CustomerId, customer.Uid.ToString() }).ToHashSet(StringComparer.Ordinal);
        return new BulkUpdated(
            customers.Count,
            [.. references.Where(reference => !found.Contains(CustomerQueries.Canonical(reference))).Distinct(StringComparer.Ordinal)]);
    }
}
