using System.Globalization;
using Microsoft.Extensions.Logging;
using Npgsql;
using Patron.Customers.Accounts;
using Patron.Customers.Links;
using Patron.Customers.Schema;
using Patron.Shared.Audit;
using Patron.Shared.Callers;
using Patron.Shared.Database;
using Patron.Shared.Results;
using Patron.Shared.Text;

namespace Patron.Customers.Customers;

/// <summary>
/// The rows of <c>customers.customers</c>: found, locked, inserted and saved one by one, with their audit entries and consents (many at once go through
/// <c>CustomerStaging</c>). Whose row it is belongs to every question: somebody else's is not found. Each statement names the organization.
/// </summary>
public sealed partial class CustomerStore(DatabaseSession database, PhoneNumberParser phones, ILogger<CustomerStore> logger)
{
    /// <summary>All columns, of a table with the alias <c>c</c>; <see cref="Read"/> takes them.</summary>
    internal static readonly string Columns = CustomerSchema.Fields.All.Names("c.");

    private static readonly Question ByCustomerId = new("c.customer_id = $1");
    private static readonly Question ByUid = new("c.uid = $1");
    private static readonly Question ByUsername = new("c.username = $1");
    private static readonly Question ByUser = new("c.user_id = $1");
    private static readonly Question ByAbsorbedCustomerId = new("c.uid = (SELECT merged_into FROM customers.absorbed WHERE customer_id = $1)");
    private static readonly Question ByAbsorbedUid = new("c.uid = (SELECT merged_into FROM customers.absorbed WHERE uid = $1)");
    private static readonly Question ByAbsorbedUsername = new("c.uid = (SELECT merged_into FROM customers.absorbed WHERE username = $1)");

    // Written so that each half is answered by its own partial index. The one that claims the address comes first.
    private static readonly Question ByEmail = new(
        "((c.email_key = $1 AND c.claim = 'claimed') OR (c.email_key = $1 AND c.claim = 'unclaimed'))", " ORDER BY c.claim = 'claimed' DESC, c.id LIMIT 1");

    private static readonly string NamedSql = $"""
        SELECT {Columns} FROM customers.customers c
        WHERE c.organization_id = $1 AND (c.customer_id = ANY ($2) OR c.uid = ANY ($3)
            OR c.uid IN (SELECT merged_into FROM customers.absorbed WHERE customer_id = ANY ($2) OR uid = ANY ($3)))
        ORDER BY c.id FOR UPDATE
        """;

    // By identifiers of absorbed records too.
    private const string UsersOfNamedSql = """
        SELECT user_id FROM customers.customers
        WHERE organization_id = $1 AND user_id IS NOT NULL AND (customer_id = ANY ($2) OR uid = ANY ($3)
            OR uid IN (SELECT merged_into FROM customers.absorbed WHERE customer_id = ANY ($2) OR uid = ANY ($3)))
        """;

    private const string MissingSql = """
        SELECT given.name FROM unnest($2, $3) AS given (name, uid)
        WHERE NOT EXISTS (SELECT FROM customers.customers c WHERE c.organization_id = $1 AND (c.customer_id = given.name OR c.uid = given.uid))
            AND NOT EXISTS (SELECT FROM customers.absorbed a WHERE a.organization_id = $1 AND (a.customer_id = given.name OR a.uid = given.uid))
        """;

    private static readonly string OfAccountSql = $"""
        SELECT {Columns} FROM customers.customers c
        WHERE (c.user_id = $1 OR (c.email_key = $2 AND c.claim = 'claimed' AND c.user_id IS NULL) OR c.uid = $4) AND ($3::uuid IS NULL OR c.organization_id = $3)
        ORDER BY c.id FOR UPDATE
        """;

    private static readonly Error Stale = new(
        ErrorKind.Stale, "The customer has changed since you read it. Read it again and repeat your change on what it says now.");

    /// <summary>As <see cref="DatabaseSession.BeginAsync"/>, for those who load and save here.</summary>
    internal Task<DatabaseTransaction> BeginAsync(CancellationToken cancellationToken) => database.BeginAsync(cancellationToken);

