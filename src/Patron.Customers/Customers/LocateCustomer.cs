using NpgsqlTypes;
using Patron.Shared.Callers;
using Patron.Shared.Database;
using Patron.Shared.Results;

namespace Patron.Customers.Customers;

/// <summary>
/// Finds out in which organization a record is that a path names without one, by number, <c>uid</c>, <c>customer_id</c> or
/// <c>account_number</c>, absorbed ones too: the caller acts there from then on. 404 where they have no part in it.
/// </summary>
public sealed class LocateCustomer(DatabaseSession session)
{
    private const string Sql = """
        SELECT uid, organization_id, uid FROM customers.customers WHERE id = $1 OR uid = $2 OR customer_id = $3
        UNION ALL SELECT uid, organization_id, merged_into FROM customers.absorbed WHERE number = $1 OR uid = $2 OR customer_id = $3
        LIMIT 1
        """;

    /// <summary>The caller, acting in the record's organization, and the uid that was named: an absorbed one is answered by the record that stayed.</summary>
    public async Task<Result<(Caller Caller, string Reference)>> HandleAsync(Caller caller, string text, CancellationToken cancellationToken)
    {
        var found = await FindAsync(text, cancellationToken);
        return found is { } place && (caller.IsStaffOf(place.Organization) || caller.Memberships.Any(membership => membership.OrganizationId == place.Organization))
            ? (caller with { OrganizationId = place.Organization }, place.Uid.ToString())
            : CustomerAccess.NotFound;
    }

    /// <summary>The uid of the record that stands for it, whoever asks; empty where there is none. For those who ask whether it is offered to them.</summary>
    public async Task<Guid> UidAsync(string text, CancellationToken cancellationToken) => (await FindAsync(text, cancellationToken))?.Standing ?? Guid.Empty;

    private async Task<(Guid Uid, Guid Organization, Guid Standing)?> FindAsync(string text, CancellationToken cancellationToken)
    {
        var found = await session.QueryAsync(
            Sql, row => (row.Uuid(), row.Uuid(), row.Uuid()), cancellationToken,
            OptionalParameter.Of(long.TryParse(text, out var number) ? number : null, NpgsqlDbType.Bigint),
            OptionalParameter.Of(Guid.TryParseExact(text, "D", out var uid) ? uid : null, NpgsqlDbType.Uuid),
            CustomerStore.Canonical(text));
        return found.Count == 0 ? null : found[0];
    }
}
