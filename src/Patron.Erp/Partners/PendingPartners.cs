using Microsoft.Extensions.Logging;
using NpgsqlTypes;
using Patron.Customers.Erp;
using Patron.Erp.Runs;
using Patron.Shared.Callers;
using Patron.Shared.Database;

namespace Patron.Erp.Partners;

/// <summary>
/// Stores the partners that a run has read and not yet decided (<c>erp.readings</c>). Each page is one transaction: changed partners are
/// stored, and records without account release addresses that their partner no longer has. Addresses are claimed later, so the order of
/// pages does not matter.
/// </summary>
public sealed partial class PendingPartners(
    DatabaseSession database, PartnerLedger ledger, ErpCustomers customers, ErpOwnership ownership, TimeProvider time,
    ILogger<PendingPartners> logger)
{
    // Ordered, so that a process and its presumed dead predecessor do not deadlock.
    private const string WriteSql = """
        INSERT INTO erp.readings (source, external_id, rank, is_active, email_key, written_at, hash, facts)
        SELECT $1, * FROM unnest($2, $3, $4, $5, $6, $7, $8::jsonb[]) AS page (external_id, rank, is_active, email_key, written_at, hash, facts) ORDER BY 1, 2
        ON CONFLICT (source, external_id) DO UPDATE SET rank = excluded.rank, is_active = excluded.is_active, email_key = excluded.email_key,
            written_at = excluded.written_at, hash = excluded.hash, facts = excluded.facts
        """;

    private const string PendingSql = "SELECT external_id FROM erp.readings WHERE source = $1 AND external_id = ANY ($2)";

    // Every run retries conflicts, also of unchanged partners.
    private const string ConflictsSql = """
        INSERT INTO erp.readings (source, external_id, rank, is_active, email_key, written_at, hash, facts)
        SELECT source, external_id, rank, is_active, email_key, written_at, hash, facts FROM erp.partners
        WHERE source = $1 AND state = 'conflict' AND is_in_erp AND facts IS NOT NULL
        ON CONFLICT DO NOTHING
        """;

    // The same for records without account whose address people have changed. A full run has already compared all records. Differences that
    // staff decided to keep stay.
    private const string ChangedAddressesSql = """
        INSERT INTO erp.readings (source, external_id, rank, is_active, email_key, written_at, hash, facts)
        SELECT p.source, p.external_id, p.rank, p.is_active, p.email_key, p.written_at, p.hash, p.facts
        FROM erp.partners p JOIN customers.customers c ON c.uid = p.customer_uid AND c.erp_source = p.source AND c.erp_id = p.external_id
        WHERE p.source = $1 AND p.state = 'current' AND p.is_in_erp AND p.facts IS NOT NULL
            AND c.user_id IS NULL AND c.version IS DISTINCT FROM p.customer_version
            AND (c.email_key, c.claim = 'claimed') IS DISTINCT FROM (p.email_key, p.email_key IS NOT NULL)
        ON CONFLICT DO NOTHING
        """;

    // The active partner with the lowest rank is decided first.
    private const string NextSql = """
        SELECT rank, facts::text, written_at FROM erp.readings
        WHERE source = $1 AND (NOT is_active, rank, external_id) > ($2, $3, $4) ORDER BY (NOT is_active), rank, external_id LIMIT $5
        """;

    /// <summary>
    /// Stores the changed partners of a page, and those that could not be read. False where another process has taken over the run.
    /// </summary>
    public async Task<bool> SaveAsync(Caller caller, FencingToken fencingToken, PartnerPage page, CancellationToken cancellationToken)
    {
        var failed = page.Unreadable.ToList();
        var read = Read(page.Partners, failed);
        await using var transaction = await fencingToken.BeginAsync(database, cancellationToken);
        if (transaction is null)
        {
            return false;
        }

        var changed = (await CompareAsync(read, fencingToken.IsFull, cancellationToken)).FindAll(entry => entry.IsNew);
        await customers.ReleaseAddressesAsync(caller, [.. FindRemovedAddresses(changed)], cancellationToken);
        await WriteAsync([.. changed.Select(entry => entry.Data)], cancellationToken);
        await ledger.WriteFailedAsync(failed, caller.OrganizationId, time.GetDatabaseNow(), cancellationToken);
        await fencingToken.AdvanceAsync(database, page.Cursor, page.Partners.Count, cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return true;
    }

    /// <summary>
    /// Queues conflicts again, whose addresses may be free by now, and records whose address people have changed. False where another
    /// process has taken over the run.
    /// </summary>
    public async Task<bool> RequeueAsync(FencingToken fencingToken, CancellationToken cancellationToken)
    {
        await using var transaction = await fencingToken.BeginAsync(database, cancellationToken);
        if (transaction is null)
        {
            return false;
        }

        await database.ExecuteAsync(ConflictsSql, cancellationToken, ledger.Source);
        if (!fencingToken.IsFull)
        {
            await database.ExecuteAsync(ChangedAddressesSql, cancellationToken, ledger.Source);
        }

        await transaction.CommitAsync(cancellationToken);
        return true;
    }

    /// <summary>The next partners after the given one, active ones first, by rank. An empty list is the end.</summary>
    internal async Task<IReadOnlyList<PartnerData>> NextAsync(PartnerData? after, int limit, CancellationToken cancellationToken) =>
        await database.QueryAsync(
        NextSql, ReadData, cancellationToken, ledger.Source, after is { Partner.IsActive: false }, after?.Partner.Rank
            ?? long.MinValue, after?.Partner.Id ?? "", limit);

    /// <summary>Maps the partners; those that cannot be mapped are added to <paramref name="failed"/>.</summary>
    internal List<PartnerData> Read(IReadOnlyList<ErpPartner> partners, List<PartnerIssue> failed)
    {
        var data = new List<PartnerData>(partners.Count);
        foreach (var partner in partners)
        {
            try
            {
                data.Add(PartnerData.From(partner, ownership));
            }
            catch (Exception bug)
            {
                LogInvalid(bug, partner.Id);
                failed.Add(new PartnerIssue(partner.Id, PartnerIssue.UnexpectedReason(bug)));
            }
        }

        return data;
    }

    /// <summary>The partners with their ledger rows, and whether they have changed.</summary>
    internal async Task<List<(PartnerData Data, LedgerRow? Row, bool IsNew)>> CompareAsync(
        IReadOnlyCollection<PartnerData> read, bool isFull, CancellationToken cancellationToken)
    {
        string[] ids = [.. read.Select(data => data.Partner.Id)];
        var rows = (await ledger.ReadRowsAsync(ids, cancellationToken)).ToDictionary(row => row.Id, StringComparer.Ordinal);
        // A pending partner counts as changed, because it may have changed back since.
        var pending = (await database.QueryAsync(PendingSql, row => row.Text(), cancellationToken, ledger.Source, ids))
            .ToHashSet(StringComparer.Ordinal);
        return [.. from data in read
                   let row = rows.GetValueOrDefault(data.Partner.Id)
                   select (data, row, row?.IsUnchanged(data, isFull) != true || pending.Contains(data.Partner.Id))];
    }

    /// <summary>The addresses that partners no longer have, with their customers.</summary>
    internal IEnumerable<RemovedAddress> FindRemovedAddresses(IEnumerable<(PartnerData Data, LedgerRow? Row, bool IsNew)> changed) =>
        from entry in changed
        where entry.Row is { CustomerUid: not null, EmailKey: not null } && entry.Row.EmailKey != entry.Data.Email?.Key
        select new RemovedAddress(entry.Row.CustomerUid!.Value, entry.Row.EmailKey!, new PartnerKey(ledger.Source, entry.Row.Id));

    private PartnerData ReadData(RowCursor row)
    {
        var rank = row.Long();
        var json = row.Text();
        return PartnerData.From(json, rank, row.OptionalTime(), ownership);
    }

    private Task WriteAsync(IReadOnlyList<PartnerData> data, CancellationToken cancellationToken) => data.Count == 0
        ? Task.CompletedTask
        : database.ExecuteAsync(
            WriteSql, cancellationToken, ledger.Source, data.Select(entry => entry.Partner.Id).ToArray(),
            data.Select(entry => entry.Partner.Rank).ToArray(),
            data.Select(entry => entry.Partner.IsActive).ToArray(),
            OptionalParameter.Of(data.Select(entry => entry.Email?.Key).ToArray(), NpgsqlDbType.Array | NpgsqlDbType.Text),
            OptionalParameter.Of(data.Select(entry => entry.Partner.WriteDate).ToArray(), NpgsqlDbType.Array | NpgsqlDbType.TimestampTz),
            data.Select(entry => entry.Hash).ToArray(), data.Select(entry => entry.Json).ToArray());

    [LoggerMessage(LogLevel.Error, "Partner {Partner} could not be mapped")]
    private partial void LogInvalid(Exception bug, string partner);
}
