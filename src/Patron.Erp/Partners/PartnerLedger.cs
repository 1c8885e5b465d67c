using Npgsql;
using NpgsqlTypes;
using Patron.Customers.Customers;
using Patron.Shared.Database;
using Patron.Shared.Text;

namespace Patron.Erp.Partners;

/// <summary>A line of the ledger, as far as the next decision about its partner needs it.</summary>
internal sealed record LedgerRow(string Id, PartnerStatus Status, Guid? CustomerUid, string? EmailKey, byte[]? Hash, bool IsCustomerAsItWas)
{
    /// <summary>
    /// Nothing is new: the partner says the same, and what it said has been decided for good. Where everything is to be set right, its customer is as
    /// the last run left it, too.
    /// </summary>
    public bool IsAsRead(PartnerFacts facts, bool isFull) => Status.State switch
    {
        PartnerState.Erased => true,
        PartnerState.Current => facts.IsLike(Hash) && (IsCustomerAsItWas || !isFull),
        PartnerState.Skipped => facts.IsLike(Hash),
        PartnerState.Conflict => facts.IsLike(Hash) && !isFull,
        _ => false,
    };

    /// <summary>Whether the other says the same of what has become of the partner.</summary>
    public bool IsLike(LedgerRow other) => (Status, CustomerUid, EmailKey) == (other.Status, other.CustomerUid, other.EmailKey);
}

/// <summary>What becomes of one partner.</summary>
internal sealed record PartnerDecision(PartnerFacts Facts, PartnerStatus Status)
{
    /// <summary>Its line as it was read; null for a new one.</summary>
    public LedgerRow? Row { get; init; }

    /// <summary>The customer it is linked to, if that is here or made by the batch.</summary>
    public PartnerTarget? Target { get; init; }

    /// <summary>The customer it is linked to, where its record is not touched.</summary>
    public Guid? CustomerUid { get; init; }

    public PartnerOutcome? Outcome { get; init; }
}

/// <summary>What a partner's last change in a run was.</summary>
internal enum PartnerOutcome
{
    Created,
    Updated,

    /// <summary>A customer that was here before is the partner's now; counted among the updated.</summary>
    Adopted,
}

/// <summary>The ledger's rows, <c>erp.partners</c>, of one ERP: a batch of partners is looked up in a few questions and written by one statement.</summary>
public sealed class PartnerLedger(DatabaseSession database, ErasedAddresses erased, IErpConnector connector)
{
    private const string RowColumns = "p.external_id, p.state, p.reason, p.customer_uid, p.email_key, p.hash";

    private const string RowsSql = $"""
        SELECT {RowColumns}, c.uid IS NULL OR c.version IS NOT DISTINCT FROM p.customer_version
        FROM erp.partners p LEFT JOIN customers.customers c ON c.uid = p.customer_uid AND c.erp_source = p.source AND c.erp_id = p.external_id
        WHERE p.source = $1 AND p.external_id = ANY ($2)
        """;

    private const string LockSql = $"SELECT {RowColumns}, true FROM erp.partners p WHERE p.source = $1 AND p.external_id = ANY ($2) ORDER BY p.external_id FOR UPDATE";

    // Who has an address in the ERP, as it was read last, while the customer has another one: a person with a login of their own, or somebody of whom this
    // is one more partner. Those who only want the address claim it by rank.
    private static readonly string HoldersSql = HoldersIn("erp.readings");

    // A preview has read and not written.
    private static readonly string PreviewedHoldersSql = HoldersIn("(SELECT $1::text AS source, * FROM unnest($3::text[], $4::text[]) AS read (external_id, email_key))");

    private const string KnownSql = "SELECT DISTINCT customer_uid FROM erp.partners WHERE customer_uid = ANY ($1)";

    private const string WrittenColumns = """
        source, external_id, organization_id, rank, state, reason, customer_uid, customer_version, email_key, is_active, written_at, hash, facts, run_id, outcome,
        warnings, first_seen_at, last_seen_at, address_hashes, is_in_erp
        """;

    private const string StageSql = $"CREATE TEMP TABLE staged_partners ON COMMIT DROP AS SELECT {WrittenColumns} FROM erp.partners WITH NO DATA";

