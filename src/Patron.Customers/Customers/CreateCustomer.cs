using Patron.Customers.Accounts;
using Patron.Customers.Database;
using Patron.Customers.Links;
using Patron.Shared.Callers;
using Patron.Shared.Database;
using Patron.Shared.Results;
using Patron.Shared.Text;

namespace Patron.Customers.Customers;

/// <summary>
/// Creates a customer of the acting organization (staff, or a key with <c>customers:write</c>): the record with its identifiers, consents
/// and audit entry, in one transaction. The record claims its email address. Where an account of the organization has proven that address,
/// the record is linked to it in the home organization and offered to it in any other (linking.md, 'Claim'). 400 where another customer has
/// the address, 403 for callers who are not staff, 422 naming invalid fields, 503 where a separate accounts service is unavailable. Source
/// 5, 'Create Customer'.
/// </summary>
public sealed class CreateCustomer(
    CustomerStore customers, AccountCopies accounts, CustomerLinker linker, DatabaseSession database, TimeProvider time)
{
    /// <summary>Null if the caller may create customers, else the error.</summary>
    public static Error? Refusal(Caller caller) => CustomerAccess.RefuseUnlessStaff(caller, Scopes.WriteCustomers);

    /// <summary>Returns the new customer. <paramref name="required"/> names the fields that the caller's interface requires.</summary>
    public async Task<Result<Customer>> HandleAsync(
        Caller caller, CustomerChanges values, IReadOnlyCollection<string> required, CancellationToken cancellationToken)
    {
        if (Refusal(caller) is { } refused)
        {
            return refused;
        }

        var now = time.GetDatabaseNow();
        var input = customers.NewEntry().With(values);
        if (CustomerSchema.CheckNew(input, required, now, values.Errors) is { } invalid)
        {
            return invalid;
        }

        // Before the transaction: do not wait for another service inside one.
        var found = await accounts.FindOwnersAsync(caller, input.Email, cancellationToken);
        if (!found.Succeeded(out var candidates, out var unavailable))
        {
            return unavailable;
        }

        // No account to link: one round trip without a transaction.
        if (candidates.Count == 0)
        {
            var result = await customers.InsertAsync(caller, Customer.Create(caller.OrganizationId, input, now), cancellationToken);
            return result.Succeeded(out var created, out var conflict)
                ? await accounts.AddAccountDataAsync(caller, created, cancellationToken)
                : await NameExistingAsync(caller, input, conflict, cancellationToken);
        }

        await using var transaction = await database.BeginAsync(cancellationToken);
        var owner = await accounts.LockOwnerAsync(caller, candidates, cancellationToken); // Lock order: account, then customers.
        if (owner is not null
            && (await customers.LockForAccountAsync(caller, owner, caller.OrganizationId, now, cancellationToken)) is [var own, ..])
        {
            return CustomerConflicts.EmailTaken with { Existing = own.CustomerId };
        }

        var inserted = await customers.InsertAsync(caller, Customer.Create(caller.OrganizationId, input, now), cancellationToken);
        if (!inserted.Succeeded(out var customer, out var taken))
        {
            return taken;
        }

        var linked = owner is null ? customer : await linker.LinkOrOfferAsync(caller, customer, owner, now, cancellationToken);
        var committed = await transaction.CommitAsync(linked, cancellationToken);
        return committed.Succeeded(out var shown, out _) ? await accounts.AddAccountDataAsync(caller, shown, cancellationToken) : committed;
    }

    private async Task<Error> NameExistingAsync(Caller caller, Customer input, Error conflict, CancellationToken cancellationToken)
    {
        if (conflict != CustomerConflicts.EmailTaken)
        {
            return conflict;
        }

        var existing = await customers.WhereAsync(
            "c.organization_id = $1 AND c.email_key = $2 AND c.claim = 'claimed'", cancellationToken, caller.OrganizationId,
            EmailAddress.KeyOf(input.Email!));
        return conflict with { Existing = existing.FirstOrDefault()?.CustomerId };
    }
}
