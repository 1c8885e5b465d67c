using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json;
using Npgsql;
using NpgsqlTypes;

namespace Limit;

/// <summary>Creates a customer with the same rows as Patron (customer, audit entry), in one round trip and one transaction.</summary>
internal sealed class Writing(NpgsqlDataSource source)
{
    private const int MaxDraws = 10;

    private const string CustomerSql =
        $$"""
        INSERT INTO customers.customers (
            uid, organization_id, customer_id, code, username, first_name, last_name, name, customer_type, email, email_key, claim, phone, phone_e164,
            customer_group, territory, is_primary_contact, address_line1, city, state, postal_code, country, country_code,
            marketing_emails, marketing_sms, notification_preferences, tags, standing, is_blocked, is_deleted,
            total_services, customer_since, created_at, updated_at, version)
        VALUES (
            $1, $2, $3, customers.next_code($2), $4, $5, $6, $5 || ' ' || $6, 'individual', $7, $8, 'claimed', $9, $10,
            'Individual', 'All Territories', false, $11, $12, $13, $14, $15, 'US',
            true, false, '{}', $16, 'active', false, false,
            0, $17, $17, $17, 1)
        RETURNING {{Rows.Columns}}
        """;

    private const string AuditSql =
        """
        INSERT INTO shared.audit_entries (at, action, subject_type, subject_id, organization_id, actor_user_id, address, after)
        VALUES ($1, 'customer.created', 'customer', $2, $3, $3, $4, $5)
        """;

    public async Task CreateAsync(HttpContext http)
    {
        var customer = (await http.Request.ReadFromJsonAsync(LimitJson.Default.NewCustomer, http.RequestAborted))!;
        var created = await DrawAsync(http, customer);
        http.Response.StatusCode = StatusCodes.Status201Created;
        http.Response.Headers.ETag = created.Tag;
        http.Response.Headers.Location = $"/api/v1/customers/{created.Answer.CustomerId}/";
        await http.Response.WriteAsJsonAsync(created.Answer, LimitJson.Default.Answer, cancellationToken: http.RequestAborted);
    }

    private async Task<TaggedAnswer> DrawAsync(HttpContext http, NewCustomer customer)
    {
        for (var draw = 1; ; draw++)
        {
            try
            {
                return await InsertAsync(http, customer);
            }
            catch (PostgresException taken) when (taken.SqlState == PostgresErrorCodes.UniqueViolation && draw < MaxDraws)
            {
                // The random identifier or username is already in use.
            }
        }
    }

    private async Task<TaggedAnswer> InsertAsync(HttpContext http, NewCustomer customer)
    {
        var now = DateTime.UtcNow;
        var uid = Guid.CreateVersion7();
        await using var batch = source.CreateBatch();
        batch.BatchCommands.Add(InsertCustomer(customer, uid, now));
        batch.BatchCommands.Add(InsertAudit(customer, uid, now, http.Connection.RemoteIpAddress!.ToString()));
        await using var row = await batch.ExecuteReaderAsync(http.RequestAborted);
        await row.ReadAsync(http.RequestAborted);
        var created = Rows.Read(row);
        await row.NextResultAsync(http.RequestAborted); // Completes the transaction, or throws its error.
        return created;
    }

    private static NpgsqlBatchCommand InsertCustomer(NewCustomer customer, Guid uid, DateTime now)
    {
        var command = new NpgsqlBatchCommand(CustomerSql);
        Add(command, uid);
        Add(command, Home.Organization);
        Add(command, "CUST_" + Convert.ToHexString(RandomNumberGenerator.GetBytes(4)));
        Add(command, string.Concat(customer.FirstName, customer.LastName).ToLowerInvariant()
            + RandomNumberGenerator.GetInt32(1_000_000_000).ToString(CultureInfo.InvariantCulture));
        Add(command, customer.FirstName);
        Add(command, customer.LastName);
        Add(command, customer.Email);
        Add(command, customer.Email.ToLowerInvariant());
        Add(command, customer.Phone);
        Add(command, customer.Phone.Replace("-", "", StringComparison.Ordinal));
        Add(command, customer.AddressLine1);
        Add(command, customer.City);
        Add(command, customer.State);
        Add(command, customer.PostalCode);
        Add(command, customer.Country);
        Add(command, customer.Tags.Split(','));
        Add(command, now);
        return command;
    }

    private static NpgsqlBatchCommand InsertAudit(NewCustomer customer, Guid uid, DateTime now, string address)
    {
        var command = new NpgsqlBatchCommand(AuditSql);
        Add(command, now);
        Add(command, uid);
        Add(command, Home.Organization);
        Add(command, address);
        command.Parameters.Add(new NpgsqlParameter<string>
        {
            TypedValue = JsonSerializer.Serialize(customer, LimitJson.Default.NewCustomer),
            NpgsqlDbType = NpgsqlDbType.Jsonb,
        });
        return command;
    }

    private static void Add<T>(NpgsqlBatchCommand command, T value) => command.Parameters.Add(new NpgsqlParameter<T> { TypedValue = value });
}
