using Microsoft.Extensions.Logging;
using Npgsql;
using Patron.Customers.Accounts;
using Patron.Customers.Customers;
using Patron.Customers.Database;
using Patron.Customers.Links;
using Patron.Customers.Schema;
using Patron.Shared;
using Patron.Shared.Callers;
using Patron.Shared.Database;
using Patron.Shared.Imports;
using Patron.Shared.Results;
using Patron.Shared.Text;

namespace Patron.Customers.Import;

/// <summary>
/// Enters customers from a file into the acting organization (staff, or a key with <c>customers:write</c>; 403 for others), by the same
/// rules and with the same identifiers, consents and audit entries as <see cref="CreateCustomer"/>, but set by set. Everything is one
/// transaction, so that a failure at any moment leaves nothing. A line that breaks a rule, or whose address another customer or an earlier
/// line claims, is rejected alone. Memory does not grow with the number of lines. Errors: 400 when it is to be all or nothing and a line
/// was rejected, or when other writers came in between so that the database ended the import.
/// </summary>
public sealed partial class ImportCustomers(
    DatabaseSession session, CustomerStore store, IdentifierAllotment identifiers, CustomerLinker linker, TimeProvider time, ILogger<ImportCustomers> logger)
{
    /// <summary>Lines that travel to the database together.</summary>
    public const int BatchSize = 5_000;

    private static readonly Error ComingBetween = Error.Rule("Others changed the same customers meanwhile, and the database ended the import. Nothing was imported; start it again.");

    /// <summary>Imports the lines and tells what became of each, in their order; what was told counts only if the whole succeeds.</summary>
    public async Task<Result<Done>> HandleAsync(
        Caller caller, IAsyncEnumerable<ImportLine<CustomerChanges>> lines, bool allOrNothing, Action<ImportedLine> tell, CancellationToken cancellationToken)
    {
        if (CustomerAccess.RefuseUnlessStaff(caller, Scopes.WriteCustomers) is { } refused)
        {
            return refused;
        }

        try
        {
            await using var transaction = await session.BeginAsync(cancellationToken);
            return await transaction.CommitAsync(await ImportAsync(caller, lines, allOrNothing, tell, cancellationToken), cancellationToken);
        }
        catch (PostgresException exception) when (exception.SqlState == PostgresErrorCodes.DeadlockDetected)
        {
            return ComingBetween;
        }
    }

    private async Task<Result<Done>> ImportAsync(
        Caller caller, IAsyncEnumerable<ImportLine<CustomerChanges>> lines, bool allOrNothing, Action<ImportedLine> tell, CancellationToken cancellationToken)
    {
        await WaitForOtherImportsAsync(caller, cancellationToken);
        var staging = await store.StageAsync(caller, cancellationToken);
        var rejected = 0L;
        // While the database enters a batch the next one is read and checked.
        var batches = lines.Select(line => CheckedLine.Of(line, time.GetDatabaseNow())).Chunk(BatchSize);
        await foreach (var batch in batches.ReadAheadAsync(cancellationToken))
        {
            foreach (var line in await ImportInPartsAsync(caller, staging, batch, cancellationToken))
            {
                rejected += line.Rejection is null ? 0 : 1;
                tell(line);
            }
        }

        return allOrNothing && rejected > 0 ? ImportRefusals.NotEveryLine : default(Done);
    }

    // Two imports into one organization would wait for each other's addresses. The sync takes part in none of this: it gives way by itself.
    private async Task WaitForOtherImportsAsync(Caller caller, CancellationToken cancellationToken)
    {
        await using var turn = new NpgsqlCommand("SELECT pg_advisory_xact_lock(hashtextextended('customers.import ' || $1::text, 0))", session.Connection) { CommandTimeout = 0 };
        turn.Parameters.AddWithValue(caller.OrganizationId);
        await turn.ExecuteNonQueryAsync(cancellationToken);
    }

    // What fails is undone to where the batch began; halves find the line that is to blame.
    private async Task<IEnumerable<ImportedLine>> ImportInPartsAsync(
        Caller caller, CustomerStaging staging, CheckedLine[] batch, CancellationToken cancellationToken)
    {
        try
        {
            await using var part = await session.BeginAsync(cancellationToken);
            var told = await ImportAsync(caller, staging, batch, cancellationToken);
            await part.CommitAsync(cancellationToken);
            return told;
        }
        catch (Exception bug) when (bug is not (OperationCanceledException or PostgresException { SqlState: PostgresErrorCodes.DeadlockDetected }) && !DatabaseFailure.IsAway(bug))
        {
            if (batch.Length == 1)
            {
                LogFailed(bug, batch[0].Number);
                return [new ImportedLine(batch[0].Number, ImportRefusals.Unexpected(bug))];
            }
        }

        var half = batch.Length / 2;
        return [.. await ImportInPartsAsync(caller, staging, batch[..half], cancellationToken), .. await ImportInPartsAsync(caller, staging, batch[half..], cancellationToken)];
    }

    private async Task<IEnumerable<ImportedLine>> ImportAsync(
        Caller caller, CustomerStaging staging, CheckedLine[] batch, CancellationToken cancellationToken)
    {
        var now = time.GetDatabaseNow();
        var rejections = new Dictionary<CheckedLine, string>();
        var waiting = batch.Where(line => line.Rejection is null).ToList();
        var accounts = await linker.LockOwnersAsync(caller, waiting.Select(line => line.EmailKey).OfType<string>(), cancellationToken);

        // What is not entered is either claimed by somebody, or one of its drawn identifiers was taken in the meantime: drawn again.
        while (waiting.Count > 0)
        {
            var customers = waiting.Select(line => Customer.Create(caller.OrganizationId, line.Customer, now)).ToList();
            await identifiers.AllotAsync(caller.OrganizationId, customers, cancellationToken);
            var entered = await staging.EnterAsync(
                "customer.imported", [.. waiting.Zip(customers, (line, customer) => new StagedCustomer(customer, "{}", line.Written))], cancellationToken);
            await linker.LinkOwnersAsync(caller, accounts, [.. customers.Where(customer => entered.Contains(customer.Uid))], cancellationToken);
            var claimed = await staging.FindClaimedAsync(customers.Where(customer => !entered.Contains(customer.Uid)), cancellationToken);
            var again = new List<CheckedLine>();
            foreach (var (line, customer) in waiting.Zip(customers).Where(pair => !entered.Contains(pair.Second.Uid)))
            {
                if (customer.EmailKey is { } key && claimed.Contains(key))
                {
                    rejections[line] = CustomerConflicts.EmailTaken.Detail;
                }
                else
                {
                    again.Add(line);
                }
            }

            waiting = again;
        }

        return [.. batch.Select(line => new ImportedLine(line.Number, line.Rejection ?? rejections.GetValueOrDefault(line)))];
    }

    [LoggerMessage(LogLevel.Error, "Line {Line} could not be imported")]
    private partial void LogFailed(Exception bug, long line);

    /// <summary>A line that keeps the rules, with what is written in it as the audit entry says it; or why it does not.</summary>
    private sealed class CheckedLine
    {
        public required long Number { get; init; }

        public string? Rejection { get; private init; }

        public Customer Customer { get; private init; } = new();

        public string Written { get; private init; } = "";

        public string? EmailKey => EmailAddress.TryParse(Customer.Email, out var address) ? address.Key : null;

        public static CheckedLine Of(ImportLine<CustomerChanges> line, DateTimeOffset now)
        {
            if (!line.Content.Succeeded(out var changes, out var unreadable))
            {
                return new CheckedLine { Number = line.Number, Rejection = unreadable.Sentence };
            }

            var customer = new Customer().With(changes);
            return CustomerSchema.CheckNew(customer, required: [], now) is { } invalid
                ? new CheckedLine { Number = line.Number, Rejection = invalid.Sentence }
                : new CheckedLine { Number = line.Number, Customer = customer, Written = CustomerSchema.WrittenOn(customer).ToJson(customer) };
        }
    }
}
