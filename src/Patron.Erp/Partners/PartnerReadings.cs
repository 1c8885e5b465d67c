using Microsoft.Extensions.Logging;
using NpgsqlTypes;
using Patron.Customers.Erp;
using Patron.Erp.Runs;
using Patron.Shared.Callers;
using Patron.Shared.Database;

namespace Patron.Erp.Partners;

/// <summary>
/// Keeps what a run has read and not decided yet (<c>erp.readings</c>). A page is one transaction: what is new of it is written down, and records without
/// account lose their claim to an address that their partner has left. All claims come later, so the order of pages does not matter.
/// </summary>
public sealed partial class PartnerReadings(
    DatabaseSession database, PartnerLedger ledger, ErpCustomers customers, ErpOwnership ownership, TimeProvider time, ILogger<PartnerReadings> logger)
{
    // Ordered, so that two processes of which one is thought dead do not wait for each other.
    private const string WriteSql = """
        INSERT INTO erp.readings (source, external_id, rank, is_active, email_key, written_at, hash, facts)
        SELECT $1, * FROM unnest($2, $3, $4, $5, $6, $7, $8::jsonb[]) AS page (external_id, rank, is_active, email_key, written_at, hash, facts) ORDER BY 1, 2
        ON CONFLICT (source, external_id) DO UPDATE SET rank = excluded.rank, is_active = excluded.is_active, email_key = excluded.email_key,
            written_at = excluded.written_at, hash = excluded.hash, facts = excluded.facts
        """;

    private const string WaitingSql = "SELECT external_id FROM erp.readings WHERE source = $1 AND external_id = ANY ($2)";

    // Conflicts are tried again by every run, whether their partners say something new or not.
    private const string ConflictsSql = """
        INSERT INTO erp.readings (source, external_id, rank, is_active, email_key, written_at, hash, facts)
        SELECT source, external_id, rank, is_active, email_key, written_at, hash, facts FROM erp.partners
        WHERE source = $1 AND state = 'conflict' AND is_in_erp AND facts IS NOT NULL
        ON CONFLICT DO NOTHING
        """;

    // So are records without account whose address is no longer their partner's, because people have changed it. A full run has compared all records by
    // now. What staff have kept as it was stays so.
    private const string ChangedAddressesSql = """
        INSERT INTO erp.readings (source, external_id, rank, is_active, email_key, written_at, hash, facts)
        SELECT p.source, p.external_id, p.rank, p.is_active, p.email_key, p.written_at, p.hash, p.facts
        FROM erp.partners p JOIN customers.customers c ON c.uid = p.customer_uid AND c.erp_source = p.source AND c.erp_id = p.external_id
        WHERE p.source = $1 AND p.state = 'current' AND p.is_in_erp AND p.facts IS NOT NULL
            AND c.user_id IS NULL AND c.version IS DISTINCT FROM p.customer_version
            AND (c.email_key, c.claim = 'claimed') IS DISTINCT FROM (p.email_key, p.email_key IS NOT NULL)
        ON CONFLICT DO NOTHING
        """;

    // The first of these to be decided is the active partner with the lowest rank.
    private const string NextSql = """
        SELECT rank, facts::text, written_at FROM erp.readings
        WHERE source = $1 AND (NOT is_active, rank, external_id) > ($2, $3, $4) ORDER BY (NOT is_active), rank, external_id LIMIT $5
        """;

    /// <summary>Writes down what is new of a page; with what could not be read. False where another process has taken the run over.</summary>
    public async Task<bool> SaveAsync(Caller caller, SyncTicket ticket, PartnerPage page, CancellationToken cancellationToken)
    {
        var failed = page.Unreadable.ToList();
        var read = Read(page.Partners, failed);
        await using var transaction = await ticket.BeginAsync(database, cancellationToken);
        if (transaction is null)
        {
            return false;
        }

        var changed = (await CompareAsync(read, ticket.IsFull, cancellationToken)).FindAll(one => one.IsNew);
        await customers.ReleaseAddressesAsync(caller, [.. FindLeftAddresses(changed)], cancellationToken);
        await WriteAsync([.. changed.Select(one => one.Facts)], cancellationToken);
        await ledger.WriteFailedAsync(failed, caller.OrganizationId, time.GetDatabaseNow(), cancellationToken);
        await ticket.AdvanceAsync(database, page.Cursor, page.Partners.Count, cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return true;
    }

    /// <summary>
    /// Lets conflicts be decided again, whose addresses may be free by now, and records whose address people have changed. False where another process has
    /// taken the run over.
    /// </summary>
    public async Task<bool> DecideAgainAsync(SyncTicket ticket, CancellationToken cancellationToken)
    {
        await using var transaction = await ticket.BeginAsync(database, cancellationToken);
        if (transaction is null)
        {
            return false;
        }

        await database.ExecuteAsync(ConflictsSql, cancellationToken, ledger.Source);
        if (!ticket.IsFull)
        {
            await database.ExecuteAsync(ChangedAddressesSql, cancellationToken, ledger.Source);
        }

        await transaction.CommitAsync(cancellationToken);
        return true;
    }

    /// <summary>The next readings, by rank, active partners first, after the one given. An empty list is the end.</summary>
    internal async Task<IReadOnlyList<PartnerFacts>> NextAsync(PartnerFacts? after, int limit, CancellationToken cancellationToken) => await database.QueryAsync(
        NextSql, ReadFacts, cancellationToken, ledger.Source, after is { Partner.IsActive: false }, after?.Partner.Rank ?? long.MinValue, after?.Partner.Id ?? "", limit);

    /// <summary>What the partners say; those that cannot be understood are added to <paramref name="failed"/>.</summary>
    internal List<PartnerFacts> Read(IReadOnlyList<ErpPartner> partners, List<PartnerNote> failed)
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
                failed.Add(new PartnerNote(partner.Id, PartnerNote.UnexpectedReason(bug)));
            }
        }

        return facts;
    }

    /// <summary>The partners with their lines of the ledger, and whether they say something new.</summary>
    internal async Task<List<(PartnerFacts Facts, LedgerRow? Row, bool IsNew)>> CompareAsync(
        IReadOnlyCollection<PartnerFacts> read, bool isFull, CancellationToken cancellationToken)
    {
        string[] ids = [.. read.Select(facts => facts.Partner.Id)];
        var rows = (await ledger.RowsAsync(ids, cancellationToken)).ToDictionary(row => row.Id, StringComparer.Ordinal);
        // What is waiting may have been read a moment ago and changed back since.
        var waiting = (await database.QueryAsync(WaitingSql, row => row.Text(), cancellationToken, ledger.Source, ids)).ToHashSet(StringComparer.Ordinal);
        return [.. from facts in read
                   let row = rows.GetValueOrDefault(facts.Partner.Id)
                   select (facts, row, row?.IsAsRead(facts, isFull) != true || waiting.Contains(facts.Partner.Id))];
    }

    /// <summary>The addresses that partners have left, and the customers of whom they were partners.</summary>
    internal IEnumerable<LeftAddress> FindLeftAddresses(IEnumerable<(PartnerFacts Facts, LedgerRow? Row, bool IsNew)> changed) =>
        from one in changed
        where one.Row is { CustomerUid: not null, EmailKey: not null } && one.Row.EmailKey != one.Facts.Email?.Key
        select new LeftAddress(one.Row.CustomerUid!.Value, one.Row.EmailKey!, new PartnerKey(ledger.Source, one.Row.Id));

    private PartnerFacts ReadFacts(RowCursor row)
    {
        var rank = row.Long();
        var json = row.Text();
        return PartnerFacts.Of(json, rank, row.OptionalTime(), ownership);
    }

    private Task WriteAsync(IReadOnlyList<PartnerFacts> facts, CancellationToken cancellationToken) => facts.Count == 0
        ? Task.CompletedTask
        : database.ExecuteAsync(
            WriteSql, cancellationToken, ledger.Source, facts.Select(one => one.Partner.Id).ToArray(), facts.Select(one => one.Partner.Rank).ToArray(),
            facts.Select(one => one.Partner.IsActive).ToArray(),
            OptionalParameter.Of(facts.Select(one => one.Email?.Key).ToArray(), NpgsqlDbType.Array | NpgsqlDbType.Text),
            OptionalParameter.Of(facts.Select(one => one.Partner.WriteDate).ToArray(), NpgsqlDbType.Array | NpgsqlDbType.TimestampTz),
            facts.Select(one => one.Hash).ToArray(), facts.Select(one => one.Json).ToArray());

    [LoggerMessage(LogLevel.Error, "Partner {Partner} could not be understood")]
    private partial void LogUnread(Exception bug, string partner);
}
