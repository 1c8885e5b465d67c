using Npgsql;
using NpgsqlTypes;
using Patron.Customers.Customers;
using Patron.Shared.Callers;
using Patron.Shared.Database;

namespace Patron.Customers.Import;

/// <summary>
/// The temporary table through which customers reach their own: copied in as one stream, entered by one statement with their consents
/// and audit entries. Whoever cannot be entered, because an index says so, is left out.
/// </summary>
internal sealed class CustomerStaging
{
    private static readonly string CreateSql =
        $"CREATE TEMP TABLE staged_customers ON COMMIT DROP AS SELECT {CustomerRow.WrittenColumns}, 0 AS place, '{{}}'::jsonb AS written FROM customers.customers WITH NO DATA";

    // In the lines' order, so that the numbers are too.
    private static readonly string EnterSql = $"""
        WITH entered AS (
            INSERT INTO customers.customers ({CustomerRow.WrittenColumns}) SELECT {CustomerRow.WrittenColumns} FROM staged_customers ORDER BY place
            ON CONFLICT DO NOTHING RETURNING uid),
        audited AS (
            INSERT INTO shared.audit_entries (at, action, subject_type, subject_id, organization_id, actor_user_id, actor_key_id, address, user_agent, after)
            SELECT created_at, 'customer.imported', 'customer', uid, organization_id, $1, $2, $3, $4, written
            FROM entered JOIN staged_customers USING (uid)),
        consented AS (
            INSERT INTO customers.consents (customer_uid, kind, value, at, source, actor_user_id, actor_key_id)
            SELECT uid, kind, value, created_at, $5, $1, $2
            FROM entered JOIN staged_customers USING (uid)
            CROSS JOIN LATERAL (VALUES ('marketing_emails', marketing_emails, true), ('marketing_sms', marketing_sms, false)) consent (kind, value, usual)
            WHERE value <> usual)
        SELECT uid FROM entered
        """;

    private readonly NpgsqlConnection connection;
    private readonly Caller caller;

    private CustomerStaging(NpgsqlConnection connection, Caller caller)
    {
        this.connection = connection;
        this.caller = caller;
    }

    /// <summary>Makes the table for the rest of the transaction, once those who import into the same organization are done.</summary>
    public static async Task<CustomerStaging> CreateAsync(NpgsqlConnection connection, Caller caller, CancellationToken cancellation)
    {
        await using var turn = new NpgsqlCommand("SELECT pg_advisory_xact_lock(hashtextextended('customers.import ' || $1::text, 0))", connection) { CommandTimeout = 0 };
        turn.Parameters.AddWithValue(caller.OrganizationId);
        await turn.ExecuteNonQueryAsync(cancellation);
        await using var create = new NpgsqlCommand(CreateSql, connection);
        await create.ExecuteNonQueryAsync(cancellation);
        return new CustomerStaging(connection, caller);
    }

    /// <summary>Enters the customers, with what their audit entries say, and answers which ones could be.</summary>
    public async Task<HashSet<Guid>> EnterAsync(IReadOnlyList<Customer> customers, IReadOnlyList<string> written, CancellationToken cancellation)
    {
        await using (var clear = new NpgsqlCommand("TRUNCATE staged_customers", connection))
        {
            await clear.ExecuteNonQueryAsync(cancellation);
        }

        await CopyAsync(customers, written, cancellation);
        await using var enter = new NpgsqlCommand(EnterSql, connection) { CommandTimeout = 0 };
        enter.Parameters.Add(OptionalParameter.Of(caller.UserId, NpgsqlDbType.Uuid));
        enter.Parameters.Add(OptionalParameter.Of(caller.Key?.Id, NpgsqlDbType.Uuid));
        enter.Parameters.AddWithValue(caller.Origin.Address);
        enter.Parameters.Add(OptionalParameter.Of(caller.Origin.UserAgent, NpgsqlDbType.Text));
        enter.Parameters.AddWithValue(EnumText<ConsentSource>.ToText(Consent.SourceOf(user: null, caller)));
        await using var reader = await enter.ExecuteReaderAsync(cancellation);
        var entered = new HashSet<Guid>(customers.Count);
        while (await reader.ReadAsync(cancellation))
        {
            entered.Add(reader.GetGuid(0));
        }

        return entered;
    }

    /// <summary>Those of the customers' address keys that a customer claims.</summary>
    public async Task<HashSet<string>> FindClaimedAsync(IEnumerable<Customer> customers, CancellationToken cancellation)
    {
        var keys = customers.Select(customer => customer.EmailKey).OfType<string>().ToArray();
        if (keys.Length == 0)
        {
            return [];
        }

        await using var command = new NpgsqlCommand(
            "SELECT email_key FROM customers.customers WHERE organization_id = $1 AND claim = 'claimed' AND email_key = ANY ($2)", connection);
        command.Parameters.AddWithValue(caller.OrganizationId);
        command.Parameters.AddWithValue(keys);
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        var claimed = new HashSet<string>(StringComparer.Ordinal);
        while (await reader.ReadAsync(cancellation))
        {
            claimed.Add(reader.GetString(0));
        }

        return claimed;
    }

    private async Task CopyAsync(IReadOnlyList<Customer> customers, IReadOnlyList<string> written, CancellationToken cancellation)
    {
        await using var copy = await connection.BeginBinaryImportAsync($"COPY staged_customers ({CustomerRow.WrittenColumns}, place, written) FROM STDIN (FORMAT BINARY)", cancellation);
        for (var place = 0; place < customers.Count; place++)
        {
            var customer = customers[place];
            await copy.StartRowAsync(cancellation);
            foreach (var (_, type, read) in CustomerRow.Written)
            {
                if (read(customer) is { } value)
                {
                    await copy.WriteAsync(value, type, cancellation);
                }
                else
                {
                    await copy.WriteNullAsync(cancellation);
                }
            }

            await copy.WriteAsync(place, NpgsqlDbType.Integer, cancellation);
            await copy.WriteAsync(written[place], NpgsqlDbType.Jsonb, cancellation);
        }

        await copy.CompleteAsync(cancellation);
    }
}
