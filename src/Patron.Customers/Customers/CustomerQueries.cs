using Microsoft.EntityFrameworkCore;
using Npgsql;
using NpgsqlTypes;
using Patron.Customers.Accounts;
using Patron.Customers.Database;
using Patron.Customers.Links;
using Patron.Shared.Callers;
using Patron.Shared.Database;
using Patron.Shared.Results;
using Patron.Shared.Text;

namespace Patron.Customers.Customers;

/// <summary>
/// How one customer is found. Whose row it is belongs to every question: somebody else's is not found. These are the hottest
/// questions of all, so they are SQL, and their rows are read by hand.
/// </summary>
internal static class CustomerQueries
{
    private static readonly Question ByCustomerId = new("customer_id = $1");

    private static readonly Question ByUid = new("uid = $1");

    private static readonly Question ByAbsorbedCustomerId = new("uid = (SELECT merged_into FROM customers.absorbed WHERE customer_id = $1)");

    private static readonly Question ByAbsorbedUid = new("uid = (SELECT merged_into FROM customers.absorbed WHERE uid = $1)");

    private static readonly Question ByAbsorbedUsername = new("uid = (SELECT merged_into FROM customers.absorbed WHERE username = $1)");

    private static readonly Question ByUsername = new("username = $1");

    // Written so that each half is answered by its own partial index. The one that claims the address comes first.
    private static readonly Question ByEmail = new(
        "((email_key = $1 AND claim = 'claimed') OR (email_key = $1 AND claim = 'unclaimed'))", " ORDER BY claim = 'claimed' DESC, id LIMIT 1");

    private static readonly Question ByUser = new("user_id = $1");

    private static readonly string Named =
        $"SELECT {CustomerRow.Columns} FROM customers.customers WHERE organization_id = $1 AND (customer_id = ANY ($2) OR uid = ANY ($3)) ORDER BY id FOR UPDATE";

    // By identifiers of absorbed records too.
    private const string UsersOfNamed = """
        SELECT user_id FROM customers.customers
        WHERE organization_id = $1 AND user_id IS NOT NULL AND (customer_id = ANY ($2) OR uid = ANY ($3)
            OR uid IN (SELECT merged_into FROM customers.absorbed WHERE customer_id = ANY ($2) OR uid = ANY ($3)))
        """;

    private static readonly string OfAccount = $"""
        SELECT {CustomerRow.Columns} FROM customers.customers
        WHERE (user_id = $1 OR (email_key = $2 AND claim = 'claimed' AND user_id IS NULL) OR uid = $4) AND ($3::uuid IS NULL OR organization_id = $3)
        ORDER BY id FOR UPDATE
        """;

    private static readonly Error Stale = new(
        ErrorKind.Stale, "The customer has changed since you read it. Read it again and repeat your change on what it says now.");

    /// <summary>
    /// The one a path names (contract, 'Identifiers of a customer'): by <c>customer_id</c>, <c>account_number</c> or <c>uid</c>, in any case.
    /// </summary>
    public static Task<Customer?> FindByIdAsync(this DatabaseSession session, Caller caller, string text, CancellationToken cancellation) =>
        ByIdAsync(session, caller, text, locking: false, cancellation);

    public static Task<Customer?> FindByUsernameAsync(this DatabaseSession session, Caller caller, string text, CancellationToken cancellation) =>
        AskAsync(session, ByUsername, ByAbsorbedUsername, TextRules.Problem(text) is null ? Folding.Key(text) : "", caller, locking: false, cancellation);

    /// <summary>The one that claims the address, else the oldest that has it unproven.</summary>
    public static Task<Customer?> FindByEmailAsync(this DatabaseSession session, Caller caller, string text, CancellationToken cancellation) =>
        AskAsync(session, ByEmail, EmailAddress.TryParse(text, out var address) ? address.Key : "", caller, locking: false, cancellation);

    /// <summary>The account's record; deleted ones only for staff.</summary>
    public static Task<Customer?> FindByUserAsync(this DatabaseSession session, Caller caller, Guid userId, CancellationToken cancellation) =>
        AskAsync(session, ByUser, userId, caller, locking: false, cancellation);

    /// <summary>The one a path names, tracked and locked until the transaction ends. 404, and 412 where its version is none of those the caller takes.</summary>
    public static async Task<Result<Customer>> LockAsync(
        this CustomersContext context, DatabaseSession session, Caller caller, string text, IReadOnlyCollection<long>? expectedVersions, CancellationToken cancellation)
    {
        var customer = await ByIdAsync(session, caller, text, locking: true, cancellation);
        return customer is null ? CustomerAccess.NotFound
            : expectedVersions?.Contains(customer.Version) == false ? Stale
            : context.Track(customer);
    }

    /// <summary>
    /// An account's records and those that wait for its address, in all organizations or in one, and a further one; locked by ascending
    /// number, whoever else wants several of them (linking.md, 'Proof'). A record whose partner of the ERP no longer has the address does not wait
    /// for it, and lets go of it where the account has proven it (decision 0013).
    /// </summary>
    public static async Task<IReadOnlyList<Customer>> LockOfAccountAsync(
        this CustomersContext context, DatabaseSession session, Caller caller, Account account, Guid? organization, DateTimeOffset now,
        CancellationToken cancellation, Guid? further = null)
    {
        await using var command = new NpgsqlCommand(OfAccount, session.Connection);
        command.Parameters.AddWithValue(account.UserId);
        command.Parameters.AddWithValue(account.EmailKey);
        command.Parameters.Add(OptionalParameter.Of(organization, NpgsqlDbType.Uuid));
        command.Parameters.Add(OptionalParameter.Of(further, NpgsqlDbType.Uuid));
        var records = await context.ReadTrackedAsync(command, cancellation);
        var moved = await session.FindMovedAsync([.. records.Where(customer => customer.UserId is null && customer.Uid != further)], cancellation);
        if (moved.Count == 0)
        {
            return records;
        }

        if (account.EmailVerified)
        {
            await session.ReleaseAsync(caller, moved, now, cancellation);
        }

        foreach (var customer in records.Where(customer => moved.Contains(customer.Uid)))
        {
            context.Entry(customer).State = EntityState.Detached;
        }

        return [.. records.Where(customer => !moved.Contains(customer.Uid))];
    }

