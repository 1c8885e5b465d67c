using NpgsqlTypes;
using Patron.Customers.Customers;
using Patron.Shared.Callers;
using Patron.Shared.Database;

namespace Patron.Customers.Erp;

/// <summary>The open change requests of customers for fields that the ERP owns; only the last one of each field is open.</summary>
public sealed class ChangeRequests(DatabaseSession database, ErpOwnership ownership)
{
    private const string ReplaceSql = """
        UPDATE customers.change_requests SET answer = 'replaced', answered_at = $4 WHERE organization_id = $1 AND customer_uid = $2 AND field = ANY ($3) AND answer IS NULL
        """;

    private const string InsertSql = """
        INSERT INTO customers.change_requests (organization_id, customer_uid, field, value, asked_at, asked_by)
        SELECT $1, $2, asked.field, asked.value, $4, $6 FROM unnest($3, $5) AS asked (field, value)
        """;

    private const string OpenSql = $"""
        SELECT {ChangeRequest.Columns} FROM customers.change_requests r
        WHERE r.organization_id = $1 AND r.customer_uid = $2 AND r.answer IS NULL ORDER BY r.field
        """;

    internal ErpOwnership Ownership => ownership;

    /// <summary>
    /// Creates a request for each field that the ERP owns and in which <paramref name="shown"/> and <paramref name="requested"/> differ.
    /// The caller's transaction has locked the record.
    /// </summary>
    internal async Task CreateAsync(
        Caller caller, Customer customer, Customer shown, Customer requested, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var fields = CustomerSchema.Fields.Changed(shown, requested).Where(field => ownership.Owns(customer, field)).ToList();
        if (fields.Count > 0)
        {
            var names = fields.Select(field => field.Name).ToArray();
            await database.ExecuteAsync(ReplaceSql, cancellationToken, customer.OrganizationId, customer.Uid, names, now);
            await database.ExecuteAsync(
                InsertSql, cancellationToken, customer.OrganizationId, customer.Uid, names, now,
                OptionalParameter.Of(fields.Select(field => field.ReadText(requested)).ToArray(), NpgsqlDbType.Array | NpgsqlDbType.Text),
                OptionalParameter.Of(caller.UserId, NpgsqlDbType.Uuid));
        }
    }

    /// <summary>The open requests of a customer, in the alphabetical order of their fields.</summary>
    public async Task<IReadOnlyList<ChangeRequest>> FindOpenAsync(Customer customer, CancellationToken cancellationToken) =>
        customer.Partner is null
        ? []
        : await database.QueryAsync(OpenSql, ChangeRequest.Read, cancellationToken, customer.OrganizationId, customer.Uid);

    public async Task<long> CountOpenAsync(CancellationToken cancellationToken) =>
        (await database.QueryAsync(
            "SELECT count(*) FROM customers.change_requests WHERE answer IS NULL", row => row.Long(), cancellationToken)).Single();
}