    // What a line was made by in this run stays, where the partner is decided again: figures count both parts of a run that was killed.
    private const string WriteSql = $"""
        INSERT INTO erp.partners AS known ({WrittenColumns}) SELECT {WrittenColumns} FROM staged_partners
        ON CONFLICT (source, external_id) DO UPDATE SET
            rank = excluded.rank, state = excluded.state, reason = excluded.reason, customer_uid = excluded.customer_uid, email_key = excluded.email_key,
            is_active = excluded.is_active, written_at = excluded.written_at, hash = excluded.hash, facts = excluded.facts,
            run_id = CASE WHEN excluded.outcome IS NULL THEN known.run_id ELSE excluded.run_id END, outcome = coalesce(excluded.outcome, known.outcome),
            warnings = excluded.warnings, customer_version = excluded.customer_version, last_seen_at = excluded.last_seen_at,
            address_hashes = excluded.address_hashes, is_in_erp = true
        """;

    private const string DoneSql = "DELETE FROM erp.readings WHERE source = $1 AND external_id = ANY ($2)";

    private const string FailedSql = """
        WITH failed AS (SELECT * FROM unnest($2, $3) AS failed (external_id, reason)),
        dropped AS (DELETE FROM erp.readings r USING failed WHERE r.source = $1 AND r.external_id = failed.external_id)
        INSERT INTO erp.partners AS p (source, external_id, organization_id, rank, state, reason, is_active, first_seen_at, last_seen_at)
        SELECT $1, external_id, $4, 0, 'error', reason, true, $5, $5 FROM failed
        ON CONFLICT (source, external_id) DO UPDATE SET state = 'error', reason = excluded.reason, last_seen_at = excluded.last_seen_at, is_in_erp = true
            WHERE p.state <> 'erased'
        """;

    /// <summary>The ERP whose partners these are.</summary>
    public string Source => connector.Source;

    /// <summary>The lines of these partners.</summary>
    internal Task<List<LedgerRow>> RowsAsync(string[] partners, CancellationToken cancellationToken) =>
        database.QueryAsync(RowsSql, ReadRow, cancellationToken, Source, partners);

    /// <summary>
    /// Whose partners have these addresses in the ERP, the lowest first. A preview names what it has <paramref name="read"/> of partners that are known; a run has
    /// written that down.
    /// </summary>
    internal Task<List<(string Id, Guid CustomerUid, string EmailKey)>> HoldersAsync(
        string[] emailKeys, IReadOnlyCollection<PartnerFacts>? read, CancellationToken cancellationToken) => read is null
        ? database.QueryAsync(HoldersSql, ReadHolder, cancellationToken, Source, emailKeys)
        : database.QueryAsync(
            PreviewedHoldersSql, ReadHolder, cancellationToken, Source, emailKeys, read.Select(facts => facts.Partner.Id).ToArray(),
            OptionalParameter.Of(read.Select(facts => facts.Email?.Key).ToArray(), NpgsqlDbType.Array | NpgsqlDbType.Text));

    /// <summary>Which of these customers are or were some partner's.</summary>
    internal Task<List<Guid>> KnownAsync(Guid[] customers, CancellationToken cancellationToken) =>
        database.QueryAsync(KnownSql, row => row.Uuid(), cancellationToken, [customers]);

    /// <summary>Which of these addresses were an erased person's.</summary>
    internal Task<IReadOnlySet<string>> ErasedAsync(IReadOnlyCollection<string> emailKeys, CancellationToken cancellationToken) => erased.FindAsync(emailKeys, cancellationToken);

    /// <summary>
    /// Locks these lines to the end of the transaction, after the customers as everybody does; false where one is not as it was read: staff settled it, or its
    /// person was erased.
    /// </summary>
    internal async Task<bool> LockAsReadAsync(IReadOnlyCollection<LedgerRow> read, CancellationToken cancellationToken)
    {
        var byId = read.ToDictionary(row => row.Id, StringComparer.Ordinal);
        var locked = byId.Count == 0 ? [] : await database.QueryAsync(LockSql, ReadRow, cancellationToken, Source, byId.Keys.ToArray());
        return locked.Count == byId.Count && locked.All(row => byId[row.Id].IsLike(row));
    }

    /// <summary>Writes down what became of the partners, whose readings are done with. Erased ones stay as they are.</summary>
    internal async Task WriteAsync(IReadOnlyCollection<PartnerDecision> decisions, long run, Guid organization, DateTimeOffset now, CancellationToken cancellationToken)
    {
        await database.ExecuteAsync(StageSql, cancellationToken);
        await CopyAsync(decisions.Where(decision => decision.Row?.Status != PartnerStatus.Erased), run, organization, now, cancellationToken);
        await database.ExecuteAsync(WriteSql, cancellationToken);
        await database.ExecuteAsync(DoneSql, cancellationToken, Source, decisions.Select(decision => decision.Facts.Partner.Id).ToArray());
    }

