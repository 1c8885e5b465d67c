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
/// Imports a batch of partners into the home organization's customers in one transaction. A failing batch is split in halves until the
/// failing partner is found and recorded; the others continue. Errors: 400 where another process has taken over the run. Throws <see
/// cref="PostgresException"/> where others hold a lock that the batch needs (<see cref="FencingToken.IsLockConflict"/>); nothing was written
/// then.
/// </summary>
public sealed partial class PartnerImporter(
    DatabaseSession database, PartnerLedger ledger, ErpCustomers customers, ErpOwnership ownership, TimeProvider time,
    ILogger<PartnerImporter> logger)
{
    // A concurrent change of the same address or name costs another attempt; after three attempts the batch is split.
    private const int MaxAttempts = 3;

    private static readonly Error Deadlock = Error.Rule(
        "conflict", "Someone else created, settled or erased the same customers in the meantime.");

    /// <summary>The error for a process whose run another one has taken over.</summary>
    public static Error TakenOver { get; } = Error.Rule("sync_taken_over", "Another process has taken over this run.");

    internal async Task<Result<Unit>> HandleAsync(
        Caller caller, FencingToken fencingToken, IReadOnlyList<PartnerData> batch, CancellationToken cancellationToken)
    {
        var failed = new List<PartnerIssue>();
        if (await ImportAsync(caller, fencingToken, batch, failed, cancellationToken) is { } lost)
        {
            return lost;
        }

        await ledger.WriteFailedAsync(failed, caller.OrganizationId, time.GetDatabaseNow(), cancellationToken);
        return default(Unit);
    }

    private async Task<Error?> ImportAsync(
        Caller caller, FencingToken fencingToken, IReadOnlyList<PartnerData> batch, List<PartnerIssue> failed,
        CancellationToken cancellationToken)
    {
        var refused = await TryImportAsync(caller, fencingToken, batch, cancellationToken);
        if (refused is null || refused == TakenOver)
        {
            return refused;
        }

        if (batch.Count == 1)
        {
            failed.Add(new PartnerIssue(batch[0].Partner.Id, refused.Detail));
            return null;
        }

        // Keep the order: the first half claims addresses before the second.
        var half = batch.Count / 2;
        return await ImportAsync(caller, fencingToken, [.. batch.Take(half)], failed, cancellationToken)
            ?? await ImportAsync(caller, fencingToken, [.. batch.Skip(half)], failed, cancellationToken);
    }

    private async Task<Error?> TryImportAsync(
        Caller caller, FencingToken fencingToken, IReadOnlyList<PartnerData> batch, CancellationToken cancellationToken)
    {
        for (var attempt = 1; ; attempt++)
        {
            Error? refused;
            try
            {
                await using var transaction = await database.BeginAsync(cancellationToken);
                refused =
                    (await transaction.CommitAsync(
                        await ImportInTransactionAsync(caller, fencingToken, batch, cancellationToken), cancellationToken)).Error;
            }
            catch (PostgresException refusal) when (!FencingToken.IsLockConflict(refusal)
                && (!DatabaseFailure.IsTemporary(refusal) || DatabaseFailure.IsRetriable(refusal)))
            {
                // Do not report the value: it may be personal data.
                refused = DatabaseFailure.IsRetriable(refusal)
                    || refusal.SqlState is PostgresErrorCodes.UniqueViolation or PostgresErrorCodes.ForeignKeyViolation
                    ? Deadlock
                    : Error.Rule("partner_refused", $"The database refused a value of this partner ({refusal.SqlState}).");
            }
            catch (Exception bug) when (bug is not OperationCanceledException && !DatabaseFailure.IsTemporary(bug))
            {
                // The transaction was rolled back; the failing partner is found in the same way as after a database error.
                if (batch.Count == 1)
                {
                    LogFailed(bug, batch[0].Partner.Id);
                }

                refused = Error.Rule("internal_error", PartnerIssue.UnexpectedReason(bug));
            }

            if (refused != Deadlock || attempt == MaxAttempts)
            {
                return refused;
            }
        }
    }

    // Lock order: accounts, customers, ledger.
    private async Task<Result<Unit>> ImportInTransactionAsync(
        Caller caller, FencingToken fencingToken, IReadOnlyList<PartnerData> batch, CancellationToken cancellationToken)
    {
        if (!await fencingToken.LockRunAsync(database, cancellationToken))
        {
            return TakenOver;
        }

        var now = time.GetDatabaseNow();
        var rows = await ledger.ReadRowsAsync([.. batch.Select(data => data.Partner.Id)], cancellationToken);
        var (snapshot, accounts) = await TakeSnapshotAsync(caller, batch, rows, cancellationToken);
        var matcher = new PartnerMatcher(ledger.Source, ownership, snapshot, now);
        List<PartnerDecision> decisions = [.. batch.Select(matcher.Decide)];
        if (!await ledger.LockUnchangedAsync(rows, cancellationToken) || !await WriteAsync(caller, matcher, now, cancellationToken))
        {
            return Deadlock;
        }

        await ledger.WriteAsync(decisions, fencingToken.RunId, caller.OrganizationId, now, cancellationToken);
        if (accounts.Count > 0)
        {
            await customers.LinkOwnersAsync(
                caller, accounts, [.. matcher.Created.Concat(matcher.Changed).Select(target => target.Customer)], cancellationToken);
        }

        return default(Unit);
    }

    /// <summary>
    /// The existing rows of these partners and their addresses, and the accounts with these addresses, locked if a transaction is running.
    /// A preview passes the data that it has <paramref name="read"/> of existing partners.
    /// </summary>
    internal async Task<(PartnerSnapshot Snapshot, IReadOnlyList<Account> Accounts)> TakeSnapshotAsync(
        Caller caller, IEnumerable<PartnerData> batch, IReadOnlyList<LedgerRow> rows, CancellationToken cancellationToken,
        IReadOnlyCollection<PartnerData>? read = null)
    {
        string[] emailKeys = [.. batch.Select(data => data.Email?.Key).OfType<string>().Distinct(StringComparer.Ordinal)];
        var accounts = await customers.LockOwnersAsync(caller, emailKeys, cancellationToken);
        var existing = await customers.FindAsync(
            caller, [.. rows.Select(row => row.CustomerUid).OfType<Guid>()], emailKeys, cancellationToken);
        var holders = await ledger.FindHoldersAsync(emailKeys, read, cancellationToken);
        var everLinked = await ledger.FindEverLinkedAsync(
            [.. existing.Where(customer => customer.Partner is null).Select(customer => customer.Uid)], cancellationToken);
        var snapshot = new PartnerSnapshot(rows, existing, holders, everLinked)
        {
            ErasedKeys = await ledger.FindErasedAsync(emailKeys, cancellationToken),
            ProvenKeys = accounts.Where(account => account.EmailVerified).Select(account => account.EmailKey)
                .ToHashSet(StringComparer.Ordinal),
        };
        return (snapshot, accounts);
    }

    // False where one of the new customers was created by somebody else meanwhile: the batch is then tried again.
    private Task<bool> WriteAsync(Caller caller, PartnerMatcher matcher, DateTimeOffset now, CancellationToken cancellationToken)
    {
        foreach (var target in matcher.Created)
        {
            var data = target.CreatedFrom!;
            target.Customer = Customer.CreateFromErp(
                caller.OrganizationId, data.Values, new PartnerKey(ledger.Source, data.Partner.Id), ownership.OwnsArchived
                    && !data.Partner.IsActive, now);
        }

        return customers.WriteAsync(
            caller, [.. matcher.Changed.Select(target => new ErpChange(target.Before!, target.Customer))],
            [.. matcher.Created.Select(target => target.Customer)], cancellationToken);
    }

    [LoggerMessage(LogLevel.Error, "Partner {Partner} could not be imported")]
    private partial void LogFailed(Exception bug, string partner);
}
