using Patron.Customers.Accounts;
using Patron.Customers.Links;
using Patron.Shared.Callers;
using Patron.Shared.Database;
using Patron.Shared.Results;

namespace Patron.Customers.Customers;

/// <summary>An update of a customer.</summary>
public sealed record CustomerUpdate(CustomerChanges Changes)
{
    /// <summary>The versions the caller accepts (<c>If-Match</c>); null accepts any.</summary>
    public IReadOnlyCollection<long>? ExpectedVersions { get; init; }

    /// <summary>Fields that the caller's interface requires.</summary>
    public IReadOnlyCollection<string> Required { get; init; } = [];
}

/// <summary>
/// Changes a customer in part: all fields for staff (and keys with <c>customers:write</c>), some fields of their own record for the
/// customer. A new email address that an account of the organization has proven links the record to it, or offers it, in the same
/// transaction. 404 for a record that is not the caller's, 412 for an outdated version, 400 for an address that another customer claims and
/// for fields that the linked account owns, 403 for fields that only staff may change, 422 naming invalid fields. Without a difference the
/// version stays and no audit entry is written. Source 5, 'Update Customer'.
/// </summary>
public sealed class UpdateCustomer(
    CustomerStore customers, CustomerEditor editor, AccountCopies accounts, CustomerLinker linker, DatabaseSession database)
{
    public async Task<Result<Customer>> HandleAsync(
        Caller caller, string reference, CustomerUpdate update, CancellationToken cancellationToken)
    {
        if (CustomerAccess.RefuseOthers(caller, Scopes.WriteCustomers) is { } refused)
        {
            return refused;
        }

        // Before the transaction: do not wait for another service inside one.
        var loaded = await accounts.LoadAccountsAsync(caller, [reference], cancellationToken);
        if (!loaded.Succeeded(out var linkedAccounts, out var notAccepted))
        {
            return notAccepted;
        }

        await using var transaction = await database.BeginAsync(cancellationToken);
        var owner = await linker.LockNewOwnerAsync(caller, update.Changes, cancellationToken); // Lock order: account, then customers.
        var locked = await customers.LockAsync(caller, reference, update.ExpectedVersions, cancellationToken);
        if (!locked.Succeeded(out var customer, out var missing))
        {
            return missing;
        }

        if (await editor.ChangeAsync(
            caller, customer, linkedAccounts, new CustomerEdit(update.Changes) { Required = update.Required },
            cancellationToken) is { } invalid)
        {
            return invalid;
        }

        var saved = await customers.SaveAsync(caller, customer, "customer.changed", cancellationToken);
        if (saved.Error is { } taken)
        {
            return taken;
        }

        var linked = await linker.LinkNewOwnerAsync(caller, customer, owner, cancellationToken);
        return (await transaction.CommitAsync(linked, cancellationToken)).Select(linkedAccounts.AddAccountData);
    }
}
