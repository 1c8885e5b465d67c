using NpgsqlTypes;
using Patron.Shared.Callers;
using Patron.Shared.Database;
using Patron.Shared.Results;

namespace Patron.Customers.Customers;

/// <summary>
/// Finds the organization of a record that a path names by number, <c>uid</c>, <c>customer_id</c> or <c>account_number</c>, also of a
/// merged one, and lets the caller act there. 404 where the caller is not a member or staff of it.
/// </summary>
public sealed class LocateCustomer(DatabaseSession session)
{
    private const string Sql = """
        SELECT uid, organization_id, uid FROM customers.customers WHERE id = $1 OR uid = $2 OR customer_id = $3
        UNION ALL SELECT uid, organization_id, merged_into FROM customers.absorbed WHERE number = $1 OR uid = $2 OR customer_id = $3
        LIMIT 1
        """;

    /// <summary>
    /// Returns the caller acting in the record's organization, and the uid that was named. A merged record is answered by its survivor.
    /// </summary>
    public async Task<Result<(Caller Caller, string Reference)>> HandleAsync(
        Caller caller, string text, CancellationToken cancellationToken)
    {
        var found = await FindAsync(text, cancellationToken);
        return found is { } place
            && (caller.IsStaffOf(place.Organization)
                || caller.Memberships.Any(membership => membership.OrganizationId == place.Organization))
            ? (caller with { OrganizationId = place.Organization }, place.Uid.ToString())
            : CustomerAccess.NotFound;
    }

    /// <summary>
    /// The uid of the record, or of the survivor of a merged one, without a permission check; empty where there is none. For checking
    /// offers.
    /// </summary>
    public async Task<Guid> ResolveUidAsync(string text, CancellationToken cancellationToken) =>
        (await FindAsync(text, cancellationToken))?.Survivor ?? Guid.Empty;

    private async Task<(Guid Uid, Guid Organization, Guid Survivor)?> FindAsync(string text, CancellationToken cancellationToken)
    {
        var found = await session.QueryAsync(
            Sql, row => (row.Uuid(), row.Uuid(), row.Uuid()), cancellationToken,
            OptionalParameter.Of(long.TryParse(text, out var number) ? number : null, NpgsqlDbType.Bigint),
            OptionalParameter.Of(Guid.TryParseExact(text, "D", out var uid) ? uid : null, NpgsqlDbType.Uuid),
            CustomerStore.NormalizeReference(text));
        return found.Count == 0 ? null : found[0];
    }
}
