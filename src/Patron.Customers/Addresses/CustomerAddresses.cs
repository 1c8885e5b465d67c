using Npgsql;
using Patron.Customers.Customers;
using Patron.Customers.Schema;
using Patron.Shared.Audit;
using Patron.Shared.Callers;
using Patron.Shared.Database;
using Patron.Shared.Results;

namespace Patron.Customers.Addresses;

/// <summary>
/// The rows of <c>customers.addresses</c>. Callers hold the lock of the customer, so that rules about all of its addresses hold.
/// </summary>
public sealed class CustomerAddresses(DatabaseSession database)
{
    private static readonly string FindSql =
        $"SELECT {AddressSchema.Fields.All.Names()} FROM customers.addresses WHERE organization_id = $1 AND customer_uid = $2";

    private static readonly string InsertSql = $"""
        INSERT INTO customers.addresses ({AddressSchema.Fields.Inserted.Names()})
        VALUES ({string.Join(", ", Enumerable.Range(1, AddressSchema.Fields.Inserted.Count).Select(place => $"${place}"))})
        """;

    private static readonly string UpdateSql = $"""
        UPDATE customers.addresses SET {string.Join(", ", AddressSchema.Fields.Updated.Select((field, place) => $"{field.Name} = ${place + 3}"))}
        WHERE organization_id = $1 AND uid = $2
        """;

    private static readonly string MadeSql =
        $"SELECT {AddressSchema.Fields.All.Names()} FROM customers.addresses WHERE organization_id = $1 AND made_by_merge = $2";

    private const string RemoveMadeSql =
        "DELETE FROM customers.addresses WHERE organization_id = $1 AND made_by_merge = $2 AND updated_at = created_at";

    private const string KeepMadeSql =
        "UPDATE customers.addresses SET made_by_merge = NULL WHERE organization_id = $1 AND made_by_merge = $2";

    private static readonly Error NotFound = Error.NotFound("address_not_found", "The customer has no address with this id.");

    private static readonly Error Primary = Error.Rule(
        "primary_address", "This is the primary address, which is part of the customer. Change it there (PUT /api/v1/customers/{customer_id}/). Nothing was changed.");

    /// <summary>The customer's addresses in the order in which they were added, without the primary one.</summary>
    internal Task<List<CustomerAddress>> ListAsync(Customer customer, CancellationToken cancellationToken) =>
        database.QueryAsync($"{FindSql} ORDER BY id", Read, cancellationToken, customer.OrganizationId, customer.Uid);

    /// <summary>One address by its uid. 404, and 400 for the primary one.</summary>
    internal async Task<Result<CustomerAddress>> FindAsync(Customer customer, string text, CancellationToken cancellationToken)
    {
        if (!Guid.TryParseExact(text, "D", out var uid))
        {
            return NotFound;
        }

        if (uid == customer.Uid)
        {
            return Primary;
        }

        var found = await database.QueryAsync(
            $"{FindSql} AND uid = $3", Read, cancellationToken, customer.OrganizationId, customer.Uid, uid);
        return found.Count == 0 ? NotFound : found[0];
    }

    internal Task InsertAsync(CustomerAddress address, CancellationToken cancellationToken) =>
        database.ExecuteAsync(InsertSql, cancellationToken, [.. AddressSchema.Fields.Inserted.Select(field => field.ToParameter(address))]);

    internal Task UpdateAsync(CustomerAddress address, CancellationToken cancellationToken) => database.ExecuteAsync(
        UpdateSql, cancellationToken,
        [address.OrganizationId, address.Uid, .. AddressSchema.Fields.Updated.Select(field => field.ToParameter(address))]);

    internal Task RemoveAsync(CustomerAddress address, CancellationToken cancellationToken) => database.ExecuteAsync(
        "DELETE FROM customers.addresses WHERE organization_id = $1 AND uid = $2", cancellationToken, address.OrganizationId, address.Uid);

    /// <summary>The additional address that a merge has made of a primary one; null where people have removed it.</summary>
    internal async Task<CustomerAddress?> FindMadeAsync(Guid organizationId, long merge, CancellationToken cancellationToken) =>
        (await database.QueryAsync(MadeSql, Read, cancellationToken, organizationId, merge)).SingleOrDefault();

    /// <summary>
    /// Removes the additional address that a merge has made. One that people have changed stays, as an address that they added.
    /// </summary>
    internal async Task RemoveMadeAsync(Guid organizationId, long merge, CancellationToken cancellationToken)
    {
        await database.ExecuteAsync(RemoveMadeSql, cancellationToken, organizationId, merge);
        await database.ExecuteAsync(KeepMadeSql, cancellationToken, organizationId, merge);
    }

    /// <summary>
    /// The audit entry of a change; <paramref name="before"/> is null for a new address, <paramref name="after"/> for a removed one. Its
    /// subject is the customer; the address's uid is among the values.
    /// </summary>
    internal static AuditEntry EntryFor(Caller caller, string action, Customer customer, CustomerAddress? before, CustomerAddress? after)
    {
        var uid = (before ?? after)!.Uid.ToString();
        var changed = AddressSchema.Fields.Changed(before ?? new CustomerAddress(), after ?? new CustomerAddress());
        var fields = before is null || after is null ? [.. changed.Union([AddressSchema.Type])] : changed;
        return CustomerAudit.For(caller, action, customer, ToJson(before), ToJson(after));

        string? ToJson(CustomerAddress? address) => address is null ? null : fields.ToJson(address, ("id", uid));
    }

    private static CustomerAddress Read(RowCursor row) => row.Record(AddressSchema.Fields.Columns, new CustomerAddress());
}
