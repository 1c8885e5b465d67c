using Microsoft.Extensions.Logging;
using Npgsql;
using Patron.Customers.Accounts;
using Patron.Customers.Customers;
using Patron.Customers.Database;
using Patron.Customers.Erp;
using Patron.Customers.Import;
using Patron.Customers.Links;
using Patron.Customers.Schema;
using Patron.Shared.Callers;
using Patron.Shared.Database;
using Patron.Shared.Results;

namespace Patron.Customers.Sync;

/// <summary>A page of partners as a run has read it, in ascending order of their numbers, and those that could not be read.</summary>
public sealed record PartnerBatch(IReadOnlyList<ErpPartner> Partners, IReadOnlyList<PartnerNote> Unreadable);

/// <summary>
/// Brings a page of the ERP's partners together with the home organization's customers: set by set in one transaction. What fails there
/// is halved until the one partner that is to blame is found and noted; the others go on. Whatever has been taken once changes nothing
/// when it is taken again. Errors: 400 where another process has taken the run over.
/// </summary>
public sealed partial class TakePartners(
    PartnerLedger ledger, SyncedCustomers synced, CustomerLinker linker, ErpOwnership ownership, TimeProvider time, ILogger<TakePartners> logger)
{
    // Who comes in between with the same address or name costs another look; after three the page is taken in halves.
    private const int MaxLooks = 3;

    /// <summary>What a process hears that was thought dead.</summary>
    public static Error TakenOver { get; } = Error.Rule("Another process has taken this run over.");

    private static readonly Error ComingBetween = Error.Rule("Somebody entered the same customers, or settled or erased them, meanwhile.");

    public async Task<Result<Done>> HandleAsync(Caller caller, SyncTicket ticket, PartnerBatch batch, CancellationToken cancellation)
    {
        var failed = batch.Unreadable.ToList();
        if (await TakeAsync(caller, ticket, Read(batch.Partners, failed), failed, cancellation) is { } lost)
        {
            return lost;
        }

        if (failed.Count == 0)
        {
            return default(Done);
        }

        await ledger.WriteFailedAsync(failed, caller.OrganizationId, time.GetDatabaseNow(), cancellation);
        return default(Done);
    }

    /// <summary>What would become of the partners, without a lock or a write; <paramref name="made"/> remembers those that earlier pages would have made.</summary>
    public async Task<SyncPreview> PreviewAsync(Caller caller, IReadOnlyList<ErpPartner> partners, SyncPreview made, CancellationToken cancellation)
    {
        var failed = new List<PartnerNote>();
        var facts = Read(partners, failed);
        made.Fail(failed);
        var (page, _) = await LookAsync(caller, facts, isFull: false, time.GetDatabaseNow(), cancellation);
        return made.With(facts, page);
    }

    // Before any transaction: what cannot be understood of one partner is noted, and the others go on.
    private PartnerFacts[] Read(IReadOnlyList<ErpPartner> partners, List<PartnerNote> failed)
    {
        var facts = new List<PartnerFacts>(partners.Count);
        foreach (var partner in partners)
        {
            try
            {
                facts.Add(PartnerFacts.Of(partner, ownership));
            }
            catch (Exception bug)
            {
                LogUnread(bug, partner.Id);
                failed.Add(new PartnerNote(partner.Id, Unexpected(bug)));
            }
        }

        return [.. facts];
    }

    private static string Unexpected(Exception bug) => $"Something unexpected went wrong with this partner ({bug.GetType().Name}); the log says more. Please report it.";

    private async Task<Error?> TakeAsync(Caller caller, SyncTicket ticket, PartnerFacts[] facts, List<PartnerNote> failed, CancellationToken cancellation)
    {
        if (facts.Length == 0)
        {
            return null;
        }

        var refused = await TryTakeAsync(caller, ticket, facts, cancellation);
        if (refused is null || refused == TakenOver)
        {
            return refused;
        }

        if (facts.Length == 1)
        {
            failed.Add(new PartnerNote(facts[0].Partner.Id, refused.Detail));
            return null;
        }

        var half = facts.Length / 2;
        return await TakeAsync(caller, ticket, facts[..half], failed, cancellation) ?? await TakeAsync(caller, ticket, facts[half..], failed, cancellation);
    }

    private async Task<Error?> TryTakeAsync(Caller caller, SyncTicket ticket, PartnerFacts[] facts, CancellationToken cancellation)
    {
        for (var look = 1; ; look++)
        {
            Error? refused;
            try
            {
                await using var transaction = await ledger.BeginAsync(cancellation);
                refused = (await transaction.CommitAsync(await TakeInTransactionAsync(caller, ticket, facts, cancellation), cancellation)).Error;
            }
            catch (PostgresException refusal) when (!DatabaseFailure.IsTemporary(refusal) || DatabaseFailure.IsWorthRetrying(refusal))
            {
                // The value itself is not told: it is somebody's.
                refused = DatabaseFailure.IsWorthRetrying(refusal) || refusal.SqlState is PostgresErrorCodes.UniqueViolation or PostgresErrorCodes.ForeignKeyViolation
                    ? ComingBetween
                    : Error.Rule($"The database refused a value of this partner ({refusal.SqlState}).");
            }
            catch (Exception bug) when (bug is not OperationCanceledException && !DatabaseFailure.IsTemporary(bug))
            {
                // The transaction is undone; which partner it is about is found like a refusal of the database.
                if (facts.Length == 1)
                {
                    LogUnread(bug, facts[0].Partner.Id);
                }

                refused = Error.Rule(Unexpected(bug));
            }

            if (refused != ComingBetween || look == MaxLooks)
            {
                return refused;
            }
        }
    }

    private async Task<Result<Done>> TakeInTransactionAsync(Caller caller, SyncTicket ticket, PartnerFacts[] facts, CancellationToken cancellation)
    {
        if (!await ledger.HoldAsync(ticket, cancellation))
        {
            return TakenOver;
        }

        var now = time.GetDatabaseNow();
        var (page, accounts) = await LookAsync(caller, facts, ticket.IsFull, now, cancellation);
        var decisions = facts.Select(page.Decide).Where(decision => !decision.IsKnown).ToList();
        if (!await ledger.LockAsReadAsync([.. decisions.Select(decision => decision.Row).OfType<LedgerRow>()], cancellation) || !await synced.WriteAsync(caller, page, now, cancellation))
        {
            return ComingBetween;
        }

        await ledger.WriteAsync(decisions, ticket.RunId, caller.OrganizationId, now, cancellation);
        await LinkAsync(caller, accounts, page, cancellation);
        return default(Done);
    }

    // Accounts are locked before records.
    private async Task<(PartnerDecider Page, IReadOnlyList<Account> Accounts)> LookAsync(
        Caller caller, PartnerFacts[] facts, bool isFull, DateTimeOffset now, CancellationToken cancellation)
    {
        var rows = (await ledger.RowsAsync([.. facts.Select(one => one.Partner.Id)], cancellation)).ToDictionary(row => row.PartnerId);
        var keys = facts.Where(one => IsAsked(one, rows.GetValueOrDefault(one.Partner.Id))).Select(one => one.Email!.Key).Distinct(StringComparer.Ordinal).ToArray();
        var accounts = await linker.LockOwnersAsync(caller, keys, cancellation);
        var customers = await ledger.LockAsync([.. LinkedOf(facts, rows, isFull)], keys, caller.OrganizationId, cancellation);
        var ties = keys.Length == 0 ? [] : await ledger.TiesAsync([.. customers.Select(customer => customer.Uid)], keys, cancellation);
        var look = new LedgerLook(rows.Values, customers, ties, await ledger.ErasedAsync(keys, cancellation));
        return (new PartnerDecider(ownership, look, ProvenKeys(accounts), isFull, now), accounts);
    }

    private static bool IsAsked(PartnerFacts facts, LedgerRow? row) =>
        facts.Email is { } email && row is null or { CustomerUid: null } ? facts.Skip is null
        : facts.Email is not null && (facts.Email.Key != row!.EmailKey || row.State == PartnerState.Unseen);

    private static HashSet<string> ProvenKeys(IReadOnlyList<Account> accounts) =>
        accounts.Where(account => account.EmailVerified).Select(account => account.EmailKey).ToHashSet(StringComparer.Ordinal);

    // What is read as it was before needs no record.
    private static IEnumerable<Guid> LinkedOf(PartnerFacts[] facts, Dictionary<long, LedgerRow> rows, bool full) =>
        from one in facts
        let row = rows.GetValueOrDefault(one.Partner.Id)
        where row?.CustomerUid is not null && !row.IsAsRead(one, full)
        select row.CustomerUid!.Value;

    // Somebody has proven the address before the ERP brought it: the record is theirs.
    private async Task LinkAsync(Caller caller, IReadOnlyList<Account> accounts, PartnerDecider page, CancellationToken cancellation)
    {
        if (accounts.Count > 0)
        {
            await linker.LinkOwnersAsync(caller, accounts, [.. page.Made.Concat(page.Changed).Select(target => target.Customer)], cancellation);
        }
    }

    [LoggerMessage(LogLevel.Error, "Partner {Partner} could not be taken")]
    private partial void LogUnread(Exception bug, long partner);
}
