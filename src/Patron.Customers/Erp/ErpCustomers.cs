using NpgsqlTypes;
using Patron.Customers.Accounts;
using Patron.Customers.Customers;
using Patron.Customers.Import;
using Patron.Customers.Links;
using Patron.Customers.Schema;
using Patron.Shared.Callers;
using Patron.Shared.Database;
using Patron.Shared.Results;

namespace Patron.Customers.Erp;

/// <summary>A partner no longer has the address that it had when it and this record were last brought together.</summary>
public readonly record struct LeftAddress(Guid Uid, string EmailKey, PartnerKey Partner);

/// <summary>A record that an ERP changes: as it was read, and as it is to be.</summary>
public sealed record ErpChange(Customer Before, Customer After);

/// <summary>
/// An organization's records as an ERP's sync reads and writes them, many at once, inside the transaction of its caller. Locks are taken in one
/// order everywhere: accounts, then records by ascending number, then what the ERP module keeps.
/// </summary>
public sealed class ErpCustomers(
    DatabaseSession database, CustomerStore customers, IdentifierAllotment identifiers, CustomerLinker linker, CustomerMerger merger, TimeProvider time)
{
    // Archived is the ERP's word, not one that people write.
    private static readonly IReadOnlyList<Field<Customer>> Audited = [.. CustomerSchema.Fields.Written, CustomerSchema.IsArchived];

    // By two indexes; the rows are locked in the order that everybody locks customers in.
    private static readonly string FindSql = $"""
        SELECT {CustomerStore.Columns} FROM customers.customers c
        WHERE c.organization_id = $3 AND c.uid IN (
            SELECT uid FROM unnest($1) uid
            UNION SELECT uid FROM customers.customers WHERE email_key = ANY ($2) AND organization_id = $3 AND claim = 'claimed')
        ORDER BY c.id
        """;

    // A change request whose value has arrived is done, whoever saw to it.
    private const string FulfilSql = """
        UPDATE customers.change_requests r SET answer = 'done', answered_at = $1
        FROM staged_customers s
        WHERE r.organization_id = s.organization_id AND r.customer_uid = s.uid AND r.answer IS NULL AND r.value IS NOT DISTINCT FROM to_jsonb(s) ->> r.field
        """;

    // A record with an account shows the account's address, and one whose address people have changed since then is theirs. Of several partners of a
    // record only the one that owns its values vouches for its address.
    private const string ReleaseSql = """
        WITH locked AS (
            SELECT c.uid, c.id FROM customers.customers c JOIN unnest($2, $3, $9, $10) left_by (uid, email_key, erp_source, erp_id) USING (uid, erp_source, erp_id)
            WHERE c.organization_id = $1 AND c.email_key = left_by.email_key AND c.claim = 'claimed' AND c.user_id IS NULL
            ORDER BY c.id FOR UPDATE OF c),
        released AS (
            UPDATE customers.customers c SET claim = 'released', email_verified_at = NULL, updated_at = $4, version = c.version + 1
            FROM locked WHERE c.organization_id = $1 AND c.uid = locked.uid RETURNING c.uid, c.organization_id)
        INSERT INTO shared.audit_entries (at, action, subject_type, subject_id, organization_id, actor_user_id, actor_key_id, address, user_agent)
        SELECT $4, 'customer.address_released', 'customer', uid, organization_id, $5, $6, $7, $8 FROM released
        """;

    /// <summary>The accounts with these addresses, locked; before the records.</summary>
    public Task<IReadOnlyList<Account>> LockOwnersAsync(Caller caller, IReadOnlyCollection<string> emailKeys, CancellationToken cancellationToken) =>
        linker.LockOwnersAsync(caller, emailKeys, cancellationToken);

    /// <summary>These records and those that claim one of the addresses; locked to the end of the transaction, if one runs.</summary>
    public Task<List<Customer>> FindAsync(Caller caller, IReadOnlyCollection<Guid> uids, IReadOnlyCollection<string> emailKeys, CancellationToken cancellationToken) => database.QueryAsync(
        database.IsInTransaction ? FindSql + " FOR UPDATE" : FindSql, CustomerStore.ReadTracked, cancellationToken, uids.ToArray(), emailKeys.ToArray(), caller.OrganizationId);

    /// <summary>
    /// Writes the records that change and those that are new, which get their identifiers, with their audit entries. False where somebody has created
    /// one of the new ones meanwhile; then nothing may be committed.
    /// </summary>
    public async Task<bool> WriteAsync(Caller caller, IReadOnlyList<ErpChange> changed, IReadOnlyList<Customer> created, CancellationToken cancellationToken)
    {
        if (changed.Count + created.Count == 0)
        {
            return true;
        }

        var staging = await customers.StageAsync(caller, cancellationToken);
        if (changed.Count > 0)
        {
            await staging.ChangeAsync("customer.synced", [.. changed.Select(change => Staged(change.Before, change.After))], cancellationToken);
            await database.ExecuteAsync(FulfilSql, cancellationToken, time.GetDatabaseNow());
        }

        if (created.Count == 0)
        {
            return true;
        }

        await identifiers.AllotAsync(caller.OrganizationId, created, cancellationToken);
        return (await staging.EnterAsync("customer.synced", [.. created.Select(customer => Staged(new Customer(), customer))], cancellationToken)).Count == created.Count;
    }

    /// <summary>Somebody may have proven an address before the ERP brought it: the record is theirs.</summary>
    public Task LinkOwnersAsync(Caller caller, IReadOnlyList<Account> owners, IReadOnlyCollection<Customer> written, CancellationToken cancellationToken) =>
        linker.LinkOwnersAsync(caller, owners, written, cancellationToken);

    /// <summary>Partners have left these addresses: a record without account that is theirs and still claims it does so no longer (decision 0013).</summary>
    public Task ReleaseAddressesAsync(Caller caller, IReadOnlyList<LeftAddress> left, CancellationToken cancellationToken) => left.Count == 0
        ? Task.CompletedTask
        : database.ExecuteAsync(
            ReleaseSql, cancellationToken, caller.OrganizationId, left.Select(one => one.Uid).ToArray(), left.Select(one => one.EmailKey).ToArray(), time.GetDatabaseNow(),
            OptionalParameter.Of(caller.UserId, NpgsqlDbType.Uuid), OptionalParameter.Of(caller.Key?.Id, NpgsqlDbType.Uuid),
            caller.Origin.Address, OptionalParameter.Of(caller.Origin.UserAgent, NpgsqlDbType.Text),
            left.Select(one => one.Partner.Source).ToArray(), left.Select(one => one.Partner.Id).ToArray());

    /// <summary>The partners of these records are gone: what they said is the records' own from now on.</summary>
    public async Task LeaveAsync(Caller caller, IReadOnlyCollection<Guid> uids, CancellationToken cancellationToken)
    {
        var now = time.GetDatabaseNow();
        var left = new List<StagedCustomer>();
        foreach (var customer in (await FindAsync(caller, uids, [], cancellationToken)).Where(customer => customer.Partner is not null))
        {
            var before = PartnerOf(customer);
            customer.LeaveErp(now);
            left.Add(new StagedCustomer(customer, before, PartnerOf(customer)));
        }

        if (left.Count > 0)
        {
            await (await customers.StageAsync(caller, cancellationToken)).ChangeAsync("customer.left_erp", left, cancellationToken);
        }
    }

    /// <summary>Saves a locked record. Errors: 400 where another one claims the address by now.</summary>
    public Task<Result<Customer>> SaveAsync(Customer customer, CancellationToken cancellationToken) => customers.SaveAsync(customer, [], cancellationToken);

    /// <summary>Makes one record of two locked ones of the same person (linking.md, 'Merge'); the survivor. Errors: 400 where both have an account.</summary>
    public async Task<Result<Customer>> MergeAsync(Caller caller, Customer survivor, Customer absorbed, CancellationToken cancellationToken)
    {
        var merged = await merger.MergeAsync(caller, survivor, absorbed, time.GetDatabaseNow(), cancellationToken);
        return merged.Succeeded(out var entries, out var refused) ? await customers.SaveAsync(survivor, entries, cancellationToken) : refused;
    }

    /// <summary>These records of the caller's organization, by their identity.</summary>
    public async Task<Dictionary<Guid, Customer>> ReadAsync(Caller caller, IReadOnlyCollection<Guid> uids, CancellationToken cancellationToken) =>
        (await customers.WhereAsync("c.organization_id = $1 AND c.uid = ANY ($2)", cancellationToken, caller.OrganizationId, uids.ToArray())).ToDictionary(customer => customer.Uid);

    private static StagedCustomer Staged(Customer before, Customer after)
    {
        var changed = Audited.Where(field => field.Differs(before, after)).ToList();
        return new StagedCustomer(after, changed.ToJson(before), changed.ToJson(after));
    }

    private static string PartnerOf(Customer customer) => FieldText.ToJson(("erp_source", customer.ErpSource), ("erp_id", customer.ErpId));
}
