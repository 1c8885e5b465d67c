using Patron.Customers.Accounts;
using Patron.Customers.Database;
using Patron.Customers.Links;
using Patron.Shared.Callers;
using Patron.Shared.Database;
using Patron.Shared.Results;

namespace Patron.Customers.Customers;

/// <summary>
/// Enters a customer into the acting organization (staff, or a key with <c>customers:write</c>): the record with its identifiers,
/// its consents and the audit entry, together or not at all. It claims its e-mail address. Where an account of the organization has proven
/// that address, the record is its person's: linked at once at home, offered elsewhere (linking.md, 'Claim').
/// 400 where another customer has the address, 403 for others than staff, 422 naming the fields that are not valid, 503 where a separate
/// accounts service is away. Source 5, 'Create Customer'.
/// </summary>
public sealed class CreateCustomer(CustomerStore customers, AccountCopies accounts, CustomerLinker linker, DatabaseSession database, TimeProvider time)
{
    /// <summary>The new customer. <paramref name="required"/> names the fields that the caller's interface wants filled.</summary>
    public async Task<Result<Customer>> HandleAsync(Caller caller, CustomerChanges values, IReadOnlyCollection<string> required, CancellationToken cancellationToken)
    {
        if (CustomerAccess.RefuseUnlessStaff(caller, Scopes.WriteCustomers) is { } refused)
        {
            return refused;
        }

        var now = time.GetDatabaseNow();
        var wanted = new Customer().With(values);
        if (CustomerSchema.CheckNew(wanted, required, now, values.Mistakes) is { } invalid)
        {
            return invalid;
        }

        // Before the transaction: another service is not waited for inside one.
        var found = await accounts.FindOwnersAsync(caller, wanted.Email, cancellationToken);
        if (!found.Succeeded(out var known, out var away))
        {
            return away;
        }

        // Nobody to link: one round trip.
        if (known.Count == 0)
        {
            var alone = await customers.InsertAsync(caller, Customer.Create(caller.OrganizationId, wanted, now), cancellationToken);
            return alone.Succeeded(out var created, out _) ? await accounts.ShowAsync(caller, created, cancellationToken) : alone;
        }

        await using var transaction = await database.BeginAsync(cancellationToken);
        var owner = await accounts.LockOwnerAsync(caller, known, cancellationToken); // Lock order: account, then customers.
        if (owner is not null && (await customers.LockOfAccountAsync(caller, owner, caller.OrganizationId, now, cancellationToken)).Count > 0)
        {
            return CustomerConflicts.EmailTaken;
        }

        var inserted = await customers.InsertAsync(caller, Customer.Create(caller.OrganizationId, wanted, now), cancellationToken);
        if (!inserted.Succeeded(out var customer, out var taken))
        {
            return taken;
        }

        var linked = owner is null ? customer : await linker.LinkOrOfferAsync(caller, customer, owner, now, cancellationToken);
        var committed = await transaction.CommitAsync(linked, cancellationToken);
        return committed.Succeeded(out var shown, out _) ? await accounts.ShowAsync(caller, shown, cancellationToken) : committed;
    }
}
