using Patron.Customers.Accounts;
using Patron.Customers.Customers;
using Patron.Shared.Callers;
using Patron.Shared.Database;

namespace Patron.Customers.Links;

/// <summary>
/// Records that wait for an account: they claim an address, have no account, and are not archived, deleted or blocked (linking.md,
/// 'Activation'). A record whose ERP partner no longer has the address does not claim it (decision 0013). For other modules, which check
/// the caller's permissions.
/// </summary>
public sealed class WaitingCustomers(CustomerStore customers, DatabaseSession database, HomeOrganization home)
{
    // A record that an account with its proven address gets, unless the ERP has archived it.
    private const string IsOpen = "c.claim = 'claimed' AND c.user_id IS NULL AND NOT c.is_archived";

    private const string IsWaiting = $"c.organization_id = $1 AND c.email_key IS NOT NULL AND c.is_active AND {IsOpen}";

    private const string WaitedForSql = $"""
        SELECT DISTINCT c.email_key FROM customers.customers c
        WHERE c.email_key = ANY ($1) AND ($2::uuid IS NULL OR c.organization_id = $2) AND {IsOpen}
        """;

    /// <summary>The record that waits for this address in the organization; null where there is none.</summary>
    public async Task<Customer?> FindAsync(Guid organizationId, string emailKey, CancellationToken cancellationToken) =>
        (await customers.WhereAsync($"{IsWaiting} AND c.email_key = $2", cancellationToken, organizationId, emailKey)).SingleOrDefault();

    /// <summary>Those of these records that wait, by uid.</summary>
    public async Task<Dictionary<Guid, Customer>> FindAsync(
        Guid organizationId, IReadOnlyCollection<Guid> uids, CancellationToken cancellationToken) =>
        (await customers.WhereAsync(
            $"{IsWaiting} AND c.uid = ANY ($2)", cancellationToken, organizationId, uids.ToArray())).ToDictionary(customer => customer.Uid);

    /// <summary>Those of these records that have an account.</summary>
    public Task<List<Guid>> FindLinkedAsync(Guid organizationId, IReadOnlyCollection<Guid> uids, CancellationToken cancellationToken) =>
        database.QueryAsync(
        "SELECT uid FROM customers.customers WHERE organization_id = $1 AND uid = ANY ($2) AND user_id IS NOT NULL", row =>
            row.Uuid(), cancellationToken, organizationId, uids.ToArray());

    /// <summary>Those of these records that were merged into another and can come back.</summary>
    public Task<List<Guid>> FindAbsorbedAsync(
        Guid organizationId, IReadOnlyCollection<Guid> uids, CancellationToken cancellationToken) => database.QueryAsync(
        """
        SELECT absorbed_uid FROM customers.merges
        WHERE organization_id = $1 AND absorbed_uid = ANY ($2) AND undone_at IS NULL AND survivor_before IS NOT NULL
        """,
        row => row.Uuid(), cancellationToken, organizationId, uids.ToArray());

    /// <summary>
    /// Those of the addresses that a record without account claims, in the organization or (null) in any; also deleted and blocked records,
    /// which a proof links too.
    /// </summary>
    public async Task<IReadOnlyCollection<string>> FindAddressesAsync(
        Guid? organization, IReadOnlyCollection<string> emailKeys, CancellationToken cancellationToken) =>
        await database.QueryAsync(
            WaitedForSql, row =>
                row.Text(), cancellationToken, emailKeys.ToArray(), OptionalParameter.Of(organization, NpgsqlTypes.NpgsqlDbType.Uuid));

    /// <summary>Whether the caller acts in the home organization and a record there waits for this account's address.</summary>
    internal async Task<bool> HasWaitingHomeRecordAsync(Caller caller, Account account, CancellationToken cancellationToken) =>
        caller.OrganizationId == home.Id && (await FindAddressesAsync(home.Id, [account.EmailKey], cancellationToken)).Count > 0;

    /// <summary>
    /// Those of the customers named by <c>customer_id</c>, <c>account_number</c> or <c>uid</c> that wait, by the reference.
    /// </summary>
    public async Task<IReadOnlyDictionary<string, Customer>> FindAsync(
        Guid organizationId, IReadOnlyCollection<string> references, CancellationToken cancellationToken)
    {
        var names = references.ToDictionary(reference => reference, CustomerStore.NormalizeReference, StringComparer.Ordinal);
        Guid[] uids = [.. names.Values.Select(name => Guid.TryParseExact(name, "D", out var uid) ? uid : Guid.Empty)];
        var found = await customers.WhereAsync(
            $"{IsWaiting} AND (c.customer_id = ANY ($2) OR c.uid = ANY ($3))", cancellationToken, organizationId, names.Values.ToArray(),
            uids);
        var byName = found.SelectMany(
            customer =>
                new[] { KeyValuePair.Create(customer.CustomerId, customer), KeyValuePair.Create(customer.Uid.ToString(), customer) })
            .ToDictionary(StringComparer.Ordinal);
        return names.Where(name => byName.ContainsKey(name.Value))
            .ToDictionary(name => name.Key, name => byName[name.Value], StringComparer.Ordinal);
    }

    /// <summary>These records, waiting or not.</summary>
    public Task<Dictionary<Guid, Customer>> ReadAsync(
        Guid organizationId, IReadOnlyCollection<Guid> uids, CancellationToken cancellationToken) =>
        customers.FindAllAsync(organizationId, uids, cancellationToken);

    /// <summary>A page of the waiting records of the organization, after a number, so that new records do not shift pages.</summary>
    public Task<List<Customer>> PageAsync(Guid organizationId, long after, int size, CancellationToken cancellationToken) =>
        customers.WhereAsync($"{IsWaiting} AND c.id > $2 ORDER BY c.id LIMIT $3", cancellationToken, organizationId, after, size);
}
