using Microsoft.Extensions.Logging;
using Npgsql;
using Patron.Customers.Accounts;
using Patron.Customers.Customers;
using Patron.Customers.Erp;
using Patron.Erp.Runs;
using Patron.Shared.Callers;
using Patron.Shared.Database;
using Patron.Shared.Results;

namespace Patron.Erp.Partners;

/// <summary>
/// Brings a batch of readings together with the home organization's customers: set by set in one transaction. What fails there is halved until the one
/// partner that is to blame is found and noted; the others go on. Errors: 400 where another process has taken the run over. Throws
/// <see cref="PostgresException"/> where others hold a lock that the batch needs (<see cref="SyncTicket.IsBusy"/>): then nothing was done.
/// </summary>
public sealed partial class PartnerImporter(
    DatabaseSession database, PartnerLedger ledger, ErpCustomers customers, ErpOwnership ownership, TimeProvider time, ILogger<PartnerImporter> logger)
{
    // Who comes in between with the same address or name costs another look; after three the batch is taken in halves.
    private const int MaxLooks = 3;

    private static readonly Error ComingBetween = Error.Rule("Somebody entered the same customers, or settled or erased them, meanwhile.");

    /// <summary>What a process hears that was thought dead.</summary>
    public static Error TakenOver { get; } = Error.Rule("Another process has taken this run over.");

    internal async Task<Result<Done>> HandleAsync(Caller caller, SyncTicket ticket, IReadOnlyList<PartnerFacts> batch, CancellationToken cancellationToken)
    {
        var failed = new List<PartnerNote>();
        if (await ImportAsync(caller, ticket, batch, failed, cancellationToken) is { } lost)
        {
            return lost;
        }

        await ledger.WriteFailedAsync(failed, caller.OrganizationId, time.GetDatabaseNow(), cancellationToken);
        return default(Done);
    }

    private async Task<Error?> ImportAsync(Caller caller, SyncTicket ticket, IReadOnlyList<PartnerFacts> batch, List<PartnerNote> failed, CancellationToken cancellationToken)
    {
        var refused = await TryImportAsync(caller, ticket, batch, cancellationToken);
        if (refused is null || refused == TakenOver)
        {
            return refused;
        }

        if (batch.Count == 1)
        {
            failed.Add(new PartnerNote(batch[0].Partner.Id, refused.Detail));
            return null;
        }

        // In their order: the first half claims before the second.
        var half = batch.Count / 2;
        return await ImportAsync(caller, ticket, [.. batch.Take(half)], failed, cancellationToken)
            ?? await ImportAsync(caller, ticket, [.. batch.Skip(half)], failed, cancellationToken);
    }

    private async Task<Error?> TryImportAsync(Caller caller, SyncTicket ticket, IReadOnlyList<PartnerFacts> batch, CancellationToken cancellationToken)
    {
        for (var look = 1; ; look++)
        {
            Error? refused;
            try
            {
                await using var transaction = await database.BeginAsync(cancellationToken);
                refused = (await transaction.CommitAsync(await ImportInTransactionAsync(caller, ticket, batch, cancellationToken), cancellationToken)).Error;
            }
            catch (PostgresException refusal) when (!SyncTicket.IsBusy(refusal) && (!DatabaseFailure.IsTemporary(refusal) || DatabaseFailure.IsWorthRetrying(refusal)))
            {
                // The value itself is not told: it is somebody's.
                refused = DatabaseFailure.IsWorthRetrying(refusal) || refusal.SqlState is PostgresErrorCodes.UniqueViolation or PostgresErrorCodes.ForeignKeyViolation
                    ? ComingBetween
                    : Error.Rule($"The database refused a value of this partner ({refusal.SqlState}).");
            }
            catch (Exception bug) when (bug is not OperationCanceledException && !DatabaseFailure.IsTemporary(bug))
            {
                // The transaction is undone; which partner it is about is found like a refusal of the database.
                if (batch.Count == 1)
                {
                    LogFailed(bug, batch[0].Partner.Id);
                }

                refused = Error.Rule(PartnerNote.UnexpectedReason(bug));
            }

            if (refused != ComingBetween || look == MaxLooks)
            {
                return refused;
            }
        }
    }

    // Accounts are locked before records, and records before the ledger.
    private async Task<Result<Done>> ImportInTransactionAsync(Caller caller, SyncTicket ticket, IReadOnlyList<PartnerFacts> batch, CancellationToken cancellationToken)
    {
        if (!await ticket.HoldAsync(database, cancellationToken))
        {
            return TakenOver;
        }

        var now = time.GetDatabaseNow();
        var rows = await ledger.RowsAsync([.. batch.Select(facts => facts.Partner.Id)], cancellationToken);
        var (snapshot, accounts) = await TakeSnapshotAsync(caller, batch, rows, cancellationToken);
        var matcher = new PartnerMatcher(ledger.Source, ownership, snapshot, now);
        List<PartnerDecision> decisions = [.. batch.Select(matcher.Decide)];
        if (!await ledger.LockAsReadAsync(rows, cancellationToken) || !await WriteAsync(caller, matcher, now, cancellationToken))
        {
            return ComingBetween;
        }

        await ledger.WriteAsync(decisions, ticket.RunId, caller.OrganizationId, now, cancellationToken);
        if (accounts.Count > 0)
        {
            await customers.LinkOwnersAsync(caller, accounts, [.. matcher.Made.Concat(matcher.Changed).Select(target => target.Customer)], cancellationToken);
        }

        return default(Done);
    }

    /// <summary>
    /// What is here of these partners and their addresses, and the accounts that have these; locked to the end of the transaction, if one runs. A preview
    /// names what it has <paramref name="read"/> of partners that are known.
    /// </summary>
    internal async Task<(PartnerSnapshot Snapshot, IReadOnlyList<Account> Accounts)> TakeSnapshotAsync(
        Caller caller, IEnumerable<PartnerFacts> batch, IReadOnlyList<LedgerRow> rows, CancellationToken cancellationToken, IReadOnlyCollection<PartnerFacts>? read = null)
    {
        string[] emailKeys = [.. batch.Select(facts => facts.Email?.Key).OfType<string>().Distinct(StringComparer.Ordinal)];
        var accounts = await customers.LockOwnersAsync(caller, emailKeys, cancellationToken);
        var found = await customers.FindAsync(caller, [.. rows.Select(row => row.CustomerUid).OfType<Guid>()], emailKeys, cancellationToken);
        var holders = await ledger.HoldersAsync(emailKeys, read, cancellationToken);
        var known = await ledger.KnownAsync([.. found.Where(customer => customer.Partner is null).Select(customer => customer.Uid)], cancellationToken);
        var snapshot = new PartnerSnapshot(rows, found, holders, known)
        {
            ErasedKeys = await ledger.ErasedAsync(emailKeys, cancellationToken),
            ProvenKeys = accounts.Where(account => account.EmailVerified).Select(account => account.EmailKey).ToHashSet(StringComparer.Ordinal),
        };
        return (snapshot, accounts);
    }

    // False where somebody entered one of the new customers meanwhile: then the batch is looked at again.
    private Task<bool> WriteAsync(Caller caller, PartnerMatcher matcher, DateTimeOffset now, CancellationToken cancellationToken)
    {
        foreach (var target in matcher.Made)
        {
            var facts = target.MadeOf!;
            target.Customer = Customer.CreateFromErp(
                caller.OrganizationId, facts.Values, new PartnerKey(ledger.Source, facts.Partner.Id), ownership.OwnsArchived && !facts.Partner.IsActive, now);
        }

        return customers.WriteAsync(
            caller, [.. matcher.Changed.Select(target => new ErpChange(target.Before!, target.Customer))], [.. matcher.Made.Select(target => target.Customer)], cancellationToken);
    }

    [LoggerMessage(LogLevel.Error, "Partner {Partner} could not be imported")]
    private partial void LogFailed(Exception bug, string partner);
}