    /// <summary>The one a path names (contract, 'Identifiers of a customer'): by <c>customer_id</c>, <c>account_number</c> or <c>uid</c>, in any case.</summary>
    public Task<Customer?> FindByIdAsync(Caller caller, string text, CancellationToken cancellationToken) => ByIdAsync(caller, text, locking: false, cancellationToken);

    public Task<Customer?> FindByUsernameAsync(Caller caller, string text, CancellationToken cancellationToken) =>
        FindAsync(ByUsername, ByAbsorbedUsername, TextRules.Problem(text) is null ? Folding.Key(text) : "", caller, locking: false, cancellationToken);

    /// <summary>The one that claims the address, else the oldest that has it unproven.</summary>
    public Task<Customer?> FindByEmailAsync(Caller caller, string text, CancellationToken cancellationToken) =>
        FindAsync(ByEmail, EmailAddress.TryParse(text, out var address) ? address.Key : "", caller, locking: false, cancellationToken);

    /// <summary>The account's record; deleted ones only for staff.</summary>
    public Task<Customer?> FindByUserAsync(Caller caller, Guid userId, CancellationToken cancellationToken) =>
        FindAsync(ByUser, userId, caller, locking: false, cancellationToken);

    /// <summary>The accounts of all that are named.</summary>
    internal Task<List<Guid?>> FindUsersAsync(Caller caller, IReadOnlyCollection<string> references, CancellationToken cancellationToken) =>
        database.QueryAsync(UsersOfNamedSql, row => row.OptionalUuid(), cancellationToken, NamedParameters(caller, references));

    /// <summary>The records for which a condition on the alias <c>c</c> holds, by number. For the module's own queries.</summary>
    internal Task<List<Customer>> WhereAsync(string condition, CancellationToken cancellationToken, params object[] values) =>
        database.QueryAsync($"SELECT {Columns} FROM customers.customers c WHERE {condition}", Read, cancellationToken, values);

    /// <summary>The one a path names, locked until the transaction ends. 404, and 412 where its version is none of those the caller takes.</summary>
    internal async Task<Result<Customer>> LockAsync(Caller caller, string text, IReadOnlyCollection<long>? expectedVersions, CancellationToken cancellationToken)
    {
        var customer = await ByIdAsync(caller, text, locking: true, cancellationToken);
        return customer is null ? CustomerAccess.NotFound
            : expectedVersions?.Contains(customer.Version) == false ? Stale
            : customer.Track();
    }

    /// <summary>All that are named, by identifiers of absorbed records too, locked until the transaction ends; in one order for everybody.</summary>
    internal async Task<IReadOnlyList<Customer>> LockAllAsync(Caller caller, IReadOnlyCollection<string> references, CancellationToken cancellationToken) =>
        await database.QueryAsync(NamedSql, ReadTracked, cancellationToken, NamedParameters(caller, references));

    /// <summary>
    /// An account's records and those that wait for its address, in all organizations or in one, and a further one; locked by ascending
    /// number, whoever else wants several of them (linking.md, 'Proof'). A record that the ERP has archived waits for nobody, and no longer claims the
    /// address once the account has proven it (decision 0013).
    /// </summary>
    internal async Task<IReadOnlyList<Customer>> LockOfAccountAsync(
        Caller caller, Account account, Guid? organization, DateTimeOffset now, CancellationToken cancellationToken, Guid? further = null)
    {
        var records = await database.QueryAsync(
            OfAccountSql, ReadTracked, cancellationToken,
            account.UserId, account.EmailKey, OptionalParameter.Of(organization, NpgsqlTypes.NpgsqlDbType.Uuid), OptionalParameter.Of(further, NpgsqlTypes.NpgsqlDbType.Uuid));
        var archived = records.FindAll(customer => customer.UserId is null && customer.IsArchived && customer.Uid != further);
        foreach (var customer in account.EmailVerified ? archived : [])
        {
            customer.ReleaseAddress(now);
            await SaveAsync(customer, [AuditEntry.For(caller, "customer.address_released", "customer", customer.Uid, now, customer.OrganizationId)], cancellationToken);
        }

        return [.. records.Except(archived)];
    }

