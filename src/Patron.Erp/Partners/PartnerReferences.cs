using Patron.Customers.Customers;
using Patron.Customers.Erp;
using Patron.Shared.Database;

namespace Patron.Erp.Partners;

/// <summary>Moves, returns and erases the ledger's references to customers.</summary>
internal sealed class PartnerReferences(DatabaseSession database, ErasedAddressHashes addresses) : ICustomerReferences
{
    // If both records have a partner, the survivor's partner keeps owning it, and staff decide about the other.
    private const string MoveSql = """
        UPDATE erp.partners p
        SET customer_uid = $3,
            origin_uid = coalesce(p.origin_uid, p.customer_uid),
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

    private const string OwnSql = """
        SELECT source, external_id, email_key, state = 'conflict' AND reason = 'merged' FROM erp.partners
        WHERE organization_id = $1 AND customer_uid = $2 ORDER BY source, external_id FOR UPDATE
        """;

    // A conflict of the merge is over, and so is that of an address which the record has again. What else the ledger says of a partner stays.
    private const string IsOver = """
        p.state = 'conflict' AND (p.reason = 'merged' OR (p.reason = 'address_moved'
            AND p.email_key = (SELECT c.email_key FROM customers.customers c WHERE c.organization_id = $1 AND c.uid = $3)))
        """;

    private const string ReturnSql = $"""
        UPDATE erp.partners p
        SET customer_uid = $3, customer_version = NULL,
            state = CASE WHEN {IsOver} THEN 'current' ELSE p.state END,
            reason = CASE WHEN {IsOver} THEN NULL ELSE p.reason END
        WHERE p.organization_id = $1 AND p.customer_uid = $2 AND p.origin_uid = ANY ($4)
            AND NOT EXISTS (SELECT FROM unnest($5, $6) AS staying (source, external_id)
                WHERE staying.source = p.source AND staying.external_id = p.external_id)
        """;

    // The next sync, also an incremental one, compares the partners of both records with them again.
    private const string CompareAgainSql = """
        WITH compared AS (
            UPDATE erp.partners SET customer_version = NULL WHERE organization_id = $1 AND customer_uid IN ($2, $3)
            RETURNING source, external_id, rank, is_active, email_key, written_at, hash, facts, state, is_in_erp)
        INSERT INTO erp.readings (source, external_id, rank, is_active, email_key, written_at, hash, facts)
        SELECT source, external_id, rank, is_active, email_key, written_at, hash, facts FROM compared
        WHERE is_in_erp AND facts IS NOT NULL AND hash IS NOT NULL AND state IN ('current', 'conflict')
        ON CONFLICT DO NOTHING
        """;

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

    public async Task<IReadOnlyList<MovedRow>> MoveAsync(
        Guid organizationId, Guid absorbed, Guid survivor, CancellationToken cancellationToken)
    {
        await database.ExecuteAsync(MoveSql, cancellationToken, organizationId, absorbed, survivor);
        await database.ExecuteAsync(SuccessorsSql, cancellationToken, organizationId, absorbed, survivor);
        return []; // Partners remember their record.
    }

    public async Task<IReadOnlyList<ReferencedPartner>> FindPartnersAsync(
        Guid organizationId, Guid customer, CancellationToken cancellationToken) =>
        await database.QueryAsync(
            OwnSql, row => new ReferencedPartner(new PartnerKey(row.Text(), row.Text()), row.OptionalText(), row.Flag()), cancellationToken,
            organizationId, customer);

    public async Task ReturnAsync(SeparatedRecord record, CancellationToken cancellationToken)
    {
        await database.ExecuteAsync(
            ReturnSql, cancellationToken, record.OrganizationId, record.Survivor, record.Returned, record.Origins.ToArray(),
            record.Staying.Select(partner => partner.Source).ToArray(), record.Staying.Select(partner => partner.Id).ToArray());
        await database.ExecuteAsync(CompareAgainSql, cancellationToken, record.OrganizationId, record.Survivor, record.Returned);
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
