using Npgsql;
using Patron.Customers.Customers;
using Patron.Customers.Database;
using Patron.Shared.Callers;
using Patron.Shared.Database;
using Patron.Shared.Imports;
using Patron.Shared.Results;

namespace Patron.Customers.Import;

/// <summary>
/// Enters customers from a file into the acting organization (staff, or a key with <c>customers:write</c>; 403 for others), by the same
/// rules and with the same identifiers, consents and audit entries as <see cref="CreateCustomer"/>, but set by set. Everything is one
/// transaction, so that a failure at any moment leaves nothing. A line that breaks a rule, or whose address another customer or an earlier
/// line claims, is rejected alone. Memory does not grow with the number of lines. Errors: 400 when it is to be all or nothing and a line
/// was rejected, or when other writers came in between so that the database ended the import.
/// </summary>
public sealed class ImportCustomers(DatabaseSession session, IdentifierAllotment identifiers, TimeProvider time)
{
    /// <summary>Lines that travel to the database together.</summary>
    public const int BatchSize = 10_000;

    private static readonly Error ComingBetween = Error.Rule("Others changed the same customers meanwhile, and the database ended the import. Nothing was imported; start it again.");

    /// <summary>Imports the lines and tells what became of each, in their order; what was told counts only if the whole succeeds.</summary>
    public async Task<Result<Done>> HandleAsync(
        Caller caller, IAsyncEnumerable<ImportLine<CustomerDetails>> lines, bool allOrNothing, Action<ImportedLine> tell, CancellationToken cancellation)
    {
        if (CustomerAccess.RefuseUnlessStaff(caller, Scopes.WriteCustomers) is { } refused)
        {
            return refused;
        }

        try
        {
            return await session.InTransactionAsync(() => ImportAsync(caller, lines, allOrNothing, tell, cancellation), cancellation);
        }
        catch (PostgresException exception) when (exception.SqlState == PostgresErrorCodes.DeadlockDetected)
        {
            return ComingBetween;
        }
    }

    private async Task<Result<Done>> ImportAsync(
        Caller caller, IAsyncEnumerable<ImportLine<CustomerDetails>> lines, bool allOrNothing, Action<ImportedLine> tell, CancellationToken cancellation)
    {
        var staging = await CustomerStaging.CreateAsync(session.Connection, caller, cancellation);
        var rejected = 0L;
        await foreach (var batch in lines.Chunk(BatchSize).WithCancellation(cancellation))
        {
            foreach (var line in await ImportAsync(caller, staging, batch, cancellation))
            {
                rejected += line.Rejection is null ? 0 : 1;
                tell(line);
            }
        }

        return allOrNothing && rejected > 0 ? Error.Rule("Nothing was imported, because not every line could be.") : default(Done);
    }

    private async Task<IEnumerable<ImportedLine>> ImportAsync(
        Caller caller, CustomerStaging staging, ImportLine<CustomerDetails>[] batch, CancellationToken cancellation)
    {
        var now = time.GetDatabaseNow();
        var rejections = new string?[batch.Length];
        var waiting = new List<Entry>(batch.Length);
        for (var place = 0; place < batch.Length; place++)
        {
            if (Check(batch[place].Content, now).Succeeded(out var settled, out var error))
            {
                waiting.Add(new Entry(place, settled));
            }
            else
            {
                rejections[place] = Sentence(error);
            }
        }

        // What is not entered is either claimed by somebody, or one of its drawn identifiers was taken in the meantime: drawn again.
        while (waiting.Count > 0)
        {
            var drawn = await identifiers.NextAsync(caller.OrganizationId, [.. waiting.Select(entry => entry.Details)], now, cancellation);
            var customers = waiting.Select((entry, index) => Customer.Enter(caller.OrganizationId, entry.Details, drawn[index], now)).ToList();
            var entered = await staging.EnterAsync(customers, cancellation);
            var claimed = await staging.FindClaimedAsync(customers.Where(customer => !entered.Contains(customer.Uid)), cancellation);
            var again = new List<Entry>();
            for (var index = 0; index < waiting.Count; index++)
            {
                if (!entered.Contains(customers[index].Uid))
                {
                    if (customers[index].EmailKey is { } key && claimed.Contains(key))
                    {
                        rejections[waiting[index].Place] = SavingCustomers.EmailTaken.Detail;
                    }
                    else
                    {
                        again.Add(waiting[index]);
                    }
                }
            }

            waiting = again;
        }

        return batch.Select((line, place) => new ImportedLine(line.Number, rejections[place]));
    }

    private static Result<CustomerDetails> Check(Result<CustomerDetails> content, DateTimeOffset now)
    {
        if (!content.Succeeded(out var details, out _))
        {
            return content;
        }

        var settled = details.Settled(CustomerDetails.Empty);
        return CustomerFields.Check(settled, CustomerFields.Changed(CustomerDetails.Empty, settled), required: [], now) is { } invalid ? invalid : settled;
    }

    private static string Sentence(Error error) => error.Fields is null
        ? error.Detail
        : string.Join(" ", error.Fields.Select(field => $"{field.Key}: {string.Join(" ", field.Value)}"));

    /// <summary>A line that may be entered, by its place in the batch.</summary>
    private sealed record Entry(int Place, CustomerDetails Details);
}
