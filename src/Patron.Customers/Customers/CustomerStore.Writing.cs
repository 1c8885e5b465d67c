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

/// <content>Inserts, saves and removes rows, each with its audit entries and consents in one round trip.</content>
public sealed partial class CustomerStore
{
    // The last candidate of a username is a UUID, so only a race costs an attempt.
    private const int MaxAttempts = 10;

    // The code is the organization's next one; the username is the first free candidate.
    private static readonly string InsertSql = $"""
        INSERT INTO customers.customers AS c ({CustomerSchema.Fields.Inserted.Names()})
        VALUES ({string.Join(", ", CustomerSchema.Fields.Inserted.Select((field, place) => InsertedValue(field, place + 1)))})
        RETURNING {CustomerSchema.Fields.All.Names("c.")}
        """;

    private static readonly Field<Customer>[] Generated = [.. CustomerSchema.Fields.Generated];
    private static readonly string GeneratedColumns = Generated.Names();

    /// <summary>
    /// Inserts a new record with its consents and audit entry in one round trip, and assigns its code and username. Errors: 400 where
    /// another customer claims the address, or where the account already has a record in the organization.
    /// </summary>
    internal async Task<Result<Customer>> InsertAsync(Caller caller, Customer customer, CancellationToken cancellationToken)
    {
        for (var attempt = 1; ; attempt++)
        {
            var inserted = await TryInsertAsync(caller, customer, cancellationToken);
            if (inserted.Error != CustomerConflicts.IdentifierTaken || attempt == MaxAttempts)
            {
                return inserted;
            }

            customer.CustomerId = Customer.NewCustomerId();
        }
    }

    /// <summary>
    /// Saves a locked record: the changed columns, the changed consents and an audit entry of the changed fields, in one round trip.
    /// Without a difference nothing is written. Errors: 400 for the loser of a race.
    /// </summary>
    internal async Task<Result<Customer>> SaveAsync(Caller caller, Customer customer, string action, CancellationToken cancellationToken) =>
        await SaveAllAsync(caller, [customer], action, cancellationToken) is { } taken ? taken : customer;

    /// <summary>Saves with the given audit entries and without new consents.</summary>
    internal async Task<Result<Customer>> SaveAsync(
        Customer customer, IReadOnlyList<AuditEntry> entries, CancellationToken cancellationToken) =>
        await SaveAllAsync(consentsBy: null, [(customer, entries)], cancellationToken) is { } taken ? taken : customer;

    /// <summary>
    /// Saves many locked records, each with an audit entry of its changed fields, in one round trip. Returns null, or the error for the
    /// loser of a race.
    /// </summary>
    internal Task<Error?> SaveAllAsync(
        Caller caller, IReadOnlyList<Customer> customers, string action, CancellationToken cancellationToken) =>
        SaveAllAsync(
            caller,
            [.. customers.Select(customer => (customer, (IReadOnlyList<AuditEntry>)[CustomerAudit.Changed(caller, action, customer)]))],
            cancellationToken);

    /// <summary>Creates the staging table for writing many records, for the rest of the transaction.</summary>
    internal Task<CustomerStaging> CreateStagingAsync(Caller caller, CancellationToken cancellationToken) =>
        CustomerStaging.CreateAsync(database.Connection, caller, phones, cancellationToken);

    /// <summary>Deletes the row; foreign keys delete its consents, addresses, offers and merged records.</summary>
    internal async Task RemoveAsync(Customer customer, AuditEntry entry, CancellationToken cancellationToken)
    {
        await using var batch = new NpgsqlBatch(database.Connection);
        batch.BatchCommands.Add(
            DatabaseQueries.BatchCommand(
                "DELETE FROM customers.customers WHERE organization_id = $1 AND uid = $2", customer.OrganizationId, customer.Uid));
        batch.BatchCommands.Add(AuditCommands.Insert(entry));
        await batch.ExecuteNonQueryAsync(cancellationToken);
        database.AfterCommit(() => LogAction(customer.Uid, entry.Action));
    }

    private static string InsertedValue(Field<Customer> field, int place)
    {
        var parameter = string.Create(CultureInfo.InvariantCulture, $"${place}");
        if (field == CustomerSchema.Code)
        {
            return $"customers.next_code({parameter})";
        }

        return field == CustomerSchema.Username
            ? $"(SELECT name FROM unnest({parameter}) WITH ORDINALITY AS candidates (name, place) WHERE NOT EXISTS (SELECT FROM customers.customers WHERE username = candidates.name) AND NOT EXISTS (SELECT FROM customers.absorbed WHERE username = candidates.name) ORDER BY place LIMIT 1)"
            : parameter;
    }

    private static NpgsqlBatchCommand InsertCommand(Customer customer)
    {
        var command = new NpgsqlBatchCommand(InsertSql);
        command.Parameters.AddRange(CustomerSchema.Fields.Inserted.Select(field => InsertedParameter(field, customer)).ToArray());
        return command;
    }

