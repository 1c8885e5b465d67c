using System.Globalization;
using Microsoft.Extensions.Logging;
using Npgsql;
using Patron.Customers.Accounts;
using Patron.Customers.Links;
using Patron.Customers.Profiles;
using Patron.Customers.Schema;
using Patron.Shared.Audit;
using Patron.Shared.Callers;
using Patron.Shared.Database;
using Patron.Shared.Results;
using Patron.Shared.Text;

namespace Patron.Customers.Customers;

/// <summary>
/// The rows of <c>customers.customers</c>: finds, locks, inserts and saves them one by one, with audit entries and consents
/// (<c>CustomerStaging</c> writes many at once). Every query is limited to the organization and to the rows that the caller may see.
/// </summary>
public sealed partial class CustomerStore(
    DatabaseSession database, PhoneNumberParser phones, CustomersOptions options, ILogger<CustomerStore> logger)
{
    /// <summary>All columns, of a table with the alias <c>c</c>, for <see cref="Read"/>.</summary>
    internal static readonly string Columns = CustomerSchema.Fields.All.Names("c.");

    private static readonly Lookup ByCustomerId = new("c.customer_id = $1");
    private static readonly Lookup ByUid = new("c.uid = $1");
    private static readonly Lookup ByUsername = new("c.username = $1");
    private static readonly Lookup ByUser = new("c.user_id = $1");
    private static readonly Lookup ByAbsorbedCustomerId = Lookup.Absorbed("customer_id");
    private static readonly Lookup ByAbsorbedUid = Lookup.Absorbed("uid");
    private static readonly Lookup ByAbsorbedUsername = Lookup.Absorbed("username");

    // Written so that each half uses its own partial index. The record that claims the address comes first.
    private static readonly Lookup ByEmail = new(
        "((c.email_key = $1 AND c.claim = 'claimed') OR (c.email_key = $1 AND c.claim = 'unclaimed'))",
        " ORDER BY c.claim = 'claimed' DESC, c.id LIMIT 1");

    private static readonly string ByReferenceSql = $"""
        SELECT {Columns} FROM customers.customers c
        WHERE c.organization_id = $1 AND (c.customer_id = ANY ($2) OR c.uid = ANY ($3)
            OR c.uid IN (SELECT merged_into FROM customers.absorbed WHERE customer_id = ANY ($2) OR uid = ANY ($3)))
        ORDER BY c.id FOR UPDATE
        """;

    private const string UserIdsSql = """
        SELECT user_id FROM customers.customers
        WHERE organization_id = $1 AND user_id IS NOT NULL AND (customer_id = ANY ($2) OR uid = ANY ($3)
            OR uid IN (SELECT merged_into FROM customers.absorbed WHERE customer_id = ANY ($2) OR uid = ANY ($3)))
        """;

    private const string MissingSql = """
        SELECT given.name FROM unnest($2, $3) AS given (name, uid)
        WHERE NOT EXISTS (SELECT FROM customers.customers c WHERE c.organization_id = $1 AND (c.customer_id = given.name OR c.uid = given.uid))
            AND NOT EXISTS (SELECT FROM customers.absorbed a WHERE a.organization_id = $1 AND (a.customer_id = given.name OR a.uid = given.uid))
        """;

    private static readonly string ForAccountSql = $"""
        SELECT {Columns} FROM customers.customers c
        WHERE (c.user_id = $1 OR (c.email_key = $2 AND c.claim = 'claimed' AND c.user_id IS NULL) OR c.uid = $4) AND ($3::uuid IS NULL OR c.organization_id = $3)
        ORDER BY c.id FOR UPDATE
        """;

    private static readonly Error Stale = new(
        ErrorKind.Stale, "version_outdated", "The customer has changed since you read it. Read it again, then repeat your change.");

    /// <summary>An empty record that staff, a key or a file fills in, with the default values for those.</summary>
    internal Customer NewEntry() => new() { MarketingEmails = options.MarketingDefault };

    /// <summary>What counts for the completeness of a profile.</summary>
    internal IReadOnlyList<string> CountedProfileParts => options.ProfileFields ?? Profile.DefaultParts;

    /// <summary>Begins a transaction, as <see cref="DatabaseSession.BeginAsync"/>.</summary>
    internal Task<DatabaseTransaction> BeginAsync(CancellationToken cancellationToken) => database.BeginAsync(cancellationToken);

    /// <summary>
    /// Finds a record by <c>customer_id</c>, <c>account_number</c> or <c>uid</c>, ignoring case (contract, 'Identifiers of a customer').
    /// </summary>
    public Task<Customer?> FindByIdAsync(Caller caller, string text, CancellationToken cancellationToken) =>
        ByIdAsync(caller, text, forUpdate: false, cancellationToken);

    public Task<Customer?> FindByUsernameAsync(Caller caller, string text, CancellationToken cancellationToken) =>
        FindAsync(
            ByUsername, ByAbsorbedUsername, TextRules.Problem(text) is null ? Folding.Key(text) : "", caller, forUpdate: false,
            cancellationToken);

    /// <summary>Finds the record that claims the address, else the oldest one that has it unproven.</summary>
    public Task<Customer?> FindByEmailAsync(Caller caller, string text, CancellationToken cancellationToken) =>
        FindAsync(ByEmail, EmailAddress.TryParse(text, out var address) ? address.Key : "", caller, forUpdate: false, cancellationToken);

    /// <summary>Finds the account's record; a deleted one only for staff.</summary>
    public Task<Customer?> FindByUserAsync(Caller caller, Guid userId, CancellationToken cancellationToken) =>
        FindAsync(ByUser, userId, caller, forUpdate: false, cancellationToken);

    /// <summary>The ids of the accounts of these records, also by identifiers of merged records.</summary>
    internal Task<List<Guid?>> FindUserIdsAsync(
        Caller caller, IReadOnlyCollection<string> references, CancellationToken cancellationToken) =>
        database.QueryAsync(UserIdsSql, row => row.OptionalUuid(), cancellationToken, ReferenceParameters(caller, references));

    /// <summary>The records that match a condition on the alias <c>c</c>. For the module's own queries.</summary>
    internal Task<List<Customer>> WhereAsync(string condition, CancellationToken cancellationToken, params object[] values) =>
        database.QueryAsync($"SELECT {Columns} FROM customers.customers c WHERE {condition}", Read, cancellationToken, values);

    /// <summary>These records of the organization, by uid, without a check of the caller.</summary>
    internal async Task<Dictionary<Guid, Customer>> FindAllAsync(
        Guid organizationId, IReadOnlyCollection<Guid> uids, CancellationToken cancellationToken) =>
        (await WhereAsync("c.organization_id = $1 AND c.uid = ANY ($2)", cancellationToken, organizationId, uids.ToArray()))
            .ToDictionary(customer => customer.Uid);

    /// <summary>Locks a record until the transaction ends. 404, and 412 where its version is not one that the caller expects.</summary>
    internal async Task<Result<Customer>> LockAsync(
        Caller caller, string text, IReadOnlyCollection<long>? expectedVersions, CancellationToken cancellationToken)
    {
        var customer = await ByIdAsync(caller, text, forUpdate: true, cancellationToken);
        if (customer is null)
        {
            return CustomerAccess.NotFound;
        }

        return expectedVersions?.Contains(customer.Version) == false ? Stale : customer.Track();
    }

    /// <summary>Locks these records until the transaction ends, in the common order; also by identifiers of merged records.</summary>
    internal async Task<IReadOnlyList<Customer>> LockAllAsync(
        Caller caller, IReadOnlyCollection<string> references, CancellationToken cancellationToken) =>
        await database.QueryAsync(
            ByReferenceSql, row => ReadTracked(row).ForReader(CustomerAccess.ReaderOf(caller)), cancellationToken,
            ReferenceParameters(caller, references));

    /// <summary>
    /// Locks an account's records, those that wait for its address, in all organizations or in one, and an additional one, by ascending
    /// number like everybody who locks several (linking.md, 'Proof'). A record that the ERP has archived does not wait, and releases the
    /// address once the account has proven it (decision 0013).
    /// </summary>
    internal async Task<IReadOnlyList<Customer>> LockForAccountAsync(
        Caller caller, Account account, Guid? organization, DateTimeOffset now, CancellationToken cancellationToken,
        Guid? additional = null)
    {
        var records = await database.QueryAsync(
            ForAccountSql, ReadTracked, cancellationToken,
            account.UserId, account.EmailKey, OptionalParameter.Of(organization, NpgsqlTypes.NpgsqlDbType.Uuid),
            OptionalParameter.Of(additional, NpgsqlTypes.NpgsqlDbType.Uuid));
        var archived = records.FindAll(customer => customer.UserId is null && customer.IsArchived && customer.Uid != additional);
        foreach (var customer in account.EmailVerified ? archived : [])
        {
            customer.ReleaseAddress(now);
            await SaveAsync(
                customer, [AuditEntry.For(caller, "customer.address_released", "customer", customer.Uid, now, customer.OrganizationId)],
                cancellationToken);
        }

        return [.. records.Except(archived)];
    }

    /// <summary>The references without a record in the organization, as the caller wrote them.</summary>
    internal async Task<IReadOnlyList<string>> FindMissingAsync(
        Caller caller, IReadOnlyCollection<string> references, CancellationToken cancellationToken)
    {
        var missing = await database.QueryAsync(MissingSql, row => row.Text(), cancellationToken, ReferenceParameters(caller, references));
        return [.. references.Where(reference => missing.Contains(NormalizeReference(reference))).Distinct(StringComparer.Ordinal)];
    }

    /// <summary>A normalized reference: a <c>uid</c> in lower case, or a <c>customer_id</c>.</summary>
    internal static string NormalizeReference(string reference) =>
        Guid.TryParseExact(reference, "D", out var uid) ? uid.ToString() : CustomerIdOf(reference);

    /// <summary>Reads a row of <see cref="Columns"/>.</summary>
    internal static Customer Read(RowCursor row) => row.Record(CustomerSchema.Fields.Columns, new Customer());

    /// <summary>Reads a row of <see cref="Columns"/> to change and save it.</summary>
    internal static Customer ReadTracked(RowCursor row) => Read(row).Track();

    // A text that cannot be stored matches nothing: no record has the empty identifier.
    private static string CustomerIdOf(string text) => TextRules.Problem(text) is null ? text.Replace('-', '_').ToUpperInvariant() : "";

    internal static object[] ReferenceParameters(Caller caller, IReadOnlyCollection<string> references)
    {
        var names = references.Select(NormalizeReference).Distinct(StringComparer.Ordinal).ToArray();
        return [
            caller.OrganizationId, names, names.Select(name => Guid.TryParseExact(name, "D", out var uid) ? uid : Guid.Empty).ToArray()];
    }

    private Task<Customer?> ByIdAsync(Caller caller, string text, bool forUpdate, CancellationToken cancellationToken) =>
        Guid.TryParseExact(text, "D", out var uid)
            ? FindAsync(ByUid, ByAbsorbedUid, uid, caller, forUpdate, cancellationToken)
            : FindAsync(ByCustomerId, ByAbsorbedCustomerId, CustomerIdOf(text), caller, forUpdate, cancellationToken);

    // Most identifiers are of live records, so merged ones are searched second. The undo of a merge can commit between the two, so that
    // the record is live again.
    private async Task<Customer?> FindAsync<TKey>(
        Lookup lookup, Lookup absorbedLookup, TKey key, Caller caller, bool forUpdate, CancellationToken cancellationToken) =>
        await FindAsync(lookup, key, caller, forUpdate, cancellationToken)
            ?? await FindAbsorbedAsync(absorbedLookup, key, caller, forUpdate, cancellationToken)
            ?? await FindAsync(lookup, key, caller, forUpdate, cancellationToken);

    private async Task<Customer?> FindAbsorbedAsync<TKey>(
        Lookup lookup, TKey key, Caller caller, bool forUpdate, CancellationToken cancellationToken)
    {
        if (await FindAsync(lookup, key, caller, forUpdate, cancellationToken) is not { } survivor)
        {
            return null;
        }

        var named = await database.QueryAsync(lookup.AbsorbedSql!, row => row.Uuid(), cancellationToken, key!);
        return named.Count == 0 ? survivor : survivor.AnswerForAbsorbed(named[0]);
    }

    private Task<Customer?> FindAsync<TKey>(Lookup lookup, TKey key, Caller caller, bool forUpdate, CancellationToken cancellationToken) =>
        database.OnConnectionAsync(
            async connection =>
            {
                var sql = caller.IsStaff ? lookup.ForStaff : lookup.ForOwner;
                await using var command = new NpgsqlCommand(forUpdate ? sql + " FOR UPDATE" : sql, connection);
                command.Parameters.Add(new NpgsqlParameter<TKey> { TypedValue = key });
                command.Parameters.Add(new NpgsqlParameter<Guid> { TypedValue = caller.OrganizationId });
                if (!caller.IsStaff)
                {
                    command.Parameters.Add(new NpgsqlParameter<Guid> { TypedValue = caller.UserId ?? Guid.Empty });
                }

                await using var reader = await command.ExecuteReaderAsync(cancellationToken);
                return await reader.ReadAsync(cancellationToken) ? Read(new RowCursor(reader)).ForReader(CustomerAccess.ReaderOf(caller)) : null;
            },
            cancellationToken);

    /// <summary>
    /// A lookup by a key ($1) within the organization ($2): staff see every record, a customer ($3) their own undeleted one.
    /// </summary>
    private sealed record Lookup(string Key, string Rest = "")
    {
        /// <summary>A lookup by an identifier of a record that was merged into another.</summary>
        public static Lookup Absorbed(string column) => new($"c.uid = (SELECT merged_into FROM customers.absorbed WHERE {column} = $1)")
        {
            AbsorbedSql = $"SELECT uid FROM customers.absorbed WHERE {column} = $1",
        };

        /// <summary>Finds the uid of the merged record itself; only for <see cref="Absorbed"/>.</summary>
        public string? AbsorbedSql { get; private init; }

        public string ForStaff { get; } = $"SELECT {Columns} FROM customers.customers c WHERE {Key} AND c.organization_id = $2{Rest}";

        public string ForOwner { get; } =
            $"SELECT {Columns} FROM customers.customers c WHERE {Key} AND c.organization_id = $2 AND c.user_id = $3 AND NOT c.is_deleted{Rest}";
    }
}
