using Npgsql;
using NpgsqlTypes;
using Patron.Customers.Customers;
using Patron.Customers.Schema;
using Patron.Shared.Callers;
using Patron.Shared.Database;
using Patron.Shared.Text;

namespace Patron.Customers.Import;

/// <summary>A customer to be written, with the changed fields before and after as JSON objects for its audit entry.</summary>
internal sealed record StagedCustomer(Customer Customer, string Before, string After);

/// <summary>
/// Writes many customers through a temporary table: rows are copied in as one stream, then inserted or updated by one statement with their
/// consents and audit entries.
/// </summary>
internal sealed class CustomerStaging
{
    private static readonly string Columns = CustomerSchema.Fields.Inserted.Names();

    private static readonly string CreateSql =
        $"CREATE TEMP TABLE staged_customers ON COMMIT DROP AS SELECT {Columns}, 0 AS place, '{{}}'::jsonb AS before, '{{}}'::jsonb AS written FROM customers.customers WITH NO DATA";

    private static readonly string Consents = string.Join(
        ", ", CustomerSchema.Fields.Columns.Where(field => field.IsConsent).Select(field => $"('{field.Name}', {field.Name})"));

    // In the order of the lines, so that numbers ascend with them.
    private static readonly string InsertSql = $"""
        WITH entered AS (
            INSERT INTO customers.customers ({Columns}) SELECT {Columns} FROM staged_customers ORDER BY place
            ON CONFLICT DO NOTHING RETURNING uid),
        audited AS (
            INSERT INTO shared.audit_entries (at, action, subject_type, subject_id, organization_id, actor_user_id, actor_key_id, address, user_agent, after, cause)
            SELECT created_at, $7, 'customer', uid, organization_id, $1, $2, $3, $4, written, $5
            FROM entered JOIN staged_customers USING (uid)),
        consented AS (
            INSERT INTO customers.consents (organization_id, customer_uid, kind, value, at, source, actor_user_id, actor_key_id)
            SELECT organization_id, uid, kind, value, created_at, $6, $1, $2
            FROM entered JOIN staged_customers USING (uid)
            CROSS JOIN LATERAL (VALUES {Consents}) consent (kind, value)
            WHERE value)
        SELECT uid FROM entered
        """;

    // Does not change identifiers.
    private static readonly string UpdateSql = $"""
        WITH changed AS (
            UPDATE customers.customers c
            SET {string.Join(", ", CustomerSchema.Fields.Updated.Select(field => $"{field.Name} = s.{field.Name}"))}
            FROM staged_customers s WHERE c.organization_id = s.organization_id AND c.uid = s.uid RETURNING c.uid)
        INSERT INTO shared.audit_entries (at, action, subject_type, subject_id, organization_id, actor_user_id, actor_key_id, address, user_agent, before, after, cause)
        SELECT updated_at, $6, 'customer', uid, organization_id, $1, $2, $3, $4, before, written, $5
        FROM changed JOIN staged_customers USING (uid)
        """;

    private readonly NpgsqlConnection connection;
    private readonly Caller caller;
    private readonly PhoneNumberParser phones;

    private CustomerStaging(NpgsqlConnection connection, Caller caller, PhoneNumberParser phones)
    {
        this.connection = connection;
        this.caller = caller;
        this.phones = phones;
    }

    /// <summary>Creates the table for the rest of the transaction.</summary>
    public static async Task<CustomerStaging> CreateAsync(
        NpgsqlConnection connection, Caller caller, PhoneNumberParser phones, CancellationToken cancellationToken)
    {
        await using var create = new NpgsqlCommand(CreateSql, connection);
        await create.ExecuteNonQueryAsync(cancellationToken);
        return new CustomerStaging(connection, caller, phones);
    }

