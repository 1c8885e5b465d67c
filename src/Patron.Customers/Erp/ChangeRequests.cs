using NpgsqlTypes;
using Patron.Customers.Customers;
using Patron.Shared.Callers;
using Patron.Shared.Database;

namespace Patron.Customers.Erp;

/// <summary>The open requests of customers for fields that the ERP owns; of each field the last one counts.</summary>
public sealed class ChangeRequests(DatabaseSession database, ErpOwnership ownership)
{
    private const string ReplaceSql = """
        UPDATE customers.change_requests SET answer = 'replaced', answered_at = $4 WHERE organization_id = $1 AND customer_uid = $2 AND field = ANY ($3) AND answer IS NULL
        """;

    private const string AskSql = """
        INSERT INTO customers.change_requests (organization_id, customer_uid, field, value, asked_at, asked_by)
        SELECT $1, $2, asked.field, asked.value, $4, $6 FROM unnest($3, $5) AS asked (field, value)
        """;

    private const string OpenSql = "SELECT field FROM customers.change_requests WHERE organization_id = $1 AND customer_uid = $2 AND answer IS NULL ORDER BY field";

    /// <summary>Which fields these are.</summary>
    internal ErpOwnership Ownership => ownership;

    /// <summary>
    /// Asks for what the ERP owns of the fields in which the record as <paramref name="shown"/> and as <paramref name="wanted"/> differ. Inside the
    /// transaction that has locked the record.
    /// </summary>
    internal async Task AskAsync(Caller caller, Customer customer, Customer shown, Customer wanted, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var fields = CustomerSchema.Fields.Changed(shown, wanted).Where(field => ownership.Owns(customer, field)).ToList();
        if (fields.Count > 0)
        {
            var names = fields.Select(field => field.Name).ToArray();
            await database.ExecuteAsync(ReplaceSql, cancellationToken, customer.OrganizationId, customer.Uid, names, now);
            await database.ExecuteAsync(
                AskSql, cancellationToken, customer.OrganizationId, customer.Uid, names, now,
                OptionalParameter.Of(fields.Select(field => field.ReadText(wanted)).ToArray(), NpgsqlDbType.Array | NpgsqlDbType.Text),
                OptionalParameter.Of(caller.UserId, NpgsqlDbType.Uuid));
        }
    }

    /// <summary>The names of the fields that wait for staff, in alphabetical order; none where no ERP owns any.</summary>
    public async Task<IReadOnlyList<string>> FindOpenAsync(Customer customer, CancellationToken cancellationToken) => customer.Partner is null
        ? []
        : await database.QueryAsync(OpenSql, row => row.Text(), cancellationToken, customer.OrganizationId, customer.Uid);

    /// <summary>How many wait for staff.</summary>
    public async Task<long> CountOpenAsync(CancellationToken cancellationToken) =>
        (await database.QueryAsync("SELECT count(*) FROM customers.change_requests WHERE answer IS NULL", row => row.Long(), cancellationToken)).Single();
}