    /// <summary>All that are named, tracked and locked until the transaction ends, in one order for everybody: who comes together takes turns.</summary>
    public static async Task<IReadOnlyList<Customer>> LockAllAsync(
        this CustomersContext context, DatabaseSession session, Caller caller, IReadOnlyCollection<string> references, CancellationToken cancellation)
    {
        await using var command = NamedCommand(Named, session.Connection, caller, references);
        return await context.ReadTrackedAsync(command, cancellation);
    }

    /// <summary>The accounts of all that are named.</summary>
    public static Task<List<Guid?>> FindUsersAsync(
        this DatabaseSession session, Caller caller, IReadOnlyCollection<string> references, CancellationToken cancellation) =>
        session.OnConnectionAsync(
            async connection =>
            {
                await using var command = NamedCommand(UsersOfNamed, connection, caller, references);
                await using var reader = await command.ExecuteReaderAsync(cancellation);
                var users = new List<Guid?>();
                while (await reader.ReadAsync(cancellation))
                {
                    users.Add(reader.GetGuid(0));
                }

                return users;
            },
            cancellation);

    /// <summary>A reference as the record itself spells it: a <c>uid</c> in lower case, or a <c>customer_id</c>.</summary>
    public static string Canonical(string reference) =>
        Guid.TryParseExact(reference, "D", out var uid) ? uid.ToString() : CustomerIdOf(reference);

    private static NpgsqlCommand NamedCommand(string sql, NpgsqlConnection connection, Caller caller, IReadOnlyCollection<string> references)
    {
        var names = references.Select(Canonical).ToHashSet(StringComparer.Ordinal);
        var command = new NpgsqlCommand(sql, connection);
        command.Parameters.Add(new NpgsqlParameter<Guid> { TypedValue = caller.OrganizationId });
        command.Parameters.Add(new NpgsqlParameter<string[]> { TypedValue = [.. names] });
        command.Parameters.Add(new NpgsqlParameter<Guid[]> { TypedValue = [.. names.Select(name => Guid.TryParseExact(name, "D", out var uid) ? uid : Guid.Empty)] });
        return command;
    }

    private static Task<Customer?> ByIdAsync(DatabaseSession session, Caller caller, string text, bool locking, CancellationToken cancellation) =>
        Guid.TryParseExact(text, "D", out var uid)
            ? AskAsync(session, ByUid, ByAbsorbedUid, uid, caller, locking, cancellation)
            : AskAsync(session, ByCustomerId, ByAbsorbedCustomerId, CustomerIdOf(text), caller, locking, cancellation);

    // Few identifiers are of absorbed records: those are looked for where no record has it.
    private static async Task<Customer?> AskAsync<TKey>(
        DatabaseSession session, Question question, Question ofAbsorbed, TKey key, Caller caller, bool locking, CancellationToken cancellation) =>
        await AskAsync(session, question, key, caller, locking, cancellation)
        ?? (await AskAsync(session, ofAbsorbed, key, caller, locking, cancellation))?.ForAbsorbed();

    private static async Task<IReadOnlyList<Customer>> ReadTrackedAsync(this CustomersContext context, NpgsqlCommand command, CancellationToken cancellation)
    {
        var customers = await command.ReadAllAsync(row => Customer.Read(row), cancellation);
        context.Track(customers);
        return customers;
    }

    private static Customer Track(this CustomersContext context, Customer customer)
    {
        context.Track([customer]);
        return customer;
    }

    // Read anew under its lock, a record takes the place of what was read before. Each look at what is tracked compares all of it: one look for all.
    private static void Track(this CustomersContext context, IReadOnlyCollection<Customer> customers)
    {
        var ids = customers.Select(customer => customer.Id).ToHashSet();
        foreach (var known in context.ChangeTracker.Entries<Customer>().Where(entry => ids.Contains(entry.Entity.Id)).ToList())
        {
            known.State = EntityState.Detached;
        }

        context.Customers.AttachRange(customers);
    }

    private static Task<Customer?> AskAsync<TKey>(
        DatabaseSession session, Question question, TKey key, Caller caller, bool locking, CancellationToken cancellation) =>
        session.OnConnectionAsync(
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

                await using var reader = await command.ExecuteReaderAsync(cancellation);
                return await reader.ReadAsync(cancellation) ? Customer.Read(new RowCursor(reader)) : null;
            },
            cancellation);

    // What cannot be stored cannot be asked for either; no record has the empty identifier.
    private static string CustomerIdOf(string text) =>
        TextRules.Problem(text) is null ? text.Replace('-', '_').ToUpperInvariant() : "";

    /// <summary>
    /// A key ($1) and who asks by it. Of the organization ($2) staff see every record, a customer ($3) their own undeleted one.
    /// </summary>
    private sealed record Question(string Key, string Rest = "")
    {
        public string OfStaff { get; } = $"SELECT {CustomerRow.Columns} FROM customers.customers WHERE {Key} AND organization_id = $2{Rest}";

        public string OfOwner { get; } =
            $"SELECT {CustomerRow.Columns} FROM customers.customers WHERE {Key} AND organization_id = $2 AND user_id = $3 AND NOT is_deleted{Rest}";
    }
}
