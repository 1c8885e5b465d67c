using Patron.Customers.Customers;
using Patron.Customers.Database;
using Patron.Shared.Database;

namespace Patron.Customers.Sync;

/// <summary>What the ledger of partners keeps by customer.</summary>
internal sealed class PartnerReferences(DatabaseSession database) : ICustomerReferences
{
    // Of two partners that own a record each, the survivor's goes on owning it; staff look at the other.
    private const string MoveSql = """
        UPDATE customers.erp_partners p
        SET customer_uid = $3,
            state = CASE WHEN p.partner_id = pair.absorbed THEN 'conflict' ELSE p.state END,
            reason = CASE WHEN p.partner_id = pair.absorbed THEN 'merged' ELSE p.reason END
        FROM (SELECT $2::uuid AS uid) one
        LEFT JOIN (
            SELECT a.uid, a.erp_partner_id AS absorbed FROM customers.customers a
            JOIN customers.customers s ON s.organization_id = $1 AND s.uid = $3 AND s.erp_partner_id IS NOT NULL
            WHERE a.organization_id = $1) pair
            ON pair.uid = one.uid
        WHERE p.organization_id = $1 AND p.customer_uid = one.uid
        """;

    public Task MoveAsync(Guid organizationId, Guid absorbed, Guid survivor, CancellationToken cancellationToken) =>
        database.ExecuteAsync(MoveSql, cancellationToken, organizationId, absorbed, survivor);

    public Task ForgetAsync(Guid organizationId, IReadOnlyCollection<Guid> customers, CancellationToken cancellationToken) => database.ExecuteAsync(
        "UPDATE customers.erp_partners SET customer_uid = NULL WHERE organization_id = $1 AND customer_uid = ANY ($2)", cancellationToken, organizationId, customers.ToArray());
}
