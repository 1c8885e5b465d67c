using Patron.Customers.Accounts;
using Patron.Customers.Customers;
using Patron.Shared.Callers;
using Patron.Shared.Database;

namespace Patron.Customers.Links;

/// <summary>
/// Records that claim an address, have no account, and are not archived, deleted or blocked: their people may come (linking.md, 'Activation'). A record
/// whose partner of the ERP has left the address does not claim it (decision 0013). For other modules, which ask who may ask.
/// </summary>
public sealed class WaitingCustomers(CustomerStore customers, DatabaseSession database, HomeOrganization home)
{
    // Whoever proves the address gets it, where the ERP has not archived it.
    private const string IsOpen = "c.claim = 'claimed' AND c.user_id IS NULL AND NOT c.is_archived";

    private const string IsWaiting = $"c.organization_id = $1 AND c.email_key IS NOT NULL AND c.is_active AND {IsOpen}";

    private const string WaitedForSql = $"""
        SELECT DISTINCT c.email_key FROM customers.customers c
        WHERE c.email_key = ANY ($1) AND ($2::uuid IS NULL OR c.organization_id = $2) AND {IsOpen}
        """;

    /// <summary>The one that waits for this address in the organization; null where none does.</summary>
    public async Task<Customer?> FindAsync(Guid organizationId, string emailKey, CancellationToken cancellationToken) =>
        (await customers.WhereAsync($"{IsWaiting} AND c.email_key = $2", cancellationToken, organizationId, emailKey)).SingleOrDefault();

    /// <summary>Of these records those that wait, by their identity.</summary>
    public async Task<Dictionary<Guid, Customer>> FindAsync(Guid organizationId, IReadOnlyCollection<Guid> uids, CancellationToken cancellationToken) =>
        (await customers.WhereAsync($"{IsWaiting} AND c.uid = ANY ($2)", cancellationToken, organizationId, uids.ToArray())).ToDictionary(customer => customer.Uid);

    /// <summary>Of these records those that are an account's.</summary>
    public Task<List<Guid>> FindLinkedAsync(Guid organizationId, IReadOnlyCollection<Guid> uids, CancellationToken cancellationToken) => database.QueryAsync(
        "SELECT uid FROM customers.customers WHERE organization_id = $1 AND uid = ANY ($2) AND user_id IS NOT NULL", row => row.Uuid(), cancellationToken, organizationId, uids.ToArray());

    /// <summary>
    /// Those of the addresses that a record without account waits for, in the organization or (null) in any; deleted and archived ones too: a proof
    /// brings them to their person.
    /// </summary>
    public async Task<IReadOnlyCollection<string>> FindAddressesAsync(Guid? organization, IReadOnlyCollection<string> emailKeys, CancellationToken cancellationToken) =>
        await database.QueryAsync(
            WaitedForSql, row => row.Text(), cancellationToken, emailKeys.ToArray(), OptionalParameter.Of(organization, NpgsqlTypes.NpgsqlDbType.Uuid));

    /// <summary>Whether the caller acts at home, and a record there waits for this account's address.</summary>
    internal async Task<bool> IsWaitedForAtHomeAsync(Caller caller, Account account, CancellationToken cancellationToken) =>
        caller.OrganizationId == home.Id && (await FindAddressesAsync(home.Id, [account.EmailKey], cancellationToken)).Count > 0;

    /// <summary>Of the customers that are named by <c>customer_id</c>, <c>account_number</c> or <c>uid</c> those that wait, by that name.</summary>
    public async Task<IReadOnlyDictionary<string, Customer>> FindAsync(Guid organizationId, IReadOnlyCollection<string> references, CancellationToken cancellationToken)
    {
        var names = references.ToDictionary(reference => reference, CustomerStore.Canonical, StringComparer.Ordinal);
        Guid[] uids = [.. names.Values.Select(name => Guid.TryParseExact(name, "D", out var uid) ? uid : Guid.Empty)];
        var found = await customers.WhereAsync(
            $"{IsWaiting} AND (c.customer_id = ANY ($2) OR c.uid = ANY ($3))", cancellationToken, organizationId, names.Values.ToArray(), uids);
        var byName = found.SelectMany(customer => new[] { KeyValuePair.Create(customer.CustomerId, customer), KeyValuePair.Create(customer.Uid.ToString(), customer) })
            .ToDictionary(StringComparer.Ordinal);
        return names.Where(name => byName.ContainsKey(name.Value)).ToDictionary(name => name.Key, name => byName[name.Value], StringComparer.Ordinal);
    }

    /// <summary>These records, whether they wait or not.</summary>
    public async Task<Dictionary<Guid, Customer>> ReadAsync(Guid organizationId, IReadOnlyCollection<Guid> uids, CancellationToken cancellationToken) =>
        (await customers.WhereAsync("c.organization_id = $1 AND c.uid = ANY ($2)", cancellationToken, organizationId, uids.ToArray())).ToDictionary(customer => customer.Uid);

    /// <summary>A page of all that wait in the organization, after a number: what is entered meanwhile moves nothing.</summary>
    public Task<List<Customer>> PageAsync(Guid organizationId, long after, int size, CancellationToken cancellationToken) =>
        customers.WhereAsync($"{IsWaiting} AND c.id > $2 ORDER BY c.id LIMIT $3", cancellationToken, organizationId, after, size);
}
