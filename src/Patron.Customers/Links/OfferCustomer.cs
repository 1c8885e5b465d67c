using Patron.Customers.Customers;
using Patron.Customers.Database;
using Patron.Shared.Callers;
using Patron.Shared.Database;
using Patron.Shared.Results;

namespace Patron.Customers.Links;

/// <summary>The record for the named account, and whether it was offered to it just now.</summary>
public sealed record OfferedCustomer(EnsuredCustomer Ensured, bool IsOffered);

/// <summary>
/// Creates a customer for an account that somebody else named: a record with only the entered values, and an offer to the account
/// (linking.md, 'Offer'). Where the account already has a record in the organization, or an open offer there, that record is returned; a
/// record whose offer was declined or expired is offered again. Of concurrent calls one creates it. Errors as <see cref="CreateCustomer"/>.
/// </summary>
public sealed class OfferCustomer(CreateCustomer create, LinkOffers offers, CustomerStore customers, TimeProvider time)
{
    // The last record that was offered to the account by its id and has no account.
    private const string EarlierOfferCondition = """
        c.organization_id = $1 AND NOT c.is_deleted AND c.user_id IS NULL AND c.uid = (
            SELECT o.customer_uid FROM customers.offers o JOIN customers.customers e ON e.organization_id = $1 AND e.uid = o.customer_uid AND e.user_id IS NULL AND NOT e.is_deleted
            WHERE o.organization_id = $1 AND o.user_id = $2 AND o.named_by = 'user' ORDER BY o.id DESC LIMIT 1)
        """;

    private static readonly Error OfferedAlready = Error.Rule(
        "already_offered", "This person already has an open offer from the organization.");
    private static readonly Error AddressOfOtherAccount = Error.Rule(
        "email_of_another_account", "This email address belongs to a different account than the one in user_id.");

    public async Task<Result<OfferedCustomer>> HandleAsync(
        Caller caller, Guid userId, CustomerChanges values, CancellationToken cancellationToken)
    {
        if (CustomerAccess.RefuseUnlessStaff(caller, Scopes.WriteCustomers) is { } refused)
        {
            return refused;
        }

        if (await FindAsync(caller, userId, cancellationToken) is { } existing)
        {
            return existing;
        }

        var offered = await TryOfferAsync(caller, userId, values, cancellationToken);
        var code = offered.Error?.Code; // The error itself can name the winner's record, too.
        var isRaceLost = code == OfferedAlready.Code || code == CustomerConflicts.EmailTaken.Code;
        return isRaceLost && await FindAsync(caller, userId, cancellationToken) is { } concurrent ? concurrent : offered;
    }

    // Source 2 sends only the account and its address: until the owner accepts, the address is the record's name.
    private static CustomerChanges WithName(CustomerChanges values) =>
        new Customer().With(values) is { Name.Length: 0, Email: { } email } ? values.And(CustomerSchema.Name.With(email)) : values;

    private async Task<Result<OfferedCustomer>> TryOfferAsync(
        Caller caller, Guid userId, CustomerChanges values, CancellationToken cancellationToken)
    {
        await using var transaction = await customers.BeginAsync(cancellationToken);
        var earlier = (await customers.WhereAsync(EarlierOfferCondition, cancellationToken, caller.OrganizationId, userId))
            .SingleOrDefault();
        var offered = earlier is null
            ? await CreateAsync(caller, userId, values, cancellationToken)
            : await OfferAgainAsync(caller, userId, earlier, cancellationToken);
        return await transaction.CommitAsync(offered, cancellationToken);
    }

    // The account's own record takes precedence over an offered one.
    private async Task<OfferedCustomer?> FindAsync(Caller caller, Guid userId, CancellationToken cancellationToken)
    {
        var open = await offers.FindAsync(userId, caller.OrganizationId, time.GetDatabaseNow(), cancellationToken);
        var found = await customers.WhereAsync(
            "c.organization_id = $1 AND (c.user_id = $2 OR c.uid = $3)", cancellationToken, caller.OrganizationId, userId, open?.CustomerUid
                ?? Guid.Empty);
        var existing = found.Find(customer => customer.UserId == userId) ?? found.FirstOrDefault();
        return existing is null ? null : new OfferedCustomer(new EnsuredCustomer(existing, IsNew: false), IsOffered: false);
    }

    private async Task<Result<OfferedCustomer>> OfferAgainAsync(
        Caller caller, Guid userId, Customer earlier, CancellationToken cancellationToken)
    {
        var locked = await customers.LockAsync(caller, earlier.Uid.ToString(), expectedVersions: null, cancellationToken);
        if (!locked.Succeeded(out var customer, out var gone))
        {
            return gone;
        }

        // The first of several concurrent calls offers it; the others find the open offer.
        if (await FindAsync(caller, userId, cancellationToken) is { } concurrent)
        {
            return concurrent;
        }

        return await offers.TryCreateAsync(customer, userId, NamedBy.User, caller.UserId, time.GetDatabaseNow(), cancellationToken)
            ? new OfferedCustomer(new EnsuredCustomer(customer, IsNew: false), IsOffered: true)
            : OfferedAlready;
    }

    private async Task<Result<OfferedCustomer>> CreateAsync(
        Caller caller, Guid userId, CustomerChanges values, CancellationToken cancellationToken)
    {
        var created = await create.HandleAsync(caller, WithName(values), required: [], cancellationToken);
        if (!created.Succeeded(out var customer, out var refused))
        {
            return refused;
        }

        // The address belongs to a member who has proven it, and the record was linked to them.
        if (customer.UserId is not null)
        {
            return AddressOfOtherAccount;
        }

        return await offers.TryCreateAsync(customer, userId, NamedBy.User, caller.UserId, time.GetDatabaseNow(), cancellationToken)
            ? new OfferedCustomer(new EnsuredCustomer(customer, IsNew: true), IsOffered: true)
            : OfferedAlready;
    }
}
