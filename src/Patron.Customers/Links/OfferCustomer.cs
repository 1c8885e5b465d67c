using Microsoft.EntityFrameworkCore;
using Patron.Customers.Customers;
using Patron.Customers.Database;
using Patron.Shared.Callers;
using Patron.Shared.Database;
using Patron.Shared.Results;

namespace Patron.Customers.Links;

/// <summary>The record that an account was named for, and whether it has been offered to it just now.</summary>
public sealed record OfferedCustomer(EnsuredCustomer Ensured, bool IsOffered);

/// <summary>
/// Enters a customer for an account that somebody else's hand named: a record that shows only what was typed, and an offer to the account
/// (linking.md, 'Offer'). Where the account is a customer of the organization already, or has an open offer there, that record is answered;
/// a record whose offer it declined or let run out is offered again. Of many at once one makes it. Errors as <see cref="CreateCustomer"/>.
/// </summary>
public sealed class OfferCustomer(CreateCustomer create, OfferBook offers, CustomersContext context, DatabaseSession session, TimeProvider time)
{
    private static readonly Error OfferedAlready = Error.Rule("This person has an open offer of the organization already.");
    private static readonly Error AnotherAccounts = Error.Rule("This e-mail address belongs to another account than the one that user_id names.");

    public async Task<Result<OfferedCustomer>> HandleAsync(Caller caller, Guid userId, CustomerDetails details, CancellationToken cancellation)
    {
        if (CustomerAccess.RefuseUnlessStaff(caller, Scopes.WriteCustomers) is { } refused)
        {
            return refused;
        }

        if (await FindAsync(caller, userId, cancellation) is { } known)
        {
            return known;
        }

        var offered = await session.InTransactionAsync(
            async () => await FindEarlierAsync(caller, userId, cancellation) is { } earlier
                ? await OfferAgainAsync(caller, userId, earlier, cancellation)
                : await EnterAsync(caller, userId, details, cancellation),
            cancellation);
        var isRaceLost = offered.Error == OfferedAlready || offered.Error == SavingCustomers.EmailTaken;
        return isRaceLost && await FindAsync(caller, userId, cancellation) is { } faster ? faster : offered;
    }

    // Source 2 names only the account and its address: until the person agrees, the record is called by what was typed.
    private static CustomerDetails Named(CustomerDetails details) =>
        details.Settled(CustomerDetails.Empty).Name.Length == 0 ? details with { Name = details.Email ?? "" } : details;

    // The account's own record comes before one that is offered to it.
    private async Task<OfferedCustomer?> FindAsync(Caller caller, Guid userId, CancellationToken cancellation)
    {
        var open = (await offers.FindAsync(userId, caller.OrganizationId, time.GetDatabaseNow(), cancellation))?.CustomerUid;
        var found = await context.Customers.AsNoTracking()
            .Where(customer => customer.OrganizationId == caller.OrganizationId && (customer.UserId == userId || customer.Uid == open))
            .OrderBy(customer => customer.UserId == userId ? 0 : 1).FirstOrDefaultAsync(cancellation);
        return found is null ? null : new OfferedCustomer(new EnsuredCustomer(found, IsNew: false), IsOffered: false);
    }

    private async Task<Guid?> FindEarlierAsync(Caller caller, Guid userId, CancellationToken cancellation) => await (
        from offer in context.Offers
        join customer in context.Customers on offer.CustomerUid equals customer.Uid
        where offer.UserId == userId && offer.OrganizationId == caller.OrganizationId && offer.NamedBy == OfferNaming.User
            && customer.UserId == null && !customer.Details.IsDeleted
        orderby offer.Id descending
        select (Guid?)customer.Uid).FirstOrDefaultAsync(cancellation);

    private async Task<Result<OfferedCustomer>> OfferAgainAsync(Caller caller, Guid userId, Guid earlier, CancellationToken cancellation)
    {
        var locked = await context.LockAsync(session, caller, earlier.ToString(), expectedVersions: null, cancellation);
        if (!locked.Succeeded(out var customer, out var gone))
        {
            return gone;
        }

        // Of many who offer it again the first does; the others find it offered.
        if (await FindAsync(caller, userId, cancellation) is { } faster)
        {
            return faster;
        }

        return await offers.TryMakeAsync(customer, userId, OfferNaming.User, caller.UserId, time.GetDatabaseNow(), cancellation)
            ? new OfferedCustomer(new EnsuredCustomer(customer, IsNew: false), IsOffered: true)
            : OfferedAlready;
    }

    private async Task<Result<OfferedCustomer>> EnterAsync(Caller caller, Guid userId, CustomerDetails details, CancellationToken cancellation)
    {
        var created = await create.HandleAsync(caller, Named(details), required: [], cancellation);
        if (!created.Succeeded(out var customer, out var refused))
        {
            return refused;
        }

        // The address was that of a proven member, who got the record.
        if (customer.UserId is not null)
        {
            return AnotherAccounts;
        }

        return await offers.TryMakeAsync(customer, userId, OfferNaming.User, caller.UserId, time.GetDatabaseNow(), cancellation)
            ? new OfferedCustomer(new EnsuredCustomer(customer, IsNew: true), IsOffered: true)
            : OfferedAlready;
    }
}
