using NpgsqlTypes;
using Patron.Customers.Accounts;
using Patron.Customers.Customers;
using Patron.Customers.Import;
using Patron.Customers.Links;
using Patron.Customers.Merges;
using Patron.Customers.Schema;
using Patron.Shared.Callers;
using Patron.Shared.Database;
using Patron.Shared.Results;

namespace Patron.Customers.Erp;

/// <summary>An address that a partner no longer has, although it had it when it was last synced with this record.</summary>
public readonly record struct RemovedAddress(Guid Uid, string EmailKey, PartnerKey Partner);

/// <summary>A record that an ERP changes, before and after the change.</summary>
public sealed record ErpChange(Customer Before, Customer After);

/// <summary>
/// Reads and writes an organization's records for an ERP sync, many at once, inside the caller's transaction. Locks are always taken in one
/// order: accounts, then records by ascending number, then the rows of the ERP module.
/// </summary>
public sealed class ErpCustomers(
    DatabaseSession database, CustomerStore customers, IdentifierAllocator identifiers, CustomerLinker linker, CustomerMerger merger,
    TimeProvider time)
{
    // Only the ERP sets archived; people cannot.
    private static readonly IReadOnlyList<Field<Customer>> Audited = [.. CustomerSchema.Fields.Written, CustomerSchema.IsArchived];

    // Uses two indexes; rows are locked in the common order of customers.
    private static readonly string FindSql = $"""
        SELECT {CustomerStore.Columns} FROM customers.customers c
        WHERE c.organization_id = $3 AND c.uid IN (
            SELECT uid FROM unnest($1) uid
            UNION SELECT uid FROM customers.customers WHERE email_key = ANY ($2) AND organization_id = $3 AND claim = 'claimed')
        ORDER BY c.id
        """;

    // A change request is done when its value has arrived, however that came about.
    private const string CompleteRequestsSql = """
        UPDATE customers.change_requests r SET answer = 'done', answered_at = $1
        FROM staged_customers s
        WHERE r.organization_id = s.organization_id AND r.customer_uid = s.uid AND r.answer IS NULL AND r.value IS NOT DISTINCT FROM to_jsonb(s) ->> r.field
        """;

    // A record with an account shows the account's address, and an address that people changed since then stays claimed. If a record has
    // several partners, only the one that owns its values confirms its address.
    private const string ReleaseSql = """
        WITH locked AS (
            SELECT c.uid, c.id FROM customers.customers c JOIN unnest($2, $3, $9, $10) left_by (uid, email_key, erp_source, erp_id) USING (uid, erp_source, erp_id)
            WHERE c.organization_id = $1 AND c.email_key = left_by.email_key AND c.claim = 'claimed' AND c.user_id IS NULL
            ORDER BY c.id FOR UPDATE OF c),
        released AS (
            UPDATE customers.customers c SET claim = 'released', email_verified_at = NULL, updated_at = $4, version = c.version + 1
            FROM locked WHERE c.organization_id = $1 AND c.uid = locked.uid RETURNING c.uid, c.organization_id)
        INSERT INTO shared.audit_entries (at, action, subject_type, subject_id, organization_id, actor_user_id, actor_key_id, address, user_agent, cause)
        SELECT $4, 'customer.address_released', 'customer', uid, organization_id, $5, $6, $7, $8, $11 FROM released
        """;

    /// <summary>Locks the accounts with these addresses. Call it before locking records.</summary>
    public Task<IReadOnlyList<Account>> LockOwnersAsync(
        Caller caller, IReadOnlyCollection<string> emailKeys, CancellationToken cancellationToken) =>
        linker.LockOwnersAsync(caller, emailKeys, cancellationToken);

    /// <summary>These records and those that claim one of the addresses, locked if a transaction is running.</summary>
    public Task<List<Customer>> FindAsync(
        Caller caller, IReadOnlyCollection<Guid> uids, IReadOnlyCollection<string> emailKeys,
        CancellationToken cancellationToken) => database.QueryAsync(
        database.IsInTransaction
            ? FindSql + " FOR UPDATE"
            : FindSql, CustomerStore.ReadTracked, cancellationToken, uids.ToArray(), emailKeys.ToArray(), caller.OrganizationId);

    /// <summary>
    /// Writes changed and new records with their audit entries and allocates identifiers for the new ones. False where one of the new ones
    /// was created by somebody else meanwhile; the caller must then roll back.
    /// </summary>
    public async Task<bool> WriteAsync(
        Caller caller, IReadOnlyList<ErpChange> changed, IReadOnlyList<Customer> created, CancellationToken cancellationToken)
    {
        if (changed.Count + created.Count == 0)
        {
            return true;
        }

        var staging = await customers.CreateStagingAsync(caller, cancellationToken);
        if (changed.Count > 0)
        {
            await staging.UpdateAsync(
                "customer.synced", [.. changed.Select(change => Staged(change.Before, change.After))], cancellationToken);
            await database.ExecuteAsync(CompleteRequestsSql, cancellationToken, time.GetDatabaseNow());
        }

        if (created.Count == 0)
        {
            return true;
        }

        await identifiers.AllocateAsync(caller.OrganizationId, created, cancellationToken);
        return (await staging.InsertAsync(
            "customer.synced", [.. created.Select(customer => Staged(new Customer(), customer))],
            cancellationToken)).Count == created.Count;
    }

    /// <summary>Links the written records to accounts that had proven their addresses before.</summary>
    public Task LinkOwnersAsync(
        Caller caller, IReadOnlyList<Account> owners, IReadOnlyCollection<Customer> written, CancellationToken cancellationToken) =>
        linker.LinkOwnersAsync(caller, owners, written, cancellationToken);

    /// <summary>
    /// Releases addresses that partners no longer have: a record without account that shows this partner and still claims the address no
    /// longer does (decision 0013).
    /// </summary>
    public Task ReleaseAddressesAsync(Caller caller, IReadOnlyList<RemovedAddress> removed, CancellationToken cancellationToken) =>
        removed.Count == 0
        ? Task.CompletedTask
        : database.ExecuteAsync(
            ReleaseSql, cancellationToken, caller.OrganizationId, removed.Select(address => address.Uid).ToArray(),
            removed.Select(address => address.EmailKey).ToArray(), time.GetDatabaseNow(),
            OptionalParameter.Of(caller.UserId, NpgsqlDbType.Uuid), OptionalParameter.Of(caller.Key?.Id, NpgsqlDbType.Uuid),
            caller.Origin.Address, OptionalParameter.Of(caller.Origin.UserAgent, NpgsqlDbType.Text),
            removed.Select(address => address.Partner.Source).ToArray(), removed.Select(address => address.Partner.Id).ToArray(),
            OptionalParameter.Of(caller.Cause?.ToString(), NpgsqlDbType.Text));

    /// <summary>Unlinks these records from their partners and keeps the values.</summary>
    public async Task UnlinkPartnersAsync(Caller caller, IReadOnlyCollection<Guid> uids, CancellationToken cancellationToken)
    {
        var now = time.GetDatabaseNow();
        var unlinked = new List<StagedCustomer>();
        foreach (var customer in (await FindAsync(caller, uids, [], cancellationToken)).Where(customer => customer.Partner is not null))
        {
            var before = PartnerOf(customer);
            customer.UnlinkPartner(now);
            unlinked.Add(new StagedCustomer(customer, before, PartnerOf(customer)));
        }

        if (unlinked.Count > 0)
        {
            await (await customers.CreateStagingAsync(caller, cancellationToken)).UpdateAsync("customer.left_erp", unlinked,
                cancellationToken);
        }
    }

    /// <summary>Saves a locked record. Errors: 400 where another one now claims the address.</summary>
    public Task<Result<Customer>> SaveAsync(Customer customer, CancellationToken cancellationToken) =>
        customers.SaveAsync(customer, [], cancellationToken);

    /// <summary>
    /// Merges two locked records of the same person (linking.md, 'Merge') and returns the survivor. Errors: 400 where both have an account.
    /// </summary>
    public async Task<Result<Customer>> MergeAsync(Caller caller, Customer survivor, Customer absorbed, CancellationToken cancellationToken)
    {
        var merged = await merger.MergeAsync(
            caller, survivor, absorbed, new MergeOrder(MergeEvidence.Erp), time.GetDatabaseNow(), cancellationToken);
        return merged.Succeeded(out var made, out var refused)
            ? await customers.SaveAsync(survivor, made.Entries, cancellationToken)
            : refused;
    }

    /// <summary>These records of the caller's organization, by uid.</summary>
    public Task<Dictionary<Guid, Customer>> ReadAsync(
        Caller caller, IReadOnlyCollection<Guid> uids, CancellationToken cancellationToken) =>
        customers.FindAllAsync(caller.OrganizationId, uids, cancellationToken);

    private static StagedCustomer Staged(Customer before, Customer after)
    {
        var changed = Audited.Where(field => field.Differs(before, after)).ToList();
        return new StagedCustomer(after, changed.ToJson(before), changed.ToJson(after));
    }

    private static string PartnerOf(Customer customer) => FieldText.ToJson(("erp_source", customer.ErpSource), ("erp_id", customer.ErpId));
}
