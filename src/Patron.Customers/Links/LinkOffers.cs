using Patron.Customers.Customers;
using Patron.Shared.Database;
using Patron.Shared.Text;

namespace Patron.Customers.Links;

/// <summary>The rows of <c>customers.offers</c>, inside the caller's transaction.</summary>
public sealed class LinkOffers(DatabaseSession database)
{
    private const string Columns = "o.id, o.organization_id, o.user_id, o.customer_uid, o.expires_at";

    // An account's open offers of records that are not deleted and have no account.
    private const string OpenSql = $"""
        SELECT {Columns} FROM customers.offers o
        JOIN customers.customers c ON c.organization_id = o.organization_id AND c.uid = o.customer_uid AND NOT c.is_deleted AND c.user_id IS NULL
        WHERE o.user_id = $1 AND o.state = 'offered' AND o.expires_at > $2
        """;

    // Offers that can no longer be answered do not block new ones.
    private const string CloseOverdueSql = """
        UPDATE customers.offers o SET state = CASE WHEN o.expires_at <= $4 THEN 'expired' ELSE 'withdrawn' END, answered_at = $4
        WHERE o.state = 'offered' AND o.organization_id = $1 AND (o.user_id = $2 OR o.customer_uid = $3)
            AND (o.expires_at <= $4 OR EXISTS (
                SELECT FROM customers.customers c WHERE c.organization_id = $1 AND c.uid = o.customer_uid AND (c.is_deleted OR c.user_id IS NOT NULL)))
        """;

    private const string InsertSql = """
        INSERT INTO customers.offers AS open (organization_id, user_id, customer_uid, state, named_by, made_at, made_by, expires_at)
        SELECT $1, $2, $3, 'offered', $5, $4, $6, $7
        WHERE NOT EXISTS (SELECT FROM customers.offers WHERE organization_id = $1 AND customer_uid = $3 AND state = 'offered' AND user_id <> $2)
        ON CONFLICT (user_id, organization_id) WHERE state = 'offered' DO UPDATE
        SET named_by = CASE WHEN open.named_by = 'user' THEN 'user' ELSE excluded.named_by END WHERE open.customer_uid = excluded.customer_uid
        """;

    /// <summary>
    /// Offers the record to the account; false where one of the two has another open offer. Of two concurrent calls one succeeds. Naming
    /// the account by its id replaces an earlier naming by address.
    /// </summary>
    internal async Task<bool> TryCreateAsync(
        Customer customer, Guid userId, NamedBy namedBy, Guid? madeBy, DateTimeOffset now, CancellationToken cancellationToken)
    {
        await database.ExecuteAsync(CloseOverdueSql, cancellationToken, customer.OrganizationId, userId, customer.Uid, now);
        return await database.ExecuteAsync(
            InsertSql, cancellationToken, customer.OrganizationId, userId, customer.Uid, now, EnumNames<NamedBy>.Of(namedBy),
            OptionalParameter.Of(madeBy, NpgsqlTypes.NpgsqlDbType.Uuid), now + Offer.Lifetime) == 1;
    }

    /// <summary>Closes an open offer; false where it was answered meanwhile.</summary>
    internal async Task<bool> TryCloseAsync(Offer offer, OfferState state, DateTimeOffset now, CancellationToken cancellationToken) =>
        await database.ExecuteAsync(
            "UPDATE customers.offers SET state = $3, answered_at = $4 WHERE organization_id = $1 AND id = $2 AND state = 'offered'",
            cancellationToken, offer.OrganizationId, offer.Id, EnumNames<OfferState>.Of(state), now) == 1;

    internal Task<int> WithdrawAsync(Guid organizationId, Guid? userId, DateTimeOffset now, CancellationToken cancellationToken) =>
        database.ExecuteAsync(
            """
            UPDATE customers.offers SET state = 'withdrawn', answered_at = $3
            WHERE organization_id = $1 AND ($2::uuid IS NULL OR user_id = $2) AND state = 'offered'
            """,
            cancellationToken, organizationId, OptionalParameter.Of(userId, NpgsqlTypes.NpgsqlDbType.Uuid), now);

    /// <summary>The account's open offer in the organization.</summary>
    internal async Task<Offer?> FindAsync(Guid userId, Guid organizationId, DateTimeOffset now, CancellationToken cancellationToken) =>
        (await database.QueryAsync(
            $"{OpenSql} AND o.organization_id = $3", Offer.Read, cancellationToken, userId, now, organizationId)).SingleOrDefault();

    /// <summary>The account's open offer of this record.</summary>
    internal async Task<Offer?> FindForCustomerAsync(
        Guid userId, Guid customerUid, DateTimeOffset now, CancellationToken cancellationToken) =>
        (await database.QueryAsync(
            $"{OpenSql} AND o.customer_uid = $3", Offer.Read, cancellationToken, userId, now, customerUid)).SingleOrDefault();
}
