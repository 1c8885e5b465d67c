using Patron.Customers.Customers;
using Patron.Customers.Database;
using Patron.Shared.Database;

namespace Patron.Customers.Sync;

/// <summary>What the ledger of partners keeps by customer.</summary>
internal sealed class PartnerReferences(DatabaseSession database, ErasedAddresses addresses) : ICustomerReferences
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

    private const string AddressesSql = "SELECT email_key FROM customers.customers WHERE organization_id = $1 AND uid = ANY ($2) AND email_key IS NOT NULL";

    private const string PartnersSql = """
        SELECT partner_id, email_key FROM customers.erp_partners
        WHERE organization_id = $1 AND (customer_uid = ANY ($2) OR (customer_uid IS NULL AND email_key = ANY ($3)))
        ORDER BY partner_id FOR UPDATE
        """;

    private const string EraseSql = """
        UPDATE customers.erp_partners
        SET state = 'erased', address_hashes = $2, reason = NULL, customer_uid = NULL, customer_version = NULL, email_key = NULL, written_at = NULL,
            hash = NULL, facts = NULL, run_id = NULL, outcome = NULL, warnings = NULL
        WHERE partner_id = ANY ($1)
        """;

    public Task MoveAsync(Guid organizationId, Guid absorbed, Guid survivor, CancellationToken cancellationToken) =>
        database.ExecuteAsync(MoveSql, cancellationToken, organizationId, absorbed, survivor);

    /// <summary>Every partner of the person is erased: those of the record, and those that are nobody's and have the same address.</summary>
    public async Task ForgetAsync(Guid organizationId, IReadOnlyCollection<Guid> customers, CancellationToken cancellationToken)
    {
        var uids = customers.ToArray();
        var own = await database.QueryAsync(AddressesSql, row => row.Text(), cancellationToken, organizationId, uids);
        var partners = await database.QueryAsync(
            PartnersSql, row => (Id: row.Long(), EmailKey: row.OptionalText()), cancellationToken, organizationId, uids, own.ToArray());
        if (partners.Count > 0)
        {
            var keys = partners.Select(partner => partner.EmailKey).OfType<string>().Concat(own).Distinct(StringComparer.Ordinal);
            await database.ExecuteAsync(EraseSql, cancellationToken, partners.Select(partner => partner.Id).ToArray(), keys.Select(addresses.Hash).ToArray());
        }
    }
}
