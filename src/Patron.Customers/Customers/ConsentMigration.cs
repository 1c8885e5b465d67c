using Patron.Shared.Background;

namespace Patron.Customers.Customers;

/// <summary>
/// Older versions gave every new record the consent to marketing emails. Withdraws it where nobody gave it: on records of people who
/// registered and of customers of the ERP, if their history has no entry.
/// </summary>
internal static class ConsentMigration
{
    private const string Sql = """
        WITH batch AS (SELECT id FROM customers.customers WHERE $1::text IS NULL OR id > $1::bigint ORDER BY id LIMIT 1000),
        due AS (
            SELECT c.id FROM customers.customers c JOIN batch USING (id)
            WHERE c.marketing_emails AND (c.link_evidence = 'registered' OR c.erp_id IS NOT NULL)
                AND NOT EXISTS (
                    SELECT FROM customers.consents g
                    WHERE g.organization_id = c.organization_id AND g.customer_uid = c.uid AND g.kind = 'marketing_emails')
            FOR NO KEY UPDATE OF c),
        withdrawn AS (
            UPDATE customers.customers c SET marketing_emails = false, version = c.version + 1 FROM due WHERE c.id = due.id
            RETURNING c.organization_id, c.uid),
        told AS (
            INSERT INTO customers.consents (organization_id, customer_uid, kind, value, at, source, is_migration)
            SELECT organization_id, uid, 'marketing_emails', false, now(), 'system', true FROM withdrawn)
        SELECT id::text FROM batch ORDER BY id DESC LIMIT 1
        """;

    public static BackgroundMigration Migration { get; } = BatchMigration.Of("customers.consents_not_given", Sql);
}