    private static NpgsqlParameter InsertedParameter(Field<Customer> field, Customer customer)
    {
        if (field == CustomerSchema.Code)
        {
            return new NpgsqlParameter<Guid> { TypedValue = customer.OrganizationId };
        }

        return field == CustomerSchema.Username
            ? new NpgsqlParameter<string[]> { TypedValue = Usernames.Candidates(customer) }
            : field.ToParameter(customer);
    }

    private static NpgsqlBatchCommand UpdateCommand(Customer customer, List<Field<Customer>> changed)
    {
        var values = string.Join(
            ", ", changed.Select((field, place) => string.Create(CultureInfo.InvariantCulture, $"{field.Name} = ${place + 3}")));
        var command = DatabaseQueries.BatchCommand(
            $"UPDATE customers.customers SET {values} WHERE organization_id = $1 AND uid = $2 RETURNING {GeneratedColumns}",
            customer.OrganizationId, customer.Uid);
        changed.ForEach(field => command.Parameters.Add(field.ToParameter(customer)));
        return command;
    }

    private static void AddAuditAndConsents(
        NpgsqlBatch batch, Caller? consentsBy, Customer customer, IEnumerable<Field<Customer>> changed, IReadOnlyList<AuditEntry> entries)
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

    // Reads to the end of the batch, so that an error of a later command is thrown.
    private static async Task ReadToEndAsync(NpgsqlDataReader reader, CancellationToken cancellationToken)
    {
        while (await reader.NextResultAsync(cancellationToken))
        {
        }
    }

    private async Task<Error?> SaveAllAsync(
        Caller? consentsBy, IReadOnlyList<(Customer Customer, IReadOnlyList<AuditEntry> Entries)> saves,
        CancellationToken cancellationToken)
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
                AddAuditAndConsents(batch, consentsBy, customer, changed, entries);
                updated.Add((customer, entries));
            }

            foreach (var consent in consentsBy is null ? [] : customer.StatedConsents.Except(changed))
            {
                batch.BatchCommands.Add(ListConsents.InsertFirstCommand(consentsBy!, customer, consent));
            }
        }

        if (batch.BatchCommands.Count == 0)
        {
            return null;
        }

        try
        {
            await using var reader = await batch.ExecuteReaderAsync(cancellationToken);
            foreach (var (customer, _) in updated)
            {
                // Only the UPDATE commands return rows.
                await reader.ReadAsync(cancellationToken);
                var row = new RowCursor(reader);
                row.Record(Generated, customer);
                await reader.NextResultAsync(cancellationToken);
                customer.Track();
            }
        }
        catch (PostgresException exception) when (CustomerConflicts.ToError(exception) is { } taken)
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

    // Outside of a transaction this is one round trip. Inside one it uses a savepoint, so that a lost race can be retried.
    private async Task<Result<Customer>> TryInsertAsync(Caller caller, Customer customer, CancellationToken cancellationToken)
    {
        if (!database.IsPartOfTransaction)
        {
            return await database.OnConnectionAsync(
                connection => InsertOnAsync(connection, caller, customer, cancellationToken), cancellationToken);
        }

        await using var step = await database.BeginAsync(cancellationToken);
        return await step.CommitAsync(await InsertOnAsync(database.Connection, caller, customer, cancellationToken), cancellationToken);
    }

    private async Task<Result<Customer>> InsertOnAsync(
        NpgsqlConnection connection, Caller caller, Customer customer, CancellationToken cancellationToken)
    {
        customer.PhoneE164 = phones.ToE164(customer.Phone);
        await using var batch = new NpgsqlBatch(connection);
        batch.BatchCommands.Add(InsertCommand(customer));
        var written = CustomerSchema.WrittenOn(customer);
        AddAuditAndConsents(batch, caller, customer, written, [CustomerAudit.Created(caller, customer, written)]);
        try
        {
            await using var reader = await batch.ExecuteReaderAsync(cancellationToken);
            await reader.ReadAsync(cancellationToken);
            var inserted = ReadTracked(new RowCursor(reader)).ForReader(CustomerAccess.ReaderOf(caller));
            await ReadToEndAsync(reader, cancellationToken);
            database.AfterCommit(() => LogCreated(inserted.Uid, inserted.OrganizationId));
            return inserted;
        }
        catch (PostgresException exception) when (CustomerConflicts.ToError(exception) is { } taken)
        {
            return taken;
        }
    }

    [LoggerMessage(LogLevel.Information, "Customer {Uid}: {Action}")]
    private partial void LogAction(Guid uid, string action);

    [LoggerMessage(LogLevel.Information, "Customer {Uid} created in organization {OrganizationId}")]
    private partial void LogCreated(Guid uid, Guid organizationId);
}
