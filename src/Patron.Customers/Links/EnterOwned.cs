using Patron.Customers.Accounts;
using Patron.Customers.Customers;
using Patron.Customers.Database;
using Patron.Shared.Callers;
using Patron.Shared.Database;
using Patron.Shared.Results;

namespace Patron.Customers.Links;

/// <summary>
/// Enters a record whose address a member of the organization has proven, inside the transaction that holds their account: linked from the start
/// at home, offered to them elsewhere (linking.md, 'Claim'). 400 where they are a customer there already.
/// </summary>
public sealed class EnterOwned(
    CustomerEntry entry, OfferBook offers, CustomersContext context, DatabaseSession session, IAccountDirectory directory, HomeOrganization home)
{
    internal async Task<Result<Customer>> EnterAsync(
        Caller caller, Account owner, CustomerDetails details, IReadOnlyList<CustomerField> written, DateTimeOffset now, CancellationToken cancellation)
    {
        if ((await context.LockOfAccountAsync(session, caller, owner, caller.OrganizationId, now, cancellation)).Count > 0)
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
