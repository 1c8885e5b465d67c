using Microsoft.Extensions.Logging;
using Npgsql;
using NpgsqlTypes;
using Patron.Customers.Accounts;
using Patron.Customers.Customers;
using Patron.Customers.Database;
using Patron.Customers.Links;
using Patron.Customers.Schema;
using Patron.Shared;
using Patron.Shared.Audit;
using Patron.Shared.Callers;
using Patron.Shared.Database;
using Patron.Shared.Imports;
using Patron.Shared.Results;
using Patron.Shared.Text;

namespace Patron.Customers.Import;

/// <summary>
/// Imports customers from a file into the acting organization (staff, or a key with <c>customers:write</c>; 403 for others), by the same
/// rules and with the same identifiers, consents and audit entries as <see cref="CreateCustomer"/>, in batches. Everything is one
/// transaction, so a failure leaves nothing behind. A line that breaks a rule, or whose address another customer or an earlier line claims,
/// is rejected alone. Memory does not grow with the number of lines. Errors: 400 when every line is required and one was rejected, or when
/// concurrent writers caused a deadlock.
/// </summary>
public sealed partial class ImportCustomers(
    DatabaseSession session, CustomerStore store, IdentifierAllocator identifiers, CustomerLinker linker, TimeProvider time,
    ILogger<ImportCustomers> logger)
{
    /// <summary>The number of lines sent to the database together.</summary>
    public const int BatchSize = 5_000;

    private const string StartSql =
        "INSERT INTO customers.imports (organization_id, file_name, started_at, started_by) VALUES ($1, $2, $3, $4) RETURNING id";

    private const string FinishSql = "UPDATE customers.imports SET finished_at = $2, imported = $3, rejected = $4 WHERE id = $1";

    private static readonly Error Deadlock = Error.Rule(
        "conflict", "Someone else changed the same customers during the import. Nothing was imported. Start it again.");

    /// <summary>
    /// Imports the lines and reports the result of each, in their order. Reported results are valid only if the whole import succeeds. The
    /// file's name is kept with the figures, without its folder.
    /// </summary>
    public async Task<Result<Unit>> HandleAsync(
        Caller caller, IAsyncEnumerable<ImportLine<CustomerChanges>> lines, bool allOrNothing, Action<ImportedLine> report,
        CancellationToken cancellationToken, string? fileName = null)
    {
        if (CustomerAccess.RefuseUnlessStaff(caller, Scopes.WriteCustomers) is { } refused)
        {
            return refused;
        }

        try
        {
            await using var transaction = await session.BeginAsync(cancellationToken);
            return await transaction.CommitAsync(
                await ImportAsync(caller, lines, allOrNothing, report, fileName, cancellationToken), cancellationToken);
        }
        catch (PostgresException exception) when (exception.SqlState == PostgresErrorCodes.DeadlockDetected)
        {
            return Deadlock;
        }
    }

    private async Task<Result<Unit>> ImportAsync(
        Caller caller, IAsyncEnumerable<ImportLine<CustomerChanges>> lines, bool allOrNothing, Action<ImportedLine> report,
        string? fileName, CancellationToken cancellationToken)
    {
        await WaitForOtherImportsAsync(caller, cancellationToken);
        var import = await AddImportAsync(caller, fileName, cancellationToken);
        caller = caller with { Cause = Cause.Import(import) };
        var staging = await store.CreateStagingAsync(caller, cancellationToken);
        var (imported, rejected) = (0L, 0L);
        // The next batch is read and checked while the database inserts the current one.
        var batches = lines.Select(line => ValidatedLine.Validate(line, store.NewEntry(), time.GetDatabaseNow())).Chunk(BatchSize);
        await foreach (var batch in batches.ReadAheadAsync(cancellationToken))
        {
            foreach (var line in await ImportInPartsAsync(caller, staging, batch, cancellationToken))
            {
                _ = line.Rejection is null ? imported++ : rejected++;
                report(line);
            }
        }

        await session.ExecuteAsync(FinishSql, cancellationToken, import, time.GetDatabaseNow(), imported, rejected);
        return allOrNothing && rejected > 0 ? ImportRefusals.NotEveryLine : default(Unit);
    }

    // In the transaction of the import: a failed one leaves no row behind.
    private async Task<long> AddImportAsync(Caller caller, string? fileName, CancellationToken cancellationToken)
    {
        var name = fileName is null ? null : InputText.Storable(Path.GetFileName(fileName));
        var ids = await session.QueryAsync(
            StartSql, row => row.Long(), cancellationToken, caller.OrganizationId, OptionalParameter.Of(name, NpgsqlDbType.Text),
            time.GetDatabaseNow(), OptionalParameter.Of(caller.UserId ?? caller.Key?.Id, NpgsqlDbType.Uuid));
        return ids.Single();
    }

    // Two imports into one organization would block each other on addresses. The sync does not use this lock: it yields by itself.
    private async Task WaitForOtherImportsAsync(Caller caller, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(
            "SELECT pg_advisory_xact_lock(hashtextextended('customers.import ' || $1::text, 0))",
            session.Connection) { CommandTimeout = 0 };
        command.Parameters.AddWithValue(caller.OrganizationId);
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    // A failed batch is rolled back to its savepoint and split in halves until the failing line is found.
    private async Task<IEnumerable<ImportedLine>> ImportInPartsAsync(
        Caller caller, CustomerStaging staging, ValidatedLine[] batch, CancellationToken cancellationToken)
    {
        try
        {
            await using var part = await session.BeginAsync(cancellationToken);
            var results = await ImportAsync(caller, staging, batch, cancellationToken);
            await part.CommitAsync(cancellationToken);
            return results;
        }
        catch (Exception bug) when (
            bug is not (OperationCanceledException or PostgresException { SqlState: PostgresErrorCodes.DeadlockDetected })
            && !DatabaseFailure.IsUnavailable(bug))
        {
            if (batch.Length == 1)
            {
                LogFailed(bug, batch[0].Number);
                return [new ImportedLine(batch[0].Number, ImportRefusals.Unexpected(bug)) { Raw = batch[0].Raw }];
            }
        }

        var half = batch.Length / 2;
        return [
            .. await ImportInPartsAsync(caller, staging, batch[..half], cancellationToken),
            .. await ImportInPartsAsync(caller, staging, batch[half..], cancellationToken)];
    }

    private async Task<IEnumerable<ImportedLine>> ImportAsync(
        Caller caller, CustomerStaging staging, ValidatedLine[] batch, CancellationToken cancellationToken)
    {
        var now = time.GetDatabaseNow();
        var rejections = new Dictionary<ValidatedLine, string>();
        var importedByEmail = new Dictionary<string, long>(StringComparer.Ordinal);
        var waiting = batch.Where(line => line.Rejection is null).ToList();
        var accounts = await linker.LockOwnersAsync(caller, waiting.Select(line => line.EmailKey).OfType<string>(), cancellationToken);

        // A row that was not inserted has either a claimed address, or a generated identifier that was taken meanwhile; the latter is tried
        // again.
        while (waiting.Count > 0)
        {
            var customers = waiting.Select(line => Customer.Create(caller.OrganizationId, line.Customer, now)).ToList();
            await identifiers.AllocateAsync(caller.OrganizationId, customers, cancellationToken);
            var inserted = await staging.InsertAsync(
                "customer.imported", [.. waiting.Zip(customers, (line, customer) => new StagedCustomer(customer, "{}", line.Written))],
                cancellationToken);
            await linker.LinkOwnersAsync(
                caller, accounts, [.. customers.Where(customer => inserted.Contains(customer.Uid))], cancellationToken);
            foreach (var (line, customer) in waiting.Zip(customers).Where(pair => inserted.Contains(pair.Second.Uid)))
            {
                _ = customer.EmailKey is { } key && importedByEmail.TryAdd(key, line.Number);
            }

            var claimed = await staging.FindClaimedAsync(customers.Where(customer => !inserted.Contains(customer.Uid)), cancellationToken);
            var retries = new List<ValidatedLine>();
            foreach (var (line, customer) in waiting.Zip(customers).Where(pair => !inserted.Contains(pair.Second.Uid)))
            {
                if (customer.EmailKey is { } key && claimed.TryGetValue(key, out var other))
                {
                    rejections[line] = importedByEmail.TryGetValue(key, out var number)
                        ? $"Line {number} has the same email."
                        : $"Customer {other} already has this email.";
                }
                else
                {
                    retries.Add(line);
                }
            }

            waiting = retries;
        }

        return [
            .. batch.Select(
                line => new ImportedLine(line.Number, line.Rejection ?? rejections.GetValueOrDefault(line)) { Raw = line.Raw })];
    }

    [LoggerMessage(LogLevel.Error, "Line {Line} could not be imported")]
    private partial void LogFailed(Exception bug, long line);

    /// <summary>A validated line with its values for the audit entry, or the reason for its rejection.</summary>
    private sealed class ValidatedLine
    {
        public required long Number { get; init; }

        public required ReadOnlyMemory<byte> Raw { get; init; }

        public string? Rejection { get; private init; }

        public Customer Customer { get; private init; } = new();

        public string Written { get; private init; } = "";

        public string? EmailKey => EmailAddress.TryParse(Customer.Email, out var address) ? address.Key : null;

        public static ValidatedLine Validate(ImportLine<CustomerChanges> line, Customer entry, DateTimeOffset now)
        {
            if (!line.Content.Succeeded(out var changes, out var unreadable))
            {
                return new ValidatedLine { Number = line.Number, Raw = line.Raw, Rejection = unreadable.Sentence };
            }

            var customer = entry.With(changes);
            if (customer is { Name.Length: 0, CompanyName: { } company })
            {
                customer.Name = company;
            }

            return CustomerSchema.CheckNew(customer, MissingNames(customer), now) is { } invalid
                ? new ValidatedLine { Number = line.Number, Raw = line.Raw, Rejection = invalid.Sentence }
                : new ValidatedLine
                {
                    Number = line.Number, Raw = line.Raw, Customer = customer,
                    Written = CustomerSchema.WrittenOn(customer).ToJson(customer),
                };
        }

        // A person needs a first and a last name, unless the line has a company or a full name.
        private static string[] MissingNames(Customer customer) => customer switch
        {
            { CompanyName: not null } => [],
            { FirstName.Length: 0, LastName.Length: > 0 } when customer.Name == customer.LastName => ["first_name"],
            { FirstName.Length: > 0, LastName.Length: 0 } when customer.Name == customer.FirstName => ["last_name"],
            _ => [],
        };
    }
}
