using Microsoft.EntityFrameworkCore;
using Patron.Customers.Customers;
using Patron.Customers.Database;
using Patron.Shared.Callers;
using Patron.Shared.Database;
using Patron.Shared.Results;

namespace Patron.Customers.Links;

/// <summary>
/// Enters a customer for an account that somebody else's hand named: a record that shows only what was typed, and an offer to the account
/// (linking.md, 'Offer'). Where the account is a customer of the organization already, or has an open offer there, that record is answered.
/// Of many at once one makes it. Errors as <see cref="CreateCustomer"/>.
/// </summary>
public sealed class OfferCustomer(CreateCustomer create, OfferBook offers, CustomersContext context, DatabaseSession session, TimeProvider time)
{
    private static readonly Error OfferedAlready = Error.Rule("This person has an open offer of the organization already.");

    public async Task<Result<EnsuredCustomer>> HandleAsync(Caller caller, Guid userId, CustomerDetails details, CancellationToken cancellation)
    {
        if (CustomerAccess.RefuseUnlessStaff(caller, Scopes.WriteCustomers) is { } refused)
        {
            return refused;
        }

        if (await FindAsync(caller, userId, cancellation) is { } known)
        {
            return known;
        }

        var entered = await session.InTransactionAsync(() => EnterAsync(caller, userId, details, cancellation), cancellation);
        return entered.Error == OfferedAlready && await FindAsync(caller, userId, cancellation) is { } faster ? faster : entered;
    }

    private async Task<EnsuredCustomer?> FindAsync(Caller caller, Guid userId, CancellationToken cancellation)
    {
        var offered = (await offers.FindAsync(userId, caller.OrganizationId, time.GetDatabaseNow(), cancellation))?.CustomerUid;
        var found = await context.Customers.AsNoTracking()
            .FirstOrDefaultAsync(customer => customer.OrganizationId == caller.OrganizationId && (customer.UserId == userId || customer.Uid == offered), cancellation);
        return found is null ? null : new EnsuredCustomer(found, IsNew: false);
    }

    private async Task<Result<EnsuredCustomer>> EnterAsync(Caller caller, Guid userId, CustomerDetails details, CancellationToken cancellation)
    {
        var created = await create.HandleAsync(caller, details, required: [], cancellation);
        if (!created.Succeeded(out var customer, out var refused))
        {
            return refused;
        }

        return await offers.TryMakeAsync(customer, userId, OfferNaming.User, caller.UserId, time.GetDatabaseNow(), cancellation)
            ? new EnsuredCustomer(customer, IsNew: true)
            : OfferedAlready;
    }
}
