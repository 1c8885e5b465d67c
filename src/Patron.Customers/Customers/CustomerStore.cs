using System.Globalization;
using Microsoft.Extensions.Logging;
using Npgsql;
using Patron.Customers.Accounts;
using Patron.Customers.Database;
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
public sealed partial class CustomerStore(DatabaseSession database, ILogger<CustomerStore> logger)
{
    /// <summary>All columns, of a table with the alias <c>c</c>; <see cref="Read"/> takes them.</summary>
    internal static readonly string Columns = CustomerSchema.Fields.All.Names("c.");

    // Of a few drawn user names one is a UUID: a race may cost a draw or two, never ten.
    private const int MaxDraws = 10;

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

    // The code is the organization's next one, the user name the first of the drawn ones that nobody has.
    private static readonly string InsertSql = $"""
        INSERT INTO customers.customers AS c ({CustomerSchema.Fields.Inserted.Names()})
        VALUES ({string.Join(", ", CustomerSchema.Fields.Inserted.Select((field, place) => InsertedValue(field, place + 1)))})
        RETURNING {Columns}
        """;

    private static readonly string GeneratedColumns = CustomerSchema.Fields.Generated.Names();

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
    /// number, whoever else wants several of them (linking.md, 'Proof'). A record whose partner of the ERP no longer has the address does not wait
    /// for it, and lets go of it where the account has proven it (decision 0013).
    /// </summary>
    internal async Task<IReadOnlyList<Customer>> LockOfAccountAsync(
        Caller caller, Account account, Guid? organization, DateTimeOffset now, CancellationToken cancellationToken, Guid? further = null)
    {
        var records = await database.QueryAsync(
            OfAccountSql, ReadTracked, cancellationToken,
            account.UserId, account.EmailKey, OptionalParameter.Of(organization, NpgsqlTypes.NpgsqlDbType.Uuid), OptionalParameter.Of(further, NpgsqlTypes.NpgsqlDbType.Uuid));
        var moved = await database.FindMovedAsync([.. records.Where(customer => customer.UserId is null && customer.Uid != further)], cancellationToken);
        if (moved.Count > 0 && account.EmailVerified)
        {
            await database.ReleaseAsync(caller, moved, now, cancellationToken);
        }

        return [.. records.Where(customer => !moved.Contains(customer.Uid))];
    }

    /// <summary>
    /// Inserts a record with its drawn identifiers, its consents and the audit entry, in one round trip, together or not at all; <paramref name="make"/>
    /// makes it anew for each draw. Errors: 400 where another customer claims the address, or the account is a customer of the organization already.
    /// </summary>
    internal async Task<Result<Customer>> InsertAsync(Caller caller, Func<Identifiers, Customer> make, DateTimeOffset now, CancellationToken cancellationToken)
    {
        for (var draw = 1; ; draw++)
        {
            var customer = make(new Identifiers(Guid.CreateVersion7(now), Identifiers.NewCustomerId(), Code: "", Username: ""));
            var inserted = await database.InOneTripAsync(connection => InsertAsync(connection, caller, customer, cancellationToken), cancellationToken);
            if (inserted.Error != CustomerConflicts.IdentifierTaken || draw == MaxDraws)
            {
                return inserted;
            }
        }
    }

    /// <summary>
    /// Saves a locked record as it is now: the columns that differ, the consents among them and an audit entry of the changed fields, in one round trip.
    /// Nothing differs: nothing is written. Errors: 400 for the loser of a race.
    /// </summary>
    internal async Task<Result<Customer>> SaveAsync(Caller caller, Customer customer, string action, CancellationToken cancellationToken) =>
        await SaveAllAsync(caller, [customer], action, cancellationToken) is { } taken ? taken : customer;

    /// <summary>The same with audit entries of the use case's own, and without new consents: it moves those that were given.</summary>
    internal async Task<Result<Customer>> SaveAsync(Customer customer, IReadOnlyList<AuditEntry> entries, CancellationToken cancellationToken) =>
        await SaveAllAsync(consentsBy: null, [(customer, entries)], cancellationToken) is { } taken ? taken : customer;

    /// <summary>Saves many locked records, each with an audit entry of its changed fields, in one round trip; null, or the answer for the loser of a race.</summary>
    internal Task<Error?> SaveAllAsync(Caller caller, IReadOnlyList<Customer> customers, string action, CancellationToken cancellationToken) =>
        SaveAllAsync(caller, [.. customers.Select(customer => (customer, (IReadOnlyList<AuditEntry>)[CustomerAudit.Changed(caller, action, customer)]))], cancellationToken);

