using Patron.Customers.Accounts;
using Patron.Customers.Links;
using Patron.Shared.Callers;
using Patron.Shared.Database;
using Patron.Shared.Results;

namespace Patron.Customers.Customers;

/// <summary>What an update asks for.</summary>
public sealed record CustomerUpdate(CustomerChanges Changes)
{
    /// <summary>The versions the caller takes (<c>If-Match</c>); null takes whatever there is.</summary>
    public IReadOnlyCollection<long>? ExpectedVersions { get; init; }

    /// <summary>Fields that the caller's interface never leaves empty.</summary>
    public IReadOnlyCollection<string> Required { get; init; } = [];
}

/// <summary>
/// Changes a customer in part: all fields for staff (and keys with <c>customers:write</c>), on their own record some for the customer. A new e-mail
/// address that an account of the organization has proven links the record, or offers it, in the same transaction.
/// 404 for a record that is not the caller's, 412 where the version is another by now, 400 for an address that another customer
/// claims and for fields that the linked account owns, 403 for fields that only staff may change, 422 naming invalid fields.
/// Nothing changed: same version, no audit entry. Source 5, 'Update Customer'.
/// </summary>
public sealed class UpdateCustomer(CustomerStore customers, CustomerEditor editor, AccountCopies accounts, CustomerLinker linker, DatabaseSession database)
{
    public async Task<Result<Customer>> HandleAsync(Caller caller, string reference, CustomerUpdate update, CancellationToken cancellationToken)
    {
        if (CustomerAccess.RefuseOthers(caller, Scopes.WriteCustomers) is { } refused)
        {
            return refused;
        }

        var known = await accounts.KnowAsync(caller, [reference], cancellationToken); // Before the transaction: another service is not waited for inside one.
        await using var transaction = await database.BeginAsync(cancellationToken);
        var owner = await linker.LockNewOwnerAsync(caller, update.Changes, cancellationToken); // Lock order: account, then customers.
        var locked = await customers.LockAsync(caller, reference, update.ExpectedVersions, cancellationToken);
        if (!locked.Succeeded(out var customer, out var missing))
        {
            return missing;
        }

        if (await editor.ChangeAsync(caller, customer, known, new CustomerEdit(update.Changes) { Required = update.Required }, cancellationToken) is { } invalid)
        {
            return invalid;
        }

        var saved = await customers.SaveAsync(caller, customer, "customer.changed", cancellationToken);
        if (saved.Error is { } taken)
        {
            return taken;
        }

        var linked = await linker.LinkNewOwnerAsync(caller, customer, owner, cancellationToken);
        return (await transaction.CommitAsync(linked, cancellationToken)).Select(known.Show);
    }
}
