using System.Globalization;
using Microsoft.Extensions.Logging;
using Npgsql;
using Patron.Customers.Database;
using Patron.Shared.Audit;
using Patron.Shared.Callers;
using Patron.Shared.Database;
using Patron.Shared.Results;

namespace Patron.Customers.Customers;

/// <summary>
/// How every door enters one customer: the record with its drawn identifiers, its consents and the audit entry, in one round trip, together
/// or not at all. Errors: 400 where another customer claims the address, or the account is a customer of the organization already.
/// </summary>
public sealed partial class CustomerEntry(DatabaseSession session, ILogger<CustomerEntry> logger)
{
    // Of a few drawn user names one is a UUID: a race may cost a draw or two, never ten.
    private const int MaxDraws = 10;

    // The code is the organization's next one, the user name the first of the drawn ones that nobody has.
    private static readonly string InsertSql = $"""
        INSERT INTO customers.customers ({CustomerRow.WrittenColumns})
        VALUES ({string.Join(", ", CustomerRow.Written.Select((column, place) => ValueOf(column.Name, place + 1)))})
        RETURNING {CustomerRow.Columns}
        """;

    /// <summary>The entered customer, made anew for each draw; the audit entry shows the fields it was <paramref name="written"/> with.</summary>
    internal async Task<Result<Customer>> EnterAsync(
        Caller caller, Func<Identifiers, Customer> make, IReadOnlyList<CustomerField> written, DateTimeOffset now, CancellationToken cancellation)
    {
        for (var draw = 1; ; draw++)
        {
            var customer = make(new Identifiers(Guid.CreateVersion7(now), Identifiers.NewCustomerId(), Code: "", Username: ""));
            var entered = await session.InOneTripAsync(connection => InsertAsync(connection, caller, customer, written, cancellation), cancellation);
            if (entered.Error != SavingCustomers.IdentifierTaken || draw == MaxDraws)
            {
                return entered;
            }
        }
    }

    private async Task<Result<Customer>> InsertAsync(
        NpgsqlConnection connection, Caller caller, Customer customer, IReadOnlyList<CustomerField> written, CancellationToken cancellation)
    {
        await using var batch = new NpgsqlBatch(connection);
        batch.BatchCommands.Add(InsertCommand(customer));
        batch.BatchCommands.Add(AuditCommands.Insert(AuditEntry.For(
            caller, "customer.created", "customer", customer.Uid, customer.CreatedAt, customer.OrganizationId, customer.UserId,
            after: written.ToJson(customer.Details))));
        foreach (var consent in Consent.Of(customer, written, caller))
        {
            batch.BatchCommands.Add(consent.InsertCommand());
        }

        try
        {
            await using var reader = await batch.ExecuteReaderAsync(cancellation);
            await reader.ReadAsync(cancellation);
            var entered = Customer.Read(new RowCursor(reader));
            while (await reader.NextResultAsync(cancellation))
            {
                // To the end of the batch, or to why there was none.
            }

            session.AfterCommit(() => LogCreated(entered.Uid, entered.OrganizationId));
            return entered;
        }
        catch (PostgresException exception) when (SavingCustomers.AnswerTo(exception) is { } taken)
        {
            return taken;
        }
    }

    private static NpgsqlBatchCommand InsertCommand(Customer customer)
    {
        var command = new NpgsqlBatchCommand(InsertSql);
        foreach (var (name, type, read) in CustomerRow.Written)
        {
            command.Parameters.Add(name switch
            {
                "code" => new NpgsqlParameter<Guid> { TypedValue = customer.OrganizationId },
                "username" => new NpgsqlParameter<string[]> { TypedValue = Usernames.Candidates(customer.Details) },
                _ => OptionalParameter.Of(read(customer), type),
            });
        }

        return command;
    }

    private static string ValueOf(string column, int place) => column switch
    {
        "code" => string.Create(CultureInfo.InvariantCulture, $"customers.next_code(${place})"),
        "username" => string.Create(CultureInfo.InvariantCulture,
            $"(SELECT name FROM unnest(${place}) WITH ORDINALITY AS drawn (name, draw) WHERE NOT EXISTS (SELECT FROM customers.customers WHERE username = drawn.name) AND NOT EXISTS (SELECT FROM customers.absorbed WHERE username = drawn.name) ORDER BY draw LIMIT 1)"),
        _ => string.Create(CultureInfo.InvariantCulture, $"${place}"),
    };

    [LoggerMessage(LogLevel.Information, "Customer {Uid} created in organization {OrganizationId}")]
    private partial void LogCreated(Guid uid, Guid organizationId);
}