    /// <summary>Of these references those that name nobody in the organization, as they were given.</summary>
    internal async Task<IReadOnlyList<string>> FindMissingAsync(Caller caller, IReadOnlyCollection<string> references, CancellationToken cancellationToken)
    {
        var missing = await database.QueryAsync(MissingSql, row => row.Text(), cancellationToken, NamedParameters(caller, references));
        return [.. references.Where(reference => missing.Contains(Canonical(reference))).Distinct(StringComparer.Ordinal)];
    }

    /// <summary>Removes the row; its consents, addresses, offers and what it absorbed go with it, by their foreign keys.</summary>
    internal async Task RemoveAsync(Customer customer, AuditEntry entry, CancellationToken cancellationToken)
    {
        await using var batch = new NpgsqlBatch(database.Connection);
        batch.BatchCommands.Add(DatabaseQueries.BatchCommand("DELETE FROM customers.customers WHERE organization_id = $1 AND uid = $2", customer.OrganizationId, customer.Uid));
        batch.BatchCommands.Add(AuditCommands.Insert(entry));
        await batch.ExecuteNonQueryAsync(cancellationToken);
        database.AfterCommit(() => LogAction(customer.Uid, entry.Action));
    }

    /// <summary>A reference as the record itself spells it: a <c>uid</c> in lower case, or a <c>customer_id</c>.</summary>
    internal static string Canonical(string reference) => Guid.TryParseExact(reference, "D", out var uid) ? uid.ToString() : CustomerIdOf(reference);

    /// <summary>The customer of a row of <see cref="Columns"/>.</summary>
    internal static Customer Read(RowCursor row) => row.Record(CustomerSchema.Fields.All, new Customer());

    /// <summary>The same, to be changed and saved.</summary>
    internal static Customer ReadTracked(RowCursor row) => Read(row).Track();

    // What cannot be stored cannot be asked for either; no record has the empty identifier.
    private static string CustomerIdOf(string text) => TextRules.Problem(text) is null ? text.Replace('-', '_').ToUpperInvariant() : "";

    private static object[] NamedParameters(Caller caller, IReadOnlyCollection<string> references)
    {
        var names = references.Select(Canonical).Distinct(StringComparer.Ordinal).ToArray();
        return [caller.OrganizationId, names, names.Select(name => Guid.TryParseExact(name, "D", out var uid) ? uid : Guid.Empty).ToArray()];
    }

    private static string InsertedValue(Field<Customer> field, int place) =>
        field == CustomerSchema.Code ? string.Create(CultureInfo.InvariantCulture, $"customers.next_code(${place})")
        : field == CustomerSchema.Username ? string.Create(CultureInfo.InvariantCulture,
            $"(SELECT name FROM unnest(${place}) WITH ORDINALITY AS drawn (name, draw) WHERE NOT EXISTS (SELECT FROM customers.customers WHERE username = drawn.name) AND NOT EXISTS (SELECT FROM customers.absorbed WHERE username = drawn.name) ORDER BY draw LIMIT 1)")
        : string.Create(CultureInfo.InvariantCulture, $"${place}");

    private static NpgsqlBatchCommand InsertCommand(Customer customer)
    {
        var command = new NpgsqlBatchCommand(InsertSql);
        foreach (var field in CustomerSchema.Fields.Inserted)
        {
            command.Parameters.Add(
                field == CustomerSchema.Code ? new NpgsqlParameter<Guid> { TypedValue = customer.OrganizationId }
                : field == CustomerSchema.Username ? new NpgsqlParameter<string[]> { TypedValue = Usernames.Candidates(customer) }
                : field.ToParameter(customer));
        }

        return command;
    }

    private static NpgsqlBatchCommand UpdateCommand(Customer customer, List<Field<Customer>> changed)
    {
        var values = string.Join(", ", changed.Select((field, place) => string.Create(CultureInfo.InvariantCulture, $"{field.Name} = ${place + 3}")));
        var command = DatabaseQueries.BatchCommand(
            $"UPDATE customers.customers SET {values} WHERE organization_id = $1 AND uid = $2 RETURNING {GeneratedColumns}", customer.OrganizationId, customer.Uid);
        changed.ForEach(field => command.Parameters.Add(field.ToParameter(customer)));
        return command;
    }

