using Npgsql;
using NpgsqlTypes;
using Patron.Customers.Customers;
using Patron.Shared.Database;
using Patron.Shared.Text;

namespace Patron.Erp.Partners;

/// <summary>The part of a ledger row that the next decision about its partner needs.</summary>
internal sealed record LedgerRow(
    string Id, PartnerStatus Status, Guid? CustomerUid, string? EmailKey, byte[]? Hash, bool IsCustomerUnchanged)
{
    /// <summary>
    /// Whether nothing has changed: the partner has the same data, and its state is final. A full run also checks that its customer is
    /// unchanged since the last run.
    /// </summary>
    public bool IsUnchanged(PartnerData data, bool isFull) => Status.State switch
    {
        PartnerState.Erased => true,
        PartnerState.Current => data.HasHash(Hash) && (IsCustomerUnchanged || !isFull),
        PartnerState.Skipped => data.HasHash(Hash),
        PartnerState.Conflict => data.HasHash(Hash) && !isFull,
        _ => false,
    };

    /// <summary>Whether the other row has the same state.</summary>
    public bool HasSameState(LedgerRow other) => (Status, CustomerUid, EmailKey) == (other.Status, other.CustomerUid, other.EmailKey);
}

/// <summary>The decision about one partner.</summary>
internal sealed record PartnerDecision(PartnerData Data, PartnerStatus Status)
{
    /// <summary>Its existing row; null for a new partner.</summary>
    public LedgerRow? Row { get; init; }

    /// <summary>Its customer, if it was read or is created by the batch.</summary>
    public PartnerTarget? Target { get; init; }

    /// <summary>Its customer, where the record is not changed.</summary>
    public Guid? CustomerUid { get; init; }

    public PartnerOutcome? Outcome { get; init; }
}

/// <summary>The kind of a partner's last change in a run.</summary>
internal enum PartnerOutcome
{
    Created,
    Updated,

    /// <summary>An existing customer was linked to the partner; counted as updated.</summary>
    Adopted,
}

/// <summary>
/// The rows of <c>erp.partners</c> of one ERP: a batch of partners is read by a few queries and written by one statement.
/// </summary>
public sealed class PartnerLedger(DatabaseSession database, ErasedAddressHashes erased, IErpConnector connector)
{
    private const string RowColumns = "p.external_id, p.state, p.reason, p.customer_uid, p.email_key, p.hash";

    private const string RowsSql = $"""
        SELECT {RowColumns}, c.uid IS NULL OR c.version IS NOT DISTINCT FROM p.customer_version
        FROM erp.partners p LEFT JOIN customers.customers c ON c.uid = p.customer_uid AND c.erp_source = p.source AND c.erp_id = p.external_id
        WHERE p.source = $1 AND p.external_id = ANY ($2)
        """;

    private const string LockSql =
        $"SELECT {RowColumns}, true FROM erp.partners p WHERE p.source = $1 AND p.external_id = ANY ($2) ORDER BY p.external_id FOR UPDATE";

    // Partners with these addresses in the ERP, as last read, whose customer has another address: a person with their own login, or an
    // additional partner of a customer. Partners that only want to claim an address do so by rank.
    private static readonly string HoldersSql = HoldersSqlFor("erp.readings");

    // A preview has not stored what it read.
    private static readonly string PreviewedHoldersSql = HoldersSqlFor(
        "(SELECT $1::text AS source, * FROM unnest($3::text[], $4::text[]) AS read (external_id, email_key))");

    private const string EverLinkedSql = "SELECT DISTINCT customer_uid FROM erp.partners WHERE customer_uid = ANY ($1)";

    private const string WrittenColumns = """
        source, external_id, organization_id, rank, state, reason, customer_uid, customer_version, email_key, is_active, written_at, hash, facts, run_id, outcome,
        warnings, first_seen_at, last_seen_at, address_hashes, is_in_erp
        """;

    private const string StageSql =
        $"CREATE TEMP TABLE staged_partners ON COMMIT DROP AS SELECT {WrittenColumns} FROM erp.partners WITH NO DATA";

    // Keeps the outcome of this run where a partner is decided again, so that the figures include both parts of a run that was killed.
    private const string WriteSql = $"""
        INSERT INTO erp.partners AS known ({WrittenColumns}) SELECT {WrittenColumns} FROM staged_partners
        ON CONFLICT (source, external_id) DO UPDATE SET
            rank = excluded.rank, state = excluded.state, reason = excluded.reason, customer_uid = excluded.customer_uid, email_key = excluded.email_key,
            is_active = excluded.is_active, written_at = excluded.written_at, hash = excluded.hash, facts = excluded.facts,
            run_id = CASE WHEN excluded.outcome IS NULL THEN known.run_id ELSE excluded.run_id END, outcome = coalesce(excluded.outcome, known.outcome),
            warnings = excluded.warnings, customer_version = excluded.customer_version, last_seen_at = excluded.last_seen_at,
            address_hashes = excluded.address_hashes, is_in_erp = true
        """;