    /// <summary>Of these references those that name nobody in the organization, as they were given.</summary>
    internal async Task<IReadOnlyList<string>> FindMissingAsync(Caller caller, IReadOnlyCollection<string> references, CancellationToken cancellationToken)
    {
        var missing = await database.QueryAsync(MissingSql, row => row.Text(), cancellationToken, NamedParameters(caller, references));
        return [.. references.Where(reference => missing.Contains(Canonical(reference))).Distinct(StringComparer.Ordinal)];
    }

    /// <summary>A reference as the record itself spells it: a <c>uid</c> in lower case, or a <c>customer_id</c>.</summary>
    internal static string Canonical(string reference) => Guid.TryParseExact(reference, "D", out var uid) ? uid.ToString() : CustomerIdOf(reference);

    /// <summary>The customer of a row of <see cref="Columns"/>.</summary>
    internal static Customer Read(RowCursor row) => row.Record(CustomerSchema.Fields.Columns, new Customer());

    /// <summary>The same, to be changed and saved.</summary>
    internal static Customer ReadTracked(RowCursor row) => Read(row).Track();

    // What cannot be stored cannot be asked for either; no record has the empty identifier.
    private static string CustomerIdOf(string text) => TextRules.Problem(text) is null ? text.Replace('-', '_').ToUpperInvariant() : "";

    private static object[] NamedParameters(Caller caller, IReadOnlyCollection<string> references)
    {
        var names = references.Select(Canonical).Distinct(StringComparer.Ordinal).ToArray();
        return [caller.OrganizationId, names, names.Select(name => Guid.TryParseExact(name, "D", out var uid) ? uid : Guid.Empty).ToArray()];
    }

    private Task<Customer?> ByIdAsync(Caller caller, string text, bool locking, CancellationToken cancellationToken) =>
        Guid.TryParseExact(text, "D", out var uid)
            ? FindAsync(ByUid, ByAbsorbedUid, uid, caller, locking, cancellationToken)
            : FindAsync(ByCustomerId, ByAbsorbedCustomerId, CustomerIdOf(text), caller, locking, cancellationToken);

    // Few identifiers are of absorbed records: those are looked for where no record has it.
    private async Task<Customer?> FindAsync<TKey>(
        Question question, Question ofAbsorbed, TKey key, Caller caller, bool locking, CancellationToken cancellationToken) =>
        await FindAsync(question, key, caller, locking, cancellationToken) ?? (await FindAsync(ofAbsorbed, key, caller, locking, cancellationToken))?.ForAbsorbed();

    private Task<Customer?> FindAsync<TKey>(Question question, TKey key, Caller caller, bool locking, CancellationToken cancellationToken) =>
        database.OnConnectionAsync(
            async connection =>
            {
                var sql = caller.IsStaff ? question.OfStaff : question.OfOwner;
                await using var command = new NpgsqlCommand(locking ? sql + " FOR UPDATE" : sql, connection);
                command.Parameters.Add(new NpgsqlParameter<TKey> { TypedValue = key });
                command.Parameters.Add(new NpgsqlParameter<Guid> { TypedValue = caller.OrganizationId });
                if (!caller.IsStaff)
                {
                    command.Parameters.Add(new NpgsqlParameter<Guid> { TypedValue = caller.UserId ?? Guid.Empty });
                }

                await using var reader = await command.ExecuteReaderAsync(cancellationToken);
                return await reader.ReadAsync(cancellationToken) ? Read(new RowCursor(reader)) : null;
            },
            cancellationToken);

    /// <summary>A key ($1) and who asks by it. Of the organization ($2) staff see every record, a customer ($3) their own undeleted one.</summary>
    private sealed record Question(string Key, string Rest = "")
    {
        public string OfStaff { get; } = $"SELECT {Columns} FROM customers.customers c WHERE {Key} AND c.organization_id = $2{Rest}";

        public string OfOwner { get; } = $"SELECT {Columns} FROM customers.customers c WHERE {Key} AND c.organization_id = $2 AND c.user_id = $3 AND NOT c.is_deleted{Rest}";
    }
}
