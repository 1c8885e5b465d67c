using Patron.Customers.Accounts;
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
public sealed class CreateCustomer(CustomerEntry entry, EnterOwned owned, AddressOwners owners, AccountNames names, DatabaseSession session, TimeProvider time)
{
    /// <summary>The new customer. <paramref name="required"/> names the fields that the caller's interface wants filled.</summary>
    public async Task<Result<Customer>> HandleAsync(
        Caller caller, CustomerDetails details, IReadOnlyCollection<string> required, CancellationToken cancellation)
    {
        if (CustomerAccess.RefuseUnlessStaff(caller, Scopes.WriteCustomers) is { } refused)
        {
            return refused;
        }

        var now = time.GetDatabaseNow();
        var settled = details.Settled(CustomerDetails.Empty);
        var written = CustomerFields.Changed(CustomerDetails.Empty, settled);
        if (CustomerFields.Check(settled, [.. written, .. CustomerFields.Named(required)], required, now) is { } invalid)
        {
            return invalid;
        }

        var found = await owners.FindAsync(caller, settled.Email, cancellation);
        if (!found.Succeeded(out var accounts, out var away))
        {
            return away;
        }

        Task<Result<Customer>> EnterAsync() =>
            entry.EnterAsync(caller, identifiers => Customer.Enter(caller.OrganizationId, settled, identifiers, now), written, now, cancellation);

        var made = accounts.Count == 0
            ? await EnterAsync()
            : await session.InTransactionAsync(
                async () => (await owners.HoldAsync(caller, accounts, cancellation)).FirstOrDefault(account => account.EmailVerified) is { } owner
                    ? await owned.EnterAsync(caller, owner, settled, written, now, cancellation)
                    : await EnterAsync(),
                cancellation);
        return made.Succeeded(out var customer, out _) ? await names.ShowAsync(caller, customer, cancellation) : made;
    }
}
