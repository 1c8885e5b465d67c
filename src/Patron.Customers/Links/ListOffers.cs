using Patron.Customers.Customers;
using Patron.Shared.Callers;
using Patron.Shared.Database;

namespace Patron.Customers.Links;

/// <summary>An open offer as the owner of the account sees it: the record, its organization, and the expiry.</summary>
public sealed record OfferView(
    long Number, Guid CustomerUid, string Code, Guid OrganizationId, DateTimeOffset MadeAt, DateTimeOffset ExpiresAt);

/// <summary>An offer of a record as staff see it: its state, and until when it is open.</summary>
public sealed record RecordOffer(
    long Id, OfferState State, DateTimeOffset MadeAt, Guid? MadeBy, DateTimeOffset ExpiresAt, DateTimeOffset? AnsweredAt)
{
    public bool IsOpenAt(DateTimeOffset now) => State == OfferState.Offered && ExpiresAt > now;
}

/// <summary>The caller's open offers, newest first.</summary>
public sealed class ListOffers(DatabaseSession database, TimeProvider time)
{
    private const string OwnSql = """
        SELECT c.id, c.uid, c.code, o.organization_id, o.made_at, o.expires_at FROM customers.offers o
        JOIN customers.customers c ON c.organization_id = o.organization_id AND c.uid = o.customer_uid AND NOT c.is_deleted AND c.user_id IS NULL
        WHERE o.user_id = $1 AND o.state = 'offered' AND o.expires_at > $2
        ORDER BY o.id DESC
        """;

    private const string NamedSql =
        "SELECT customer_uid, user_id FROM customers.offers WHERE customer_uid = ANY ($1) AND state = 'offered' AND named_by = 'user' AND expires_at > $2";

    // Nobody may learn of an offer to an address whether there is an account, until it is linked.
    private const string OfRecordSql = """
        SELECT id, state, made_at, made_by, expires_at, answered_at FROM customers.offers
        WHERE organization_id = $1 AND customer_uid = $2 AND (named_by = 'user' OR state = 'linked') ORDER BY id DESC LIMIT $3
        """;

    private const int MaxOffersOfRecord = 100;

    /// <summary>The offers of a record, newest first, at most 100. It does not check access.</summary>
    public async Task<IReadOnlyList<RecordOffer>> OfRecordAsync(Customer customer, CancellationToken cancellationToken) =>
        await database.QueryAsync(
            OfRecordSql, row => new RecordOffer(
                row.Long(), row.EnumValue<OfferState>(), row.Time(), row.OptionalUuid(), row.Time(), row.OptionalTime()),
            cancellationToken, customer.OrganizationId, customer.Uid, MaxOffersOfRecord);

    public async Task<IReadOnlyList<OfferView>> HandleAsync(Caller caller, CancellationToken cancellationToken) =>
        await database.QueryAsync(
        OwnSql, row =>
            new OfferView(row.Long(), row.Uuid(), row.Text(), row.Uuid(), row.Time(), row.Time()), cancellationToken, caller.UserId
                ?? Guid.Empty, time.GetDatabaseNow());

    /// <summary>The open offers among these records in which the account was named by its id: the account's id by record.</summary>
    public async Task<Dictionary<Guid, Guid>> FindNamedAsync(IReadOnlyCollection<Guid> customers, CancellationToken cancellationToken) =>
        (await database.QueryAsync(
            NamedSql, row => KeyValuePair.Create(row.Uuid(), row.Uuid()), cancellationToken, customers.ToArray(),
            time.GetDatabaseNow())).ToDictionary();
}
