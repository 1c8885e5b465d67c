using System.Globalization;
using Microsoft.Extensions.Logging;
using Npgsql;
using Patron.Customers.Database;
using Patron.Customers.Import;
using Patron.Customers.Schema;
using Patron.Shared.Audit;
using Patron.Shared.Callers;
using Patron.Shared.Database;
using Patron.Shared.Results;

namespace Patron.Customers.Customers;

/// <content>How rows are inserted, saved and removed: each with its audit entries and consents, in one round trip.</content>
public sealed partial class CustomerStore
{
    // Of a few drawn user names one is a UUID: a race may cost a draw or two, never ten.
    private const int MaxDraws = 10;

    // The code is the organization's next one, the user name the first of the drawn ones that nobody has.
    private static readonly string InsertSql = $"""
        INSERT INTO customers.customers AS c ({CustomerSchema.Fields.Inserted.Names()})
        VALUES ({string.Join(", ", CustomerSchema.Fields.Inserted.Select((field, place) => InsertedValue(field, place + 1)))})
        RETURNING {CustomerSchema.Fields.All.Names("c.")}
        """;

    private static readonly Field<Customer>[] Generated = [.. CustomerSchema.Fields.Generated];
    private static readonly string GeneratedColumns = Generated.Names();

    /// <summary>
    /// Inserts a new record with its consents and the audit entry, in one round trip, together or not at all, and gives it its code and user name. Errors: 400 where another customer claims the address, or the account is a customer of the organization already.
    /// </summary>
    internal async Task<Result<Customer>> InsertAsync(Caller caller, Customer customer, CancellationToken cancellationToken)
    {
        for (var draw = 1; ; draw++)
        {
            var inserted = await TryInsertAsync(caller, customer, cancellationToken);
            if (inserted.Error != CustomerConflicts.IdentifierTaken || draw == MaxDraws)
            {
                return inserted;
            }

            customer.CustomerId = Customer.NewCustomerId();
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

    /// <summary>Makes the table through which many records are written at once, for the rest of the transaction.</summary>
    internal Task<CustomerStaging> StageAsync(Caller caller, CancellationToken cancellationToken) =>
        CustomerStaging.CreateAsync(database.Connection, caller, phones, cancellationToken);

    /// <summary>Removes the row; its consents, addresses, offers and what it absorbed go with it, by their foreign keys.</summary>
    internal async Task RemoveAsync(Customer customer, AuditEntry entry, CancellationToken cancellationToken)
    {
        await using var batch = new NpgsqlBatch(database.Connection);
        batch.BatchCommands.Add(DatabaseQueries.BatchCommand("DELETE FROM customers.customers WHERE organization_id = $1 AND uid = $2", customer.OrganizationId, customer.Uid));
        batch.BatchCommands.Add(AuditCommands.Insert(entry));
        await batch.ExecuteNonQueryAsync(cancellationToken);
        database.AfterCommit(() => LogAction(customer.Uid, entry.Action));
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
            customer.PhoneE164 = customer.Phone == stored.Phone ? stored.PhoneE164 : phones.ToE164(customer.Phone);
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
                var row = new RowCursor(reader);
                row.Record(Generated, customer);
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

    // Alone it is one round trip; within something larger a savepoint, so that the loser of a race can draw again.
    private async Task<Result<Customer>> TryInsertAsync(Caller caller, Customer customer, CancellationToken cancellationToken)
    {
        if (!database.IsPartOfTransaction)
        {
            return await database.OnConnectionAsync(connection => InsertOnAsync(connection, caller, customer, cancellationToken), cancellationToken);
        }

        await using var step = await database.BeginAsync(cancellationToken);
        return await step.CommitAsync(await InsertOnAsync(database.Connection, caller, customer, cancellationToken), cancellationToken);
    }

    private async Task<Result<Customer>> InsertOnAsync(NpgsqlConnection connection, Caller caller, Customer customer, CancellationToken cancellationToken)
    {
        customer.PhoneE164 = phones.ToE164(customer.Phone);
        await using var batch = new NpgsqlBatch(connection);
        batch.BatchCommands.Add(InsertCommand(customer));
        var written = CustomerSchema.WrittenOn(customer);
        AddBeside(batch, caller, customer, written, [CustomerAudit.Created(caller, customer, written)]);
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

    [LoggerMessage(LogLevel.Information, "Customer {Uid}: {Action}")]
    private partial void LogAction(Guid uid, string action);

    [LoggerMessage(LogLevel.Information, "Customer {Uid} created in organization {OrganizationId}")]
    private partial void LogCreated(Guid uid, Guid organizationId);
}