    private const string DeleteReadingsSql = "DELETE FROM erp.readings WHERE source = $1 AND external_id = ANY ($2)";

    private const string FailedSql = """
        WITH failed AS (SELECT * FROM unnest($2, $3) AS failed (external_id, reason)),
        dropped AS (DELETE FROM erp.readings r USING failed WHERE r.source = $1 AND r.external_id = failed.external_id)
        INSERT INTO erp.partners AS p (source, external_id, organization_id, rank, state, reason, is_active, first_seen_at, last_seen_at)
        SELECT $1, external_id, $4, 0, 'error', reason, true, $5, $5 FROM failed
        ON CONFLICT (source, external_id) DO UPDATE SET state = 'error', reason = excluded.reason, last_seen_at = excluded.last_seen_at, is_in_erp = true
            WHERE p.state <> 'erased'
        """;

    /// <summary>The key of the ERP.</summary>
    public string Source => connector.Source;

    /// <summary>The rows of these partners.</summary>
    internal Task<List<LedgerRow>> ReadRowsAsync(string[] partners, CancellationToken cancellationToken) =>
        database.QueryAsync(RowsSql, ReadRow, cancellationToken, Source, partners);

    /// <summary>
    /// The partners that have these addresses in the ERP, lowest rank first. A preview passes what it has <paramref name="read"/> of
    /// existing partners; a run has stored that.
    /// </summary>
    internal Task<List<(string Id, Guid CustomerUid, string EmailKey)>> FindHoldersAsync(
        string[] emailKeys, IReadOnlyCollection<PartnerData>? read, CancellationToken cancellationToken) => read is null
        ? database.QueryAsync(HoldersSql, ReadHolder, cancellationToken, Source, emailKeys)
        : database.QueryAsync(
            PreviewedHoldersSql, ReadHolder, cancellationToken, Source, emailKeys, read.Select(data => data.Partner.Id).ToArray(),
            OptionalParameter.Of(read.Select(data => data.Email?.Key).ToArray(), NpgsqlDbType.Array | NpgsqlDbType.Text));

    /// <summary>The customers among these that are or were linked to a partner.</summary>
    internal Task<List<Guid>> FindEverLinkedAsync(Guid[] customers, CancellationToken cancellationToken) =>
        database.QueryAsync(EverLinkedSql, row => row.Uuid(), cancellationToken, [customers]);

    /// <summary>The addresses among these that belonged to an erased person.</summary>
    internal Task<IReadOnlySet<string>> FindErasedAsync(IReadOnlyCollection<string> emailKeys, CancellationToken cancellationToken) =>
        erased.FindAsync(emailKeys, cancellationToken);

    /// <summary>
    /// Locks these rows until the end of the transaction, after the customers like everybody. False where one has changed since it was
    /// read: staff settled it, or its person was erased.
    /// </summary>
    internal async Task<bool> LockUnchangedAsync(IReadOnlyCollection<LedgerRow> read, CancellationToken cancellationToken)
    {
        var byId = read.ToDictionary(row => row.Id, StringComparer.Ordinal);
        var locked = byId.Count == 0 ? [] : await database.QueryAsync(LockSql, ReadRow, cancellationToken, Source, byId.Keys.ToArray());
        return locked.Count == byId.Count && locked.All(row => byId[row.Id].HasSameState(row));
    }

    /// <summary>Stores the decisions and deletes the pending readings. Rows of erased persons are not changed.</summary>
    internal async Task WriteAsync(
        IReadOnlyCollection<PartnerDecision> decisions, long run, Guid organization, DateTimeOffset now,
        CancellationToken cancellationToken)
    {
        await database.ExecuteAsync(StageSql, cancellationToken);
        await CopyAsync(
            decisions.Where(decision => decision.Row?.Status != PartnerStatus.Erased), run, organization, now, cancellationToken);
        await database.ExecuteAsync(WriteSql, cancellationToken);
        await database.ExecuteAsync(
            DeleteReadingsSql, cancellationToken, Source, decisions.Select(decision => decision.Data.Partner.Id).ToArray());
    }

    /// <summary>Records partners that could not be read or written, and why.</summary>
    internal Task WriteFailedAsync(
        IReadOnlyCollection<PartnerIssue> failed, Guid organization, DateTimeOffset now,
        CancellationToken cancellationToken) => failed.Count == 0
        ? Task.CompletedTask
        : database.ExecuteAsync(
            FailedSql, cancellationToken, Source, failed.Select(note => note.PartnerId).ToArray(),
            failed.Select(note => InputText.Storable(note.Reason)).ToArray(), organization, now);

