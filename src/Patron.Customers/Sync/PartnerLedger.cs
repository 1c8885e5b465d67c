using Npgsql;
using NpgsqlTypes;
using Patron.Customers.Customers;
using Patron.Customers.Database;
using Patron.Shared.Database;
using Patron.Shared.Text;

namespace Patron.Customers.Sync;

/// <summary>The ledger's SQL: a page of partners is looked up in three questions and written by one statement, however many they are.</summary>
public sealed class PartnerLedger(DatabaseSession database, ErasedAddresses erased)
{
    private const string RowColumns = "p.partner_id, p.state, p.reason, p.customer_uid, p.email_key, p.hash, p.is_in_erp";

    private const string RowsSql = $"""
        SELECT {RowColumns}, c.version IS NOT DISTINCT FROM p.customer_version
        FROM customers.erp_partners p LEFT JOIN customers.customers c ON c.uid = p.customer_uid WHERE p.partner_id = ANY ($1)
        """;

    private const string LockSql = $"SELECT {RowColumns}, true FROM customers.erp_partners p WHERE p.partner_id = ANY ($1) ORDER BY p.partner_id FOR UPDATE";

    // By two indexes; the rows are locked in the order that everybody locks customers in.
    private static readonly string CustomersSql = $"""
        SELECT {CustomerStore.Columns} FROM customers.customers c
        WHERE c.organization_id = $3 AND c.uid IN (
            SELECT uid FROM unnest($1) uid
            UNION SELECT uid FROM customers.customers WHERE email_key = ANY ($2) AND organization_id = $3 AND claim = 'claimed')
        ORDER BY c.id
        """;

    private const string TiesSql = $"""
        SELECT {RowColumns}, true FROM customers.erp_partners p WHERE p.customer_uid = ANY ($1)
        UNION SELECT {RowColumns}, true FROM customers.erp_partners p WHERE p.email_key = ANY ($2) AND p.customer_uid IS NOT NULL
        """;

    private const string WrittenColumns = """
        partner_id, organization_id, state, reason, customer_uid, customer_version, email_key, is_active, written_at, hash, facts, run_id, outcome, warnings,
        first_seen_at, last_seen_at, address_hashes, is_in_erp
        """;

    private const string StageSql = $"CREATE TEMP TABLE staged_partners ON COMMIT DROP AS SELECT {WrittenColumns} FROM customers.erp_partners WITH NO DATA";

    // What a line was made by in this run stays, where the partner is read again: figures count both parts of a run that was killed.
    private const string WriteSql = $"""
        INSERT INTO customers.erp_partners AS known ({WrittenColumns})
        SELECT {WrittenColumns} FROM staged_partners
        ON CONFLICT (partner_id) DO UPDATE SET
            state = excluded.state, reason = excluded.reason, customer_uid = excluded.customer_uid, email_key = excluded.email_key,
            is_active = excluded.is_active, written_at = excluded.written_at, hash = excluded.hash, facts = excluded.facts,
            run_id = CASE WHEN excluded.outcome IS NULL THEN known.run_id ELSE excluded.run_id END, outcome = coalesce(excluded.outcome, known.outcome),
            warnings = excluded.warnings, customer_version = excluded.customer_version, last_seen_at = excluded.last_seen_at,
            address_hashes = excluded.address_hashes, is_in_erp = true
        """;

    // The wish has come true, whoever saw to it.
    private const string FulfilSql = """
        UPDATE customers.change_requests r SET answer = 'done', answered_at = $1
        FROM staged_customers s WHERE r.customer_uid = s.uid AND r.answer IS NULL AND r.value IS NOT DISTINCT FROM to_jsonb(s) ->> r.field
        """;

    private const string FailedSql = """
        INSERT INTO customers.erp_partners AS known (partner_id, organization_id, state, reason, is_active, first_seen_at, last_seen_at)
        SELECT partner_id, $3, 'error', reason, true, $4, $4 FROM unnest($1, $2) AS failed (partner_id, reason)
        ON CONFLICT (partner_id) DO UPDATE SET state = 'error', reason = excluded.reason, last_seen_at = excluded.last_seen_at, is_in_erp = true
            WHERE known.state <> 'erased'
        """;

    public Task<DatabaseTransaction> BeginAsync(CancellationToken cancellation) => database.BeginAsync(cancellation);

    /// <summary>Keeps the right to write for a run to the end of the transaction; false where it is lost.</summary>
    internal Task<bool> HoldAsync(SyncTicket ticket, CancellationToken cancellation) => ticket.HoldAsync(database.Connection, cancellation);

    /// <summary>The lines of these partners.</summary>
    internal Task<List<LedgerRow>> RowsAsync(long[] partners, CancellationToken cancellation) => database.QueryAsync(RowsSql, ReadRow, cancellation, [partners]);

    /// <summary>Every line that is tied to one of these customers, or tied to any and has one of these addresses.</summary>
    internal Task<List<LedgerRow>> TiesAsync(Guid[] customers, string[] emailKeys, CancellationToken cancellation) =>
        database.QueryAsync(TiesSql, ReadRow, cancellation, customers, emailKeys);

    /// <summary>Which of these addresses were an erased person's.</summary>
    internal Task<IReadOnlySet<string>> ErasedAsync(IReadOnlyCollection<string> emailKeys, CancellationToken cancellation) => erased.FindAsync(emailKeys, cancellation);

    /// <summary>These customers and those of the organization that claim one of the addresses; they stay as they are until the transaction ends, if one runs.</summary>
    internal Task<List<Customer>> LockAsync(Guid[] customers, string[] emailKeys, Guid organization, CancellationToken cancellation) => database.QueryAsync(
        database.IsInTransaction ? CustomersSql + " FOR UPDATE" : CustomersSql, CustomerStore.Read, cancellation, customers, emailKeys, organization);

