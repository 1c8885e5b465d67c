using Patron.Customers.Accounts;
using Patron.Customers.Links;
using Patron.Shared.Callers;
using Patron.Shared.Database;
using Patron.Shared.Results;

namespace Patron.Customers.Customers;

/// <summary>The number of updated customers, and the references that were not found, as the caller wrote them.</summary>
public sealed record BulkUpdateResult(int Updated, IReadOnlyList<string> NotFound);

/// <summary>
/// Applies the same change to up to a thousand customers (staff, or a key with <c>customers:write</c>). If one of them breaks a rule, none
/// is changed and the error names it. References that are not found are reported and do not stop the update. Each changed record gets a new
/// version and an audit entry. 400, 403 and 422 as <see cref="UpdateCustomer"/>. Source 5, 'Bulk Update Customers'; contract, 'Dialect:
/// customers'.
/// </summary>
public sealed class BulkUpdateCustomers(
    CustomerStore customers, CustomerEditor editor, AccountCopies accounts, CustomerLinker linker, DatabaseSession database)
{
    public const int MaxCustomers = 1000;

    public async Task<Result<BulkUpdateResult>> HandleAsync(
        Caller caller, IReadOnlyCollection<string> references, CustomerUpdate update, CancellationToken cancellationToken)
    {
        if (CustomerAccess.RefuseUnlessStaff(caller, Scopes.WriteCustomers) is { } refused)
        {
            return refused;
        }

        if (references.Count is 0 or > MaxCustomers)
        {
            return Error.Invalid("customer_ids", $"Must have 1 to {MaxCustomers} customers.");
        }

        var loaded = await accounts.LoadAccountsAsync(caller, references, cancellationToken);
        if (!loaded.Succeeded(out var linkedAccounts, out var notAccepted))
        {
            return notAccepted;
        }

        await using var transaction = await database.BeginAsync(cancellationToken);
        var owner = await linker.LockNewOwnerAsync(caller, update.Changes, cancellationToken); // Lock order: account, then customers.
        var found = await customers.LockAllAsync(caller, references, cancellationToken);
        foreach (var customer in found)
        {
            if (await editor.ChangeAsync(
                caller, customer, linkedAccounts, new CustomerEdit(update.Changes) { Required = update.Required },
                cancellationToken) is { } broken)
            {
                return broken with { Detail = $"{customer.CustomerId}: {broken.Detail} No customer was changed." };
            }
        }

        if (await customers.SaveAllAsync(caller, found, "customer.changed", cancellationToken) is { } taken)
        {
            return taken;
        }

        foreach (var customer in found)
        {
            if ((await linker.LinkNewOwnerAsync(caller, customer, owner, cancellationToken)).Error is { } lost)
            {
                return lost;
            }
        }

        var missing = await customers.FindMissingAsync(caller, references, cancellationToken);
        return await transaction.CommitAsync(new BulkUpdateResult(found.Count, missing), cancellationToken);
    }
}
