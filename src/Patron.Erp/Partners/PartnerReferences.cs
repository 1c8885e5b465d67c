using Patron.Customers.Customers;
using Patron.Shared.Database;

namespace Patron.Erp.Partners;

/// <summary>Moves and erases the ledger's references to customers.</summary>
internal sealed class PartnerReferences(DatabaseSession database, ErasedAddressHashes addresses) : ICustomerReferences
{
    // If both records have a partner, the survivor's partner keeps owning it, and staff decide about the other.
    private const string MoveSql = """
        UPDATE erp.partners p
        SET customer_uid = $3,
            successor_uid = NULLIF(p.successor_uid, $3),
            state = CASE WHEN p.external_id = pair.erp_id AND p.source = pair.erp_source THEN 'conflict' ELSE p.state END,
            reason = CASE WHEN p.external_id = pair.erp_id AND p.source = pair.erp_source THEN 'merged' ELSE p.reason END
        FROM (SELECT $2::uuid AS uid) one
        LEFT JOIN (
            SELECT a.uid, a.erp_source, a.erp_id FROM customers.customers a
            JOIN customers.customers s ON s.organization_id = $1 AND s.uid = $3 AND s.erp_id IS NOT NULL
            WHERE a.organization_id = $1) pair
            ON pair.uid = one.uid
        WHERE p.organization_id = $1 AND p.customer_uid = one.uid
        """;

    private const string SuccessorsSql =
        "UPDATE erp.partners SET successor_uid = NULLIF($3, customer_uid) WHERE organization_id = $1 AND successor_uid = $2";

    private const string AddressesSql =
        "SELECT email_key FROM customers.customers WHERE organization_id = $1 AND uid = ANY ($2) AND email_key IS NOT NULL";

    private const string PartnersSql = """
        SELECT source, external_id, email_key FROM erp.partners
        WHERE organization_id = $1 AND (customer_uid = ANY ($2) OR (customer_uid IS NULL AND email_key = ANY ($3)))
        ORDER BY source, external_id FOR UPDATE
        """;

    private const string EraseSql = $"""
        UPDATE erp.partners SET {PartnerStatus.EraseSql}, address_hashes = $3
        FROM unnest($1, $2) AS erased (source, external_id) WHERE partners.source = erased.source AND partners.external_id = erased.external_id
        """;

    private const string ReadingsSql = """
        DELETE FROM erp.readings r USING unnest($1, $2) AS erased (source, external_id) WHERE r.source = erased.source AND r.external_id = erased.external_id
        """;

    public async Task MoveAsync(Guid organizationId, Guid absorbed, Guid survivor, CancellationToken cancellationToken)
    {
        await database.ExecuteAsync(MoveSql, cancellationToken, organizationId, absorbed, survivor);
        await database.ExecuteAsync(SuccessorsSql, cancellationToken, organizationId, absorbed, survivor);
    }

    /// <summary>Erases every partner of the person: those of the record, and those without customer that have the same address.</summary>
    public async Task ForgetAsync(Guid organizationId, IReadOnlyCollection<Guid> customers, CancellationToken cancellationToken)
    {
        var uids = customers.ToArray();
        var own = await database.QueryAsync(AddressesSql, row => row.Text(), cancellationToken, organizationId, uids);
        var partners = await database.QueryAsync(
            PartnersSql, row =>
                (Source: row.Text(), Id: row.Text(), EmailKey: row.OptionalText()), cancellationToken, organizationId, uids, own.ToArray());
        if (partners.Count == 0)
        {
            return;
        }

        string[] sources = [.. partners.Select(partner => partner.Source)], ids = [.. partners.Select(partner => partner.Id)];
        var keys = partners.Select(partner => partner.EmailKey).OfType<string>().Concat(own).Distinct(StringComparer.Ordinal);
        await database.ExecuteAsync(EraseSql, cancellationToken, sources, ids, keys.Select(addresses.Hash).ToArray());
        await database.ExecuteAsync(ReadingsSql, cancellationToken, sources, ids);
    }
}