    private async Task CopyAsync(
        IEnumerable<PartnerDecision> decisions, long run, Guid organization, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var today = DateOnly.FromDateTime(now.UtcDateTime);
        await using var copy = await database.Connection.BeginBinaryImportAsync(
            $"COPY staged_partners ({WrittenColumns}) FROM STDIN (FORMAT BINARY)", cancellationToken);
        foreach (var decision in decisions)
        {
            await copy.StartRowAsync(cancellationToken);
            await copy.WriteAsync(Source, NpgsqlDbType.Text, cancellationToken);
            await copy.WriteAsync(decision.Data.Partner.Id, NpgsqlDbType.Text, cancellationToken);
            await copy.WriteAsync(organization, NpgsqlDbType.Uuid, cancellationToken);
            await copy.WriteAsync(decision.Data.Partner.Rank, NpgsqlDbType.Bigint, cancellationToken);
            await copy.WriteAsync(EnumNames<PartnerState>.Of(decision.Status.State), NpgsqlDbType.Text, cancellationToken);
            await WriteAsync(copy, decision.Status.Reason, NpgsqlDbType.Text, cancellationToken);
            await WriteAsync(copy, decision.Target?.Customer.Uid ?? decision.CustomerUid, NpgsqlDbType.Uuid, cancellationToken);
            await WriteAsync(copy, decision.Target?.Customer.Version, NpgsqlDbType.Bigint, cancellationToken);
            await WriteDataAsync(copy, decision, run, today, cancellationToken);
            await copy.WriteAsync(now, NpgsqlDbType.TimestampTz, cancellationToken);
            await copy.WriteAsync(now, NpgsqlDbType.TimestampTz, cancellationToken);
            await WriteAsync(
                copy, decision.Status == PartnerStatus.Erased ? new[] { erased.Hash(decision.Data.Email!.Key) } : null,
                NpgsqlDbType.Array | NpgsqlDbType.Bytea, cancellationToken);
            await copy.WriteAsync(true, NpgsqlDbType.Boolean, cancellationToken);
        }

        await copy.CompleteAsync(cancellationToken);
    }

    // The partner's data; nothing is stored for an erased person.
    private static async Task WriteDataAsync(
        NpgsqlBinaryImporter copy, PartnerDecision decision, long run, DateOnly today, CancellationToken cancellationToken)
    {
        var data = decision.Status == PartnerStatus.Erased ? null : decision.Data;
        await WriteAsync(copy, data?.Email?.Key, NpgsqlDbType.Text, cancellationToken);
        await copy.WriteAsync(decision.Data.Partner.IsActive, NpgsqlDbType.Boolean, cancellationToken);
        await WriteAsync(copy, data?.Partner.WriteDate, NpgsqlDbType.TimestampTz, cancellationToken);
        await WriteAsync(copy, data?.Hash, NpgsqlDbType.Bytea, cancellationToken);
        await WriteAsync(copy, data?.Json, NpgsqlDbType.Jsonb, cancellationToken);
        await WriteAsync(copy, data is null ? null : (long?)run, NpgsqlDbType.Bigint, cancellationToken);
        await WriteAsync(
            copy, decision.Outcome is { } outcome ? EnumNames<PartnerOutcome>.Of(outcome) : null, NpgsqlDbType.Text, cancellationToken);
        await WriteAsync(
            copy, decision.Status.State == PartnerState.Skipped ? null : data?.Warnings(today), NpgsqlDbType.Array | NpgsqlDbType.Text,
            cancellationToken);
    }

    private static Task WriteAsync(NpgsqlBinaryImporter copy, object? value, NpgsqlDbType type, CancellationToken cancellationToken) =>
        value is null or string[] { Length: 0 } ? copy.WriteNullAsync(cancellationToken) : copy.WriteAsync(value, type, cancellationToken);

    private static string HoldersSqlFor(string readings) => $"""
        SELECT p.external_id, p.customer_uid, CASE WHEN r.source IS NULL THEN p.email_key ELSE r.email_key END
        FROM (
            SELECT source, external_id FROM erp.partners WHERE source = $1 AND email_key = ANY ($2) AND customer_uid IS NOT NULL
            UNION SELECT source, external_id FROM {readings} read WHERE source = $1 AND email_key = ANY ($2)) asked
        JOIN erp.partners p USING (source, external_id)
        LEFT JOIN {readings} r USING (source, external_id)
        LEFT JOIN customers.customers c ON c.uid = p.customer_uid AND c.erp_source = p.source AND c.erp_id = p.external_id
        WHERE p.state <> 'gone' AND p.customer_uid IS NOT NULL AND (c.user_id IS NOT NULL OR (c.uid IS NULL AND p.state = 'current'))
            AND CASE WHEN r.source IS NULL THEN p.email_key ELSE r.email_key END = ANY ($2)
        ORDER BY p.rank, p.external_id
        """;

    private static (string Id, Guid CustomerUid, string EmailKey) ReadHolder(RowCursor row) => (row.Text(), row.Uuid(), row.Text());

    private static LedgerRow ReadRow(RowCursor row) => new(
        row.Text(), PartnerStatus.Read(row.EnumValue<PartnerState>(), row.OptionalText()), row.OptionalUuid(), row.OptionalText(),
        row.OptionalBytes(), row.Flag());
}
