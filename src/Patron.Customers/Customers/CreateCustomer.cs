using Patron.Customers.Accounts;
using Patron.Customers.Database;
using Patron.Customers.Links;
using Patron.Shared.Callers;
using Patron.Shared.Database;
using Patron.Shared.Results;
using Patron.Shared.Text;

namespace Patron.Customers.Customers;

/// <summary>
/// Enters a customer into the acting organization (staff, or a key with <c>customers:write</c>): the record with its identifiers,
/// its consents and the audit entry, together or not at all. It claims its e-mail address. Where an account of the organization has proven
/// that address, the record is its person's: linked at once at home, offered elsewhere (linking.md, 'Claim').
/// 400 where another customer has the address, 403 for others than staff, 422 naming the fields that are not valid, 503 where a separate
/// accounts service is away. Source 5, 'Create Customer'.
/// </summary>
public sealed class CreateCustomer(
    CustomerEntry entry, OfferBook offers, CustomersContext context, DatabaseSession session, IAccountDirectory directory, AccountNames names,
    HomeOrganization home, TimeProvider time)
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

        var found = await FindAsync(caller, settled, cancellation);
        if (!found.Succeeded(out var accounts, out var away))
        {
            return away;
        }

        Task<Result<Customer>> EnterAsync() =>
            entry.EnterAsync(caller, identifiers => Customer.Enter(caller.OrganizationId, settled, identifiers, now), written, now, cancellation);

        var made = accounts.Count == 0
            ? await EnterAsync()
            : await session.InTransactionAsync(
                async () =>
                {
                    // Asked again on this side of the transaction, where the answer stays true: nobody proves the address meanwhile.
                    var held = directory.KeepsCopies ? await FindAsync(caller, settled, cancellation) : found;
                    return held.Value.FirstOrDefault(account => account.EmailVerified) is { } owner
                        ? await EnterForAsync(caller, owner, settled, written, now, cancellation)
                        : await EnterAsync();
                },
                cancellation);
        return made.Succeeded(out var customer, out _) ? await names.ShowAsync(caller, customer, cancellation) : made;
    }

    private Task<Result<IReadOnlyList<Account>>> FindAsync(Caller caller, CustomerDetails details, CancellationToken cancellation) =>
        EmailAddress.TryParse(details.Email, out var address)
            ? directory.FindByEmailAsync(caller, [address.Key], cancellation)
            : Task.FromResult<Result<IReadOnlyList<Account>>>(Array.Empty<Account>());

    private async Task<Result<Customer>> EnterForAsync(
        Caller caller, Account owner, CustomerDetails details, IReadOnlyList<CustomerField> written, DateTimeOffset now, CancellationToken cancellation)
    {
        if ((await context.LockOfAccountAsync(session, owner, caller.OrganizationId, cancellation)).Count > 0)
        {
            return SavingCustomers.EmailTaken;
        }

        if (caller.OrganizationId == home.Id)
        {
            var grant = new LinkGrant(LinkEvidence.EmailProven, caller.UserId);
            var linked = await entry.EnterAsync(
                caller,
                identifiers => Customer.EnterFor(owner, directory.KeepsCopies, grant, caller.OrganizationId, details, identifiers, now),
                written, now, cancellation);
            return linked.Error == SavingCustomers.AlreadyCustomer ? SavingCustomers.EmailTaken : linked;
        }

        var entered = await entry.EnterAsync(
            caller, identifiers => Customer.Enter(caller.OrganizationId, details, identifiers, now), written, now, cancellation);
        if (entered.Succeeded(out var customer, out _))
        {
            await offers.TryMakeAsync(customer, owner.UserId, OfferNaming.Address, caller.UserId, now, cancellation);
        }

        return entered;
    }
}
