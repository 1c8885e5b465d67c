using Microsoft.EntityFrameworkCore;
using Npgsql;
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
            WHERE c.uid = $1 AND c.erp_partner_id = $2 AND (p.state = 'current' OR (p.state IN ('unseen', 'error') AND p.email_key = c.email_key)))
        """;

    private const string ReleaseSql = """
        WITH released AS (
            UPDATE customers.customers SET claim = 'released', updated_at = $2, version = version + 1 WHERE uid = ANY ($1) RETURNING uid, organization_id)
        INSERT INTO shared.audit_entries (at, action, subject_type, subject_id, organization_id, actor_user_id, actor_key_id, address, user_agent)
        SELECT $2, 'customer.address_released', 'customer', uid, organization_id, $3, $4, $5, $6 FROM released
        """;

    private const string WaitingSql = $"""
        SELECT c.uid AS "Value" FROM customers.customers c WHERE c.claim = 'claimed' AND c.user_id IS NULL AND {StandsSql}
        """;

    private const string StandingSql = $"SELECT c.uid FROM customers.customers c WHERE c.uid = ANY ($1) AND {StandsSql}";

    /// <summary>
    /// Records without account that claim their address and stand by their partner: whoever proves the address may have them. Whoever looks for an address
    /// says claimed and without account once more, for the index that has those alone.
    /// </summary>
    public static IQueryable<Customer> OpenToTheirAddress(this CustomersContext context)
    {
        var open = context.Database.SqlQueryRaw<Guid>(WaitingSql);
        return context.Customers.Where(customer => open.Contains(customer.Uid));
    }

    /// <summary>Whether the partner's documents may be shown to whoever has the record.</summary>
    public static Task<bool> ShowsDocumentsAsync(this DatabaseSession session, Guid customerUid, long partnerId, CancellationToken cancellationToken) =>
        session.OnConnectionAsync(
            async connection =>
            {
                await using var command = new NpgsqlCommand(ShowsSql, connection);
                command.Parameters.Add(new NpgsqlParameter<Guid> { TypedValue = customerUid });
                command.Parameters.Add(new NpgsqlParameter<long> { TypedValue = partnerId });
                return (bool)(await command.ExecuteScalarAsync(cancellationToken))!;
            },
            cancellationToken);

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

        await using var command = new NpgsqlCommand(StandingSql, session.Connection);
        command.Parameters.Add(new NpgsqlParameter<Guid[]> { TypedValue = asked });
        return [.. asked.Except(await command.ReadAllAsync(row => row.Uuid(), cancellationToken))];
    }

    /// <summary>Ends the records' claims: somebody has proven the address, and it is theirs from now on.</summary>
    public static async Task ReleaseAsync(
        this DatabaseSession session, Caller caller, IReadOnlyCollection<Guid> moved, DateTimeOffset now, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(ReleaseSql, session.Connection);
        command.Parameters.Add(new NpgsqlParameter<Guid[]> { TypedValue = [.. moved] });
        command.Parameters.Add(new NpgsqlParameter<DateTimeOffset> { TypedValue = now });
        command.Parameters.Add(OptionalParameter.Of(caller.UserId, NpgsqlDbType.Uuid));
        command.Parameters.Add(OptionalParameter.Of(caller.Key?.Id, NpgsqlDbType.Uuid));
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = caller.Origin.Address });
        command.Parameters.Add(OptionalParameter.Of(caller.Origin.UserAgent, NpgsqlDbType.Text));
        await command.ExecuteNonQueryAsync(cancellationToken);
    }
}