    /// <summary>Writes down partners that could not be read or written, and why.</summary>
    internal Task WriteFailedAsync(IReadOnlyCollection<PartnerNote> failed, Guid organization, DateTimeOffset now, CancellationToken cancellationToken) => failed.Count == 0
        ? Task.CompletedTask
        : database.ExecuteAsync(
            FailedSql, cancellationToken, Source, failed.Select(note => note.PartnerId).ToArray(), failed.Select(note => GivenText.Storable(note.Reason)).ToArray(), organization, now);

    private async Task CopyAsync(IEnumerable<PartnerDecision> decisions, long run, Guid organization, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var today = DateOnly.FromDateTime(now.UtcDateTime);
        await using var copy = await database.Connection.BeginBinaryImportAsync($"COPY staged_partners ({WrittenColumns}) FROM STDIN (FORMAT BINARY)", cancellationToken);
        foreach (var decision in decisions)
        {
            await copy.StartRowAsync(cancellationToken);
            await copy.WriteAsync(Source, NpgsqlDbType.Text, cancellationToken);
            await copy.WriteAsync(decision.Facts.Partner.Id, NpgsqlDbType.Text, cancellationToken);
            await copy.WriteAsync(organization, NpgsqlDbType.Uuid, cancellationToken);
            await copy.WriteAsync(decision.Facts.Partner.Rank, NpgsqlDbType.Bigint, cancellationToken);
            await copy.WriteAsync(EnumNames<PartnerState>.Of(decision.Status.State), NpgsqlDbType.Text, cancellationToken);
            await WriteAsync(copy, decision.Status.Reason, NpgsqlDbType.Text, cancellationToken);
            await WriteAsync(copy, decision.Target?.Customer.Uid ?? decision.CustomerUid, NpgsqlDbType.Uuid, cancellationToken);
            await WriteAsync(copy, decision.Target?.Customer.Version, NpgsqlDbType.Bigint, cancellationToken);
            await WriteFactsAsync(copy, decision, run, today, cancellationToken);
            await copy.WriteAsync(now, NpgsqlDbType.TimestampTz, cancellationToken);
            await copy.WriteAsync(now, NpgsqlDbType.TimestampTz, cancellationToken);
            await WriteAsync(copy, decision.Status == PartnerStatus.Erased ? new[] { erased.Hash(decision.Facts.Email!.Key) } : null, NpgsqlDbType.Array | NpgsqlDbType.Bytea, cancellationToken);
            await copy.WriteAsync(true, NpgsqlDbType.Boolean, cancellationToken);
        }

        await copy.CompleteAsync(cancellationToken);
    }

    // What the partner said, of which nothing is kept of an erased person.
    private static async Task WriteFactsAsync(NpgsqlBinaryImporter copy, PartnerDecision decision, long run, DateOnly today, CancellationToken cancellationToken)
    {
        var facts = decision.Status == PartnerStatus.Erased ? null : decision.Facts;
        await WriteAsync(copy, facts?.Email?.Key, NpgsqlDbType.Text, cancellationToken);
        await copy.WriteAsync(decision.Facts.Partner.IsActive, NpgsqlDbType.Boolean, cancellationToken);
        await WriteAsync(copy, facts?.Partner.WriteDate, NpgsqlDbType.TimestampTz, cancellationToken);
        await WriteAsync(copy, facts?.Hash, NpgsqlDbType.Bytea, cancellationToken);
        await WriteAsync(copy, facts?.Json, NpgsqlDbType.Jsonb, cancellationToken);
        await WriteAsync(copy, facts is null ? null : (long?)run, NpgsqlDbType.Bigint, cancellationToken);
        await WriteAsync(copy, decision.Outcome is { } outcome ? EnumNames<PartnerOutcome>.Of(outcome) : null, NpgsqlDbType.Text, cancellationToken);
        await WriteAsync(copy, decision.Status.State == PartnerState.Skipped ? null : facts?.Warnings(today), NpgsqlDbType.Array | NpgsqlDbType.Text, cancellationToken);
    }

    private static Task WriteAsync(NpgsqlBinaryImporter copy, object? value, NpgsqlDbType type, CancellationToken cancellationToken) =>
        value is null or string[] { Length: 0 } ? copy.WriteNullAsync(cancellationToken) : copy.WriteAsync(value, type, cancellationToken);

    private static string HoldersIn(string readings) => $"""
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
        row.Text(), PartnerStatus.Read(row.Word<PartnerState>(), row.OptionalText()), row.OptionalUuid(), row.OptionalText(), row.OptionalBytes(), row.Flag());
}