    /// <summary>Inserts the customers and returns the uids of the inserted ones: rows that violate a unique index are skipped.</summary>
    public async Task<HashSet<Guid>> InsertAsync(
        string auditAction, IReadOnlyList<StagedCustomer> customers, CancellationToken cancellationToken)
    {
        await CopyAsync(customers, cancellationToken);
        await using var insert = Command(InsertSql);
        insert.Parameters.AddWithValue(EnumNames<ConsentSource>.Of(ListConsents.SourceOf(user: null, caller)));
        insert.Parameters.AddWithValue(auditAction);
        return [.. await insert.ReadAllAsync(row => row.Uuid(), cancellationToken)];
    }

    /// <summary>Updates the customers, whose rows are locked. Throws where a unique index refuses one.</summary>
    public async Task UpdateAsync(string auditAction, IReadOnlyList<StagedCustomer> customers, CancellationToken cancellationToken)
    {
        await CopyAsync(customers, cancellationToken);
        await using var update = Command(UpdateSql);
        update.Parameters.AddWithValue(auditAction);
        await update.ExecuteNonQueryAsync(cancellationToken);
    }

    /// <summary>The address keys of these customers that another customer claims, with the customer_id of that one.</summary>
    public async Task<Dictionary<string, string>> FindClaimedAsync(IEnumerable<Customer> customers, CancellationToken cancellationToken)
    {
        var keys = customers.Select(customer => customer.EmailKey).OfType<string>().ToArray();
        if (keys.Length == 0)
        {
            return [];
        }

        await using var command = new NpgsqlCommand(
            "SELECT email_key, customer_id FROM customers.customers WHERE organization_id = $1 AND claim = 'claimed' AND email_key = ANY ($2)",
            connection);
        command.Parameters.AddWithValue(caller.OrganizationId);
        command.Parameters.AddWithValue(keys);
        var found = await command.ReadAllAsync(row => (Key: row.Text(), CustomerId: row.Text()), cancellationToken);
        return found.ToDictionary(one => one.Key, one => one.CustomerId, StringComparer.Ordinal);
    }

    private NpgsqlCommand Command(string sql)
    {
        var command = new NpgsqlCommand(sql, connection) { CommandTimeout = 0 };
        command.Parameters.Add(OptionalParameter.Of(caller.UserId, NpgsqlDbType.Uuid));
        command.Parameters.Add(OptionalParameter.Of(caller.Key?.Id, NpgsqlDbType.Uuid));
        command.Parameters.AddWithValue(caller.Origin.Address);
        command.Parameters.Add(OptionalParameter.Of(caller.Origin.UserAgent, NpgsqlDbType.Text));
        command.Parameters.Add(OptionalParameter.Of(caller.Cause?.ToString(), NpgsqlDbType.Text));
        return command;
    }

    private async Task CopyAsync(IReadOnlyList<StagedCustomer> customers, CancellationToken cancellationToken)
    {
        await using (var clear = new NpgsqlCommand("TRUNCATE staged_customers", connection))
        {
            await clear.ExecuteNonQueryAsync(cancellationToken);
        }

        await using var copy = await connection.BeginBinaryImportAsync(
            $"COPY staged_customers ({Columns}, place, before, written) FROM STDIN (FORMAT BINARY)", cancellationToken);
        for (var place = 0; place < customers.Count; place++)
        {
            var (customer, before, written) = customers[place];
            customer.PhoneE164 = phones.ToE164(customer.Phone);
            await copy.StartRowAsync(cancellationToken);
            foreach (var field in CustomerSchema.Fields.Inserted)
            {
                if (field.ToColumn(customer) is { } value)
                {
                    await copy.WriteAsync(value, field.ColumnType, cancellationToken);
                }
                else
                {
                    await copy.WriteNullAsync(cancellationToken);
                }
            }

            await copy.WriteAsync(place, NpgsqlDbType.Integer, cancellationToken);
            await copy.WriteAsync(before, NpgsqlDbType.Jsonb, cancellationToken);
            await copy.WriteAsync(written, NpgsqlDbType.Jsonb, cancellationToken);
        }

        await copy.CompleteAsync(cancellationToken);
    }
}