    private static void AddBeside(NpgsqlBatch batch, Caller? consentsBy, Customer customer, IEnumerable<Field<Customer>> changed, IReadOnlyList<AuditEntry> entries)
    {
        foreach (var entry in entries)
        {
            batch.BatchCommands.Add(AuditCommands.Insert(entry));
        }

        if (consentsBy is not null)
        {
            foreach (var consent in changed.Where(field => field.IsConsent))
            {
                batch.BatchCommands.Add(ListConsents.InsertCommand(consentsBy, customer, consent));
            }
        }
    }

    // To the end of the batch, or to why there was none.
    private static async Task FinishAsync(NpgsqlDataReader reader, CancellationToken cancellationToken)
    {
        while (await reader.NextResultAsync(cancellationToken))
        {
        }
    }

    private async Task<Error?> SaveAllAsync(
        Caller? consentsBy, IReadOnlyList<(Customer Customer, IReadOnlyList<AuditEntry> Entries)> saves, CancellationToken cancellationToken)
    {
        await using var batch = new NpgsqlBatch(database.Connection);
        var updated = new List<(Customer Customer, IReadOnlyList<AuditEntry> Entries)>(saves.Count);
        foreach (var (customer, entries) in saves)
        {
            var stored = customer.Stored ?? throw new InvalidOperationException("Only a record that was locked can be saved.");
            var changed = CustomerSchema.Fields.Updated.Where(field => field.Differs(stored, customer)).ToList();
            if (changed.Count > 0)
            {
                batch.BatchCommands.Add(UpdateCommand(customer, changed));
                AddBeside(batch, consentsBy, customer, changed, entries);
                updated.Add((customer, entries));
            }
        }

        if (updated.Count == 0)
        {
            return null;
        }

        try
        {
            await using var reader = await batch.ExecuteReaderAsync(cancellationToken);
            foreach (var (customer, _) in updated)
            {
                // Only the updates answer rows.
                await reader.ReadAsync(cancellationToken);
                CustomerSchema.Fields.Generated.ReadRow(customer, reader);
                await reader.NextResultAsync(cancellationToken);
                customer.Track();
            }
        }
        catch (PostgresException exception) when (CustomerConflicts.AnswerTo(exception) is { } taken)
        {
            return taken;
        }

        database.AfterCommit(() => updated.ForEach(save => LogActions(save.Customer, save.Entries)));
        return null;
    }

    private void LogActions(Customer customer, IReadOnlyList<AuditEntry> entries)
    {
        foreach (var entry in entries)
        {
            LogAction(customer.Uid, entry.Action);
        }
    }

    private async Task<Result<Customer>> InsertAsync(NpgsqlConnection connection, Caller caller, Customer customer, CancellationToken cancellationToken)
    {
        await using var batch = new NpgsqlBatch(connection);
        batch.BatchCommands.Add(InsertCommand(customer));
        AddBeside(batch, caller, customer, CustomerSchema.Fields.Changed(new Customer(), customer), [CustomerAudit.Created(caller, customer)]);
        try
        {
            await using var reader = await batch.ExecuteReaderAsync(cancellationToken);
            await reader.ReadAsync(cancellationToken);
            var inserted = ReadTracked(new RowCursor(reader));
            await FinishAsync(reader, cancellationToken);
            database.AfterCommit(() => LogCreated(inserted.Uid, inserted.OrganizationId));
            return inserted;
        }
        catch (PostgresException exception) when (CustomerConflicts.AnswerTo(exception) is { } taken)
        {
            return taken;
        }
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

    [LoggerMessage(LogLevel.Information, "Customer {Uid}: {Action}")]
    private partial void LogAction(Guid uid, string action);

    [LoggerMessage(LogLevel.Information, "Customer {Uid} created in organization {OrganizationId}")]
    private partial void LogCreated(Guid uid, Guid organizationId);

    /// <summary>A key ($1) and who asks by it. Of the organization ($2) staff see every record, a customer ($3) their own undeleted one.</summary>
    private sealed record Question(string Key, string Rest = "")
    {
        public string OfStaff { get; } = $"SELECT {Columns} FROM customers.customers c WHERE {Key} AND c.organization_id = $2{Rest}";

        public string OfOwner { get; } = $"SELECT {Columns} FROM customers.customers c WHERE {Key} AND c.organization_id = $2 AND c.user_id = $3 AND NOT c.is_deleted{Rest}";
    }
}