    /// <summary>
    /// Locks these lines to the end of the transaction, after the customers as everybody does; false where one is not as it was read: staff settled it, or its
    /// person was erased.
    /// </summary>
    internal async Task<bool> LockAsReadAsync(IReadOnlyCollection<LedgerRow> read, CancellationToken cancellation)
    {
        var byPartner = read.ToDictionary(row => row.PartnerId);
        var locked = byPartner.Count == 0 ? [] : await database.QueryAsync(LockSql, ReadRow, cancellation, [byPartner.Keys.ToArray()]);
        return locked.Count == byPartner.Count && locked.All(row => byPartner[row.PartnerId].IsLike(row));
    }

    /// <summary>Writes down what became of the partners.</summary>
    internal async Task WriteAsync(IReadOnlyCollection<PartnerDecision> decisions, long run, Guid organization, DateTimeOffset now, CancellationToken cancellation)
    {
        await database.ExecuteAsync(StageSql, cancellation);
        await CopyAsync(decisions, run, organization, now, cancellation);
        await database.ExecuteAsync(WriteSql, cancellation);
    }

    /// <summary>Ends the wishes that the customers' new values fulfil. After they were staged.</summary>
    public Task FulfilAsync(DateTimeOffset now, CancellationToken cancellation) => database.ExecuteAsync(FulfilSql, cancellation, now);

    /// <summary>Writes down partners that could not be read or written, and why.</summary>
    public Task WriteFailedAsync(IReadOnlyCollection<PartnerNote> failed, Guid organization, DateTimeOffset now, CancellationToken cancellation) => database.ExecuteAsync(
        FailedSql, cancellation, failed.Select(note => note.PartnerId).ToArray(), failed.Select(note => GivenText.Storable(note.Reason)).ToArray(), organization, now);

    private async Task CopyAsync(IReadOnlyCollection<PartnerDecision> decisions, long run, Guid organization, DateTimeOffset now, CancellationToken cancellation)
    {
        var today = DateOnly.FromDateTime(now.UtcDateTime);
        await using var copy = await database.Connection.BeginBinaryImportAsync(
            $"COPY staged_partners ({WrittenColumns}) FROM STDIN (FORMAT BINARY)",
            cancellation);
        foreach (var decision in decisions)
        {
            await copy.StartRowAsync(cancellation);
            await copy.WriteAsync(decision.Facts.Partner.Id, NpgsqlDbType.Bigint, cancellation);
            await copy.WriteAsync(organization, NpgsqlDbType.Uuid, cancellation);
            await copy.WriteAsync(Words<PartnerState>.Of(decision.State), NpgsqlDbType.Text, cancellation);
            await WriteAsync(copy, decision.Reason, NpgsqlDbType.Text, cancellation);
            await WriteAsync(copy, decision.Target?.Customer.Uid ?? decision.CustomerUid, NpgsqlDbType.Uuid, cancellation);
            await WriteAsync(copy, decision.Target?.Customer.Version, NpgsqlDbType.Bigint, cancellation);
            await WriteFactsAsync(copy, decision, run, today, cancellation);
            await copy.WriteAsync(now, NpgsqlDbType.TimestampTz, cancellation);
            await copy.WriteAsync(now, NpgsqlDbType.TimestampTz, cancellation);
            await WriteAsync(copy, decision.State == PartnerState.Erased ? new[] { erased.Hash(decision.Facts.Email!.Key) } : null, NpgsqlDbType.Array | NpgsqlDbType.Bytea, cancellation);
            await copy.WriteAsync(true, NpgsqlDbType.Boolean, cancellation);
        }

        await copy.CompleteAsync(cancellation);
    }

    // What the partner said, of which nothing is kept of an erased person.
    private static async Task WriteFactsAsync(NpgsqlBinaryImporter copy, PartnerDecision decision, long run, DateOnly today, CancellationToken cancellation)
    {
        var facts = decision.State == PartnerState.Erased ? null : decision.Facts;
        await WriteAsync(copy, facts?.Email?.Key, NpgsqlDbType.Text, cancellation);
        await copy.WriteAsync(decision.Facts.Partner.IsActive, NpgsqlDbType.Boolean, cancellation);
        await WriteAsync(copy, facts?.Partner.WriteDate, NpgsqlDbType.TimestampTz, cancellation);
        await WriteAsync(copy, facts?.Hash, NpgsqlDbType.Bytea, cancellation);
        await WriteAsync(copy, facts?.Json, NpgsqlDbType.Jsonb, cancellation);
        await WriteAsync(copy, facts is null ? null : (long?)run, NpgsqlDbType.Bigint, cancellation);
        await WriteAsync(copy, decision.Outcome is { } outcome ? Words<PartnerOutcome>.Of(outcome) : null, NpgsqlDbType.Text, cancellation);
        await WriteAsync(copy, decision.State == PartnerState.Skipped ? null : facts?.Warnings(today), NpgsqlDbType.Array | NpgsqlDbType.Text, cancellation);
    }

    private static Task WriteAsync(NpgsqlBinaryImporter copy, object? value, NpgsqlDbType type, CancellationToken cancellation) =>
        value is null or string[] { Length: 0 } ? copy.WriteNullAsync(cancellation) : copy.WriteAsync(value, type, cancellation);

    private static LedgerRow ReadRow(RowCursor row) => new(
        row.Long(), row.Word<PartnerState>(), row.OptionalText(), row.OptionalUuid(), row.OptionalText(), row.OptionalBytes(), row.Flag(), row.Flag());
}
