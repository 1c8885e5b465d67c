using Patron.Customers.Customers;
using Patron.Customers.Database;
using Patron.Shared.Callers;
using Patron.Shared.Database;
using Patron.Shared.Results;

namespace Patron.Customers.Links;

/// <summary>The record that an account was named for, and whether it has been offered to it just now.</summary>
public sealed record OfferedCustomer(EnsuredCustomer Ensured, bool IsOffered);

/// <summary>
/// Enters a customer for an account that somebody else named: a record that shows only what was typed, and an offer to the account
/// (linking.md, 'Offer'). Where the account is a customer of the organization already, or has an open offer there, that record is answered;
/// a record whose offer it declined or let run out is offered again. Of many at once one makes it. Errors as <see cref="CreateCustomer"/>.
/// </summary>
public sealed class OfferCustomer(CreateCustomer create, LinkOffers offers, CustomerStore customers, TimeProvider time)
{
    // The last record that was offered to the account by name and is nobody's.
    private const string IsEarlier = """
        c.organization_id = $1 AND NOT c.is_deleted AND c.user_id IS NULL AND c.uid = (
            SELECT o.customer_uid FROM customers.offers o JOIN customers.customers e ON e.organization_id = $1 AND e.uid = o.customer_uid AND e.user_id IS NULL AND NOT e.is_deleted
            WHERE o.organization_id = $1 AND o.user_id = $2 AND o.named_by = 'user' ORDER BY o.id DESC LIMIT 1)
        """;

    private static readonly Error OfferedAlready = Error.Rule("This person has an open offer of the organization already.");
    private static readonly Error AnotherAccounts = Error.Rule("This e-mail address belongs to another account than the one that user_id names.");

    public async Task<Result<OfferedCustomer>> HandleAsync(Caller caller, Guid userId, CustomerChanges values, CancellationToken cancellationToken)
    {
        if (CustomerAccess.RefuseUnlessStaff(caller, Scopes.WriteCustomers) is { } refused)
        {
            return refused;
        }

        if (await FindAsync(caller, userId, cancellationToken) is { } known)
        {
            return known;
        }

        var offered = await TryOfferAsync(caller, userId, values, cancellationToken);
        var isRaceLost = offered.Error == OfferedAlready || offered.Error == CustomerConflicts.EmailTaken;
        return isRaceLost && await FindAsync(caller, userId, cancellationToken) is { } faster ? faster : offered;
    }

    // Source 2 names only the account and its address: until the person agrees, the record is called by what was typed.
    private static CustomerChanges Named(CustomerChanges values) =>
        new Customer().With(values) is { Name.Length: 0, Email: { } email } ? values.And(CustomerSchema.Name.With(email)) : values;

    private async Task<Result<OfferedCustomer>> TryOfferAsync(Caller caller, Guid userId, CustomerChanges values, CancellationToken cancellationToken)
    {
        await using var transaction = await customers.BeginAsync(cancellationToken);
        var earlier = (await customers.WhereAsync(IsEarlier, cancellationToken, caller.OrganizationId, userId)).SingleOrDefault();
        var offered = earlier is null
            ? await CreateAsync(caller, userId, values, cancellationToken)
            : await OfferAgainAsync(caller, userId, earlier, cancellationToken);
        return await transaction.CommitAsync(offered, cancellationToken);
    }

    // The account's own record comes before one that is offered to it.
    private async Task<OfferedCustomer?> FindAsync(Caller caller, Guid userId, CancellationToken cancellationToken)
    {
        var open = await offers.FindAsync(userId, caller.OrganizationId, time.GetDatabaseNow(), cancellationToken);
        var found = await customers.WhereAsync(
            "c.organization_id = $1 AND (c.user_id = $2 OR c.uid = $3)", cancellationToken, caller.OrganizationId, userId, open?.CustomerUid ?? Guid.Empty);
        var known = found.Find(customer => customer.UserId == userId) ?? found.FirstOrDefault();
        return known is null ? null : new OfferedCustomer(new EnsuredCustomer(known, IsNew: false), IsOffered: false);
    }

    private async Task<Result<OfferedCustomer>> OfferAgainAsync(Caller caller, Guid userId, Customer earlier, CancellationToken cancellationToken)
    {
        var locked = await customers.LockAsync(caller, earlier.Uid.ToString(), expectedVersions: null, cancellationToken);
        if (!locked.Succeeded(out var customer, out var gone))
        {
            return gone;
        }

        // Of many who offer it again the first does; the others find it offered.
        if (await FindAsync(caller, userId, cancellationToken) is { } faster)
        {
            return faster;
        }

        return await offers.TryMakeAsync(customer, userId, OfferNaming.User, caller.UserId, time.GetDatabaseNow(), cancellationToken)
            ? new OfferedCustomer(new EnsuredCustomer(customer, IsNew: false), IsOffered: true)
            : OfferedAlready;
    }

    private async Task<Result<OfferedCustomer>> CreateAsync(Caller caller, Guid userId, CustomerChanges values, CancellationToken cancellationToken)
    {
        var created = await create.HandleAsync(caller, Named(values), required: [], cancellationToken);
        if (!created.Succeeded(out var customer, out var refused))
        {
            return refused;
        }

        // The address was that of a proven member, who got the record.
        if (customer.UserId is not null)
        {
            return AnotherAccounts;
        }

        return await offers.TryMakeAsync(customer, userId, OfferNaming.User, caller.UserId, time.GetDatabaseNow(), cancellationToken)
            ? new OfferedCustomer(new EnsuredCustomer(customer, IsNew: true), IsOffered: true)
            : OfferedAlready;
    }
}
