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
/// Enters a customer into the acting organization (staff, or a key with <c>customers:write</c>): the record with its identifiers,
/// its consents and the audit entry, together or not at all. It claims its e-mail address.
/// 400 where another customer claims the address, 403 for others than staff, 422 naming the fields that are not valid.
/// Source 5, 'Create Customer'.
/// </summary>
public sealed partial class CreateCustomer(DatabaseSession session, TimeProvider time, ILogger<CreateCustomer> logger)
{
    // Of a few drawn user names one is a UUID: a race may cost a draw or two, never ten.
    private const int MaxDraws = 10;

    // One round trip: the code is the organization's next one, the user name the first of the drawn ones that nobody has.
    private static readonly string InsertSql = $"""
        INSERT INTO customers.customers ({CustomerRow.WrittenColumns})
        VALUES ({string.Join(", ", CustomerRow.Written.Select((column, place) => ValueOf(column.Name, place + 1)))})
        RETURNING {CustomerRow.Columns}
        """;

    /// <summary>The new customer. <paramref name="required"/> names the fields that the caller's interface wants filled.</summary>
    public async Task<Result<Customer>> HandleAsync(
        Caller caller, CustomerDetails details, IReadOnlyCollection<string> required, CancellationToken cancellation)
    {
        if (CustomerAccess.RefuseUnlessStaff(caller, Scopes.WriteCustomers) is { } refused)
        {
            return refused;
        }

        var now = time.GetDatabaseNow();
        var settled = details.Settled(CustomerDetails.Empty);
        var written = CustomerFields.Changed(CustomerDetails.Empty, settled);
        if (CustomerFields.Check(settled, [.. written, .. CustomerFields.Named(required)], required, now) is { } invalid)
        {
            return invalid;
        }

        for (var draw = 1; ; draw++)
        {
            var identifiers = new Identifiers(Guid.CreateVersion7(now), Identifiers.NewCustomerId(), Code: "", Username: "");
            var customer = Customer.Enter(caller.OrganizationId, settled, identifiers, now);
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
            caller, "customer.created", "customer", customer.Uid, customer.CreatedAt, customer.OrganizationId, after: written.ToJson(customer.Details))));
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
            $"(SELECT name FROM unnest(${place}) WITH ORDINALITY AS drawn (name, draw) WHERE NOT EXISTS (SELECT FROM customers.customers WHERE username = drawn.name) ORDER BY draw LIMIT 1)"),
        _ => string.Create(CultureInfo.InvariantCulture, $"${place}"),
    };

    [LoggerMessage(LogLevel.Information, "Customer {Uid} created in organization {OrganizationId}")]
    private partial void LogCreated(Guid uid, Guid organizationId);
}
