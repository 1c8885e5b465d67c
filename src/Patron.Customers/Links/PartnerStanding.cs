using NpgsqlTypes;
using Patron.Customers.Customers;
using Patron.Customers.Database;
using Patron.Shared.Callers;
using Patron.Shared.Database;

namespace Patron.Customers.Links;

/// <summary>
/// Whether a record stands by its partner of the ERP, as the sync saw it last (decision 0013). The ERP gives an address that a partner no longer
/// has to somebody else, so such an address opens nothing and shows nothing. This is the one place that says so; every way to a record asks it.
/// </summary>
internal static class PartnerStanding
{
    // Of a record c: its partner is there, settled, and has this very address. One that was a partner's once needs staff who vouch for its address
    // (verify-email). A record that no partner ever had is its own. A partner that is to be read again has the address it was last seen with.
    private const string StandsSql = """
        (CASE WHEN c.erp_partner_id IS NULL THEN c.odoo_last_sync IS NULL OR c.email_verified_at IS NOT NULL
            ELSE NOT c.is_archived AND EXISTS (
                SELECT FROM customers.erp_partners p
                WHERE p.partner_id = c.erp_partner_id AND p.customer_uid = c.uid AND p.email_key = c.email_key AND p.state IN ('current', 'unseen', 'error'))
        END)
        """;

    // A person who is linked may have changed the login since, and the partner's own address is agreed on as long as its line is settled.
    private const string ShowsSql = """
        SELECT EXISTS (
            SELECT FROM customers.customers c JOIN customers.erp_partners p ON p.partner_id = c.erp_partner_id AND p.customer_uid = c.uid
            WHERE c.organization_id = $3 AND c.uid = $1 AND c.erp_partner_id = $2 AND (p.state = 'current' OR (p.state IN ('unseen', 'error') AND p.email_key = c.email_key)))
        """;

    private const string ReleaseSql = """
        WITH released AS (
            UPDATE customers.customers SET claim = 'released', updated_at = $2, version = version + 1 WHERE uid = ANY ($1) RETURNING uid, organization_id)
        INSERT INTO shared.audit_entries (at, action, subject_type, subject_id, organization_id, actor_user_id, actor_key_id, address, user_agent)
        SELECT $2, 'customer.address_released', 'customer', uid, organization_id, $3, $4, $5, $6 FROM released
        """;

    private const string StandingSql = $"SELECT c.uid FROM customers.customers c WHERE c.uid = ANY ($1) AND {StandsSql}";

    /// <summary>
    /// A condition on a record <c>c</c>: it has no account, claims its address and stands by its partner. Whoever proves the address may have it.
    /// </summary>
    public const string IsOpenToItsAddress = $"c.claim = 'claimed' AND c.user_id IS NULL AND {StandsSql}";

    /// <summary>Whether the partner's documents may be shown to whoever has the record.</summary>
    public static async Task<bool> ShowsDocumentsAsync(this DatabaseSession session, Customer customer, long partnerId, CancellationToken cancellationToken) =>
        (await session.QueryAsync(ShowsSql, row => row.Flag(), cancellationToken, customer.Uid, partnerId, customer.OrganizationId)).Single();

    /// <summary>
    /// Of these locked records those that do not stand by their partner. A statement of its own after the lock, so that it sees what a sync has
    /// committed while the lock was waited for.
    /// </summary>
    public static async Task<IReadOnlyList<Guid>> FindMovedAsync(this DatabaseSession session, IReadOnlyCollection<Customer> locked, CancellationToken cancellationToken)
    {
        Guid[] asked = [.. locked.Where(customer => customer.ErpPartnerId is not null || customer.OdooLastSync is not null).Select(customer => customer.Uid)];
        if (asked.Length == 0)
        {
            return [];
        }

        return [.. asked.Except(await session.QueryAsync(StandingSql, row => row.Uuid(), cancellationToken, [asked]))];
    }

    /// <summary>Ends the records' claims: somebody has proven the address, and it is theirs from now on.</summary>
    public static Task ReleaseAsync(this DatabaseSession session, Caller caller, IReadOnlyCollection<Guid> moved, DateTimeOffset now, CancellationToken cancellationToken) =>
        session.ExecuteAsync(
            ReleaseSql, cancellationToken, moved.ToArray(), now, OptionalParameter.Of(caller.UserId, NpgsqlDbType.Uuid),
            OptionalParameter.Of(caller.Key?.Id, NpgsqlDbType.Uuid), caller.Origin.Address, OptionalParameter.Of(caller.Origin.UserAgent, NpgsqlDbType.Text));
}
