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
    DatabaseSession session, CustomerLinker linker, IdentifierAllotment identifiers, ErpOwnership ownership, TimeProvider time, ILogger<TakePartners> logger)
{
    // Who comes in between with the same address or name costs another look; after three the page is taken in halves.
    private const int MaxLooks = 3;

    /// <summary>What a process hears that was thought dead.</summary>
    public static Error TakenOver { get; } = Error.Rule("Another process has taken this run over.");

    // Archived is the ERP's word, not one that people write.
    private static readonly IReadOnlyList<Field<Customer>> Audited = [.. CustomerSchema.Fields.Written, CustomerSchema.IsArchived];

    private static readonly Error ComingBetween = Error.Rule("Somebody entered the same customers meanwhile.");

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

        await using var transaction = await session.BeginAsync(cancellation);
        await new PartnerLedger(session.Connection).WriteFailedAsync(failed, caller.OrganizationId, time.GetDatabaseNow(), cancellation);
        return await transaction.CommitAsync(default(Done), cancellation);
    }

    /// <summary>What would become of the partners, without a lock or a write; <paramref name="made"/> remembers those that earlier pages would have made.</summary>
    public async Task<SyncPreview> PreviewAsync(Caller caller, IReadOnlyList<ErpPartner> partners, SyncPreview made, CancellationToken cancellation)
    {
        var failed = new List<PartnerNote>();
        var facts = Read(partners, failed);
        made.Fail(failed);
        return await session.OnConnectionAsync(
            async connection =>
            {
                var (page, _) = await LookAsync(caller, new PartnerLedger(connection) { IsLocking = false }, facts, isFull: false, time.GetDatabaseNow(), cancellation);
                return made.With(facts, page);
            },
            cancellation);
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
                await using var transaction = await session.BeginAsync(cancellation);
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
        if (!await ticket.HoldAsync(session.Connection, cancellation))
        {
            return TakenOver;
        }

        var now = time.GetDatabaseNow();
        var ledger = new PartnerLedger(session.Connection);
        var (page, accounts) = await LookAsync(caller, ledger, facts, ticket.IsFull, now, cancellation);
        var decisions = facts.Select(page.Decide).ToList();
        if (!await WriteCustomersAsync(caller, page, ledger, now, cancellation))
        {
            return ComingBetween;
        }

        await ledger.WriteAsync([.. decisions.Where(decision => !decision.IsKnown)], ticket.RunId, caller.OrganizationId, now, cancellation);
        await LinkAsync(caller, accounts, page, cancellation);
        return default(Done);
    }

    // Accounts are locked before records.
    private async Task<(PartnerDecider Page, IReadOnlyList<Account> Accounts)> LookAsync(
        Caller caller, PartnerLedger ledger, PartnerFacts[] facts, bool isFull, DateTimeOffset now, CancellationToken cancellation)
    {
        var rows = (await ledger.RowsAsync([.. facts.Select(one => one.Partner.Id)], cancellation)).ToDictionary(row => row.PartnerId);
        var keys = facts.Where(one => IsAsked(one, rows.GetValueOrDefault(one.Partner.Id))).Select(one => one.Email!.Key).Distinct(StringComparer.Ordinal).ToArray();
        var accounts = await linker.LockOwnersAsync(caller, keys, cancellation);
        var customers = await ledger.LockAsync([.. LinkedOf(facts, rows, isFull)], keys, caller.OrganizationId, cancellation);
        var ties = keys.Length == 0 ? [] : await ledger.TiesAsync([.. customers.Select(customer => customer.Uid)], keys, cancellation);
        return (new PartnerDecider(ownership, new LedgerLook(rows.Values, customers, ties), ProvenKeys(accounts), isFull, now), accounts);
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

    private async Task<bool> WriteCustomersAsync(Caller caller, PartnerDecider page, PartnerLedger ledger, DateTimeOffset now, CancellationToken cancellation)
    {
        if (page.Made.Count + page.Changed.Count == 0)
        {
            return true;
        }

        var staging = await CustomerStaging.CreateAsync(session.Connection, caller, cancellation);
        if (page.Changed.Count > 0)
        {
            await staging.ChangeAsync("customer.synced", [.. page.Changed.Select(Staged)], cancellation);
            await ledger.FulfilAsync(now, cancellation);
        }

        if (page.Made.Count == 0)
        {
            return true;
        }

        foreach (var target in page.Made)
        {
            var facts = target.MadeOf!;
            target.Customer = Customer.CreateFromErp(caller.OrganizationId, facts.Values, facts.Partner.Id, ownership.OwnsArchived && !facts.Partner.IsActive, now);
        }

        await identifiers.AllotAsync(caller.OrganizationId, [.. page.Made.Select(target => target.Customer)], cancellation);
        var entered = await staging.EnterAsync("customer.synced", [.. page.Made.Select(Staged)], cancellation);
        return entered.Count == page.Made.Count;
    }

    private static StagedCustomer Staged(PartnerTarget target)
    {
        var (before, after) = (target.Before ?? new Customer(), target.Customer);
        var changed = Audited.Where(field => field.Differs(before, after)).ToList();
        return new StagedCustomer(after, changed.ToJson(before), changed.ToJson(after));
    }

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
