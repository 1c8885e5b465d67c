using Npgsql;
using NpgsqlTypes;
using Patron.Customers.Customers;
using Patron.Customers.Schema;
using Patron.Shared.Callers;
using Patron.Shared.Database;
using Patron.Shared.Text;

namespace Patron.Customers.Merges;

/// <summary>
/// The rows of <c>customers.merges</c>, inside the caller's transaction. Whoever writes one has locked the surviving record, so that the
/// merges of a record do not change meanwhile.
/// </summary>
public sealed class MergeStore(DatabaseSession database)
{
    private const string InsertSql = """
        INSERT INTO customers.merges (organization_id, group_id, survivor_uid, absorbed_uid, survivor_customer_id, absorbed_customer_id, made_at, made_by,
            made_by_key, evidence, reason, choices, survivor_before, absorbed_before, schema_version, last_consent_id, made_address_uid, disabled_user_id)
        SELECT $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15,
            (SELECT coalesce(max(id), 0) FROM customers.consents WHERE organization_id = $1 AND customer_uid IN ($3, $4)), $16, $17
        RETURNING id
        """;

    // The newest statement of each kind of both records, before the merge.
    private const string StatementsSql =
        "SELECT customer_uid, kind, max(at) FROM customers.consents WHERE organization_id = $1 AND customer_uid = ANY ($2) GROUP BY 1, 2";

    private const string TreeSql = """
        WITH RECURSIVE tree AS (
            SELECT $2::uuid AS uid UNION
            SELECT m.absorbed_uid FROM customers.merges m JOIN tree ON m.survivor_uid = tree.uid
            WHERE m.organization_id = $1 AND m.survivor_before IS NOT NULL)
        """;

    private static readonly string StepsSql = $"""
        {TreeSql}
        SELECT m.id, m.survivor_uid, m.absorbed_uid, m.evidence, m.choices::text, m.made_at, m.last_consent_id, m.edited,
            m.survivor_before ->> 'consents', m.absorbed_before ->> 'consents',
            {CustomerSchema.Fields.All.Names("s.")}, {CustomerSchema.Fields.All.Names("a.")}
        FROM customers.merges m JOIN tree ON m.survivor_uid = tree.uid,
            jsonb_populate_record(NULL::customers.customers, $3::jsonb || (m.survivor_before -> 'record')) s,
            jsonb_populate_record(NULL::customers.customers, $3::jsonb || (m.absorbed_before -> 'record')) a
        WHERE m.organization_id = $1 AND m.survivor_before IS NOT NULL ORDER BY m.id
        """;

    private const string ConsentsSql = """
        SELECT id, coalesce(origin_uid, customer_uid), kind, value, at FROM customers.consents WHERE organization_id = $1 AND customer_uid = $2 ORDER BY id
        """;

    private const string RewriteSql = """
        UPDATE customers.merges SET survivor_before = $3, absorbed_before = $4, schema_version = $5, edited = $6, made_address_uid = $7
        WHERE organization_id = $1 AND id = $2
        """;

    private const string UndoSql = """
        UPDATE customers.merges SET undone_at = $3, undone_by = $4, undone_by_key = $5, undo_reason = $6, survivor_before = NULL, absorbed_before = NULL, edited = '{}'
        WHERE organization_id = $1 AND id = $2
        """;

    // Also of merges that were undone, whose reasons people wrote.
    private const string EraseSql = """
        UPDATE customers.merges SET erased_at = CASE WHEN undone_at IS NULL THEN now() END, survivor_before = NULL, absorbed_before = NULL,
            reason = NULL, undo_reason = NULL, edited = '{}'
        WHERE organization_id = $1 AND (survivor_uid = ANY ($2) OR absorbed_uid = ANY ($2))
        RETURNING id
        """;

    // While a merge held, its survivor showed values of the absorbed record, and so did every record that this one was merged into.
    private const string ShownSql = """
        WITH RECURSIVE shown AS (
            SELECT survivor_uid AS uid, made_at AS since, coalesce(undone_at, 'infinity') AS until
            FROM customers.merges WHERE organization_id = $1 AND absorbed_uid = ANY ($2)
            UNION
            SELECT m.survivor_uid, greatest(m.made_at, s.since), least(coalesce(m.undone_at, 'infinity'), s.until)
            FROM customers.merges m JOIN shown s ON m.absorbed_uid = s.uid
            WHERE m.organization_id = $1 AND m.made_at <= s.until AND coalesce(m.undone_at, 'infinity') >= s.since)
        """;

    private static readonly string ForgetSql = $"""
        {ShownSql}
        UPDATE shared.audit_entries e SET before = NULL, after = NULL FROM shown s
        WHERE e.subject_id = s.uid AND e.at BETWEEN s.since AND s.until
        """;

    private static readonly string ShownBySql = $"""
        {ShownSql}
        SELECT c.uid, c.customer_id FROM customers.customers c WHERE c.organization_id = $1 AND c.uid IN (SELECT uid FROM shown) AND c.uid <> ALL ($2)
        """;

    /// <summary>The records with the times of their statements of consent.</summary>
    internal async Task<IReadOnlyList<RecordSnapshot>> TakeAsync(CancellationToken cancellationToken, params Customer[] records)
    {
        var statements = await database.QueryAsync(
            StatementsSql, row => (Uid: row.Uuid(), Kind: row.Text(), At: row.Time()), cancellationToken, records[0].OrganizationId,
            records.Select(record => record.Uid).ToArray());
        return
        [
            .. records.Select(record => new RecordSnapshot(record.Copy(), statements.Where(statement => statement.Uid == record.Uid)
                .ToDictionary(statement => statement.Kind, statement => statement.At, StringComparer.Ordinal))),
        ];
    }

    /// <summary>Inserts a merge before anything is moved, and returns its id.</summary>
    internal async Task<long> InsertAsync(
        Caller caller, RecordSnapshot survivor, RecordSnapshot absorbed, MergeOrder order, MergeTerms terms, Guid? madeAddress,
        CancellationToken cancellationToken)
    {
        var (one, other) = (survivor.Record, absorbed.Record);
        var ids = await database.QueryAsync(
            InsertSql, row => row.Long(), cancellationToken, one.OrganizationId, order.GroupId, one.Uid, other.Uid, one.CustomerId,
            other.CustomerId, terms.At, OptionalParameter.Of(caller.UserId, NpgsqlDbType.Uuid),
            OptionalParameter.Of(caller.Key?.Id, NpgsqlDbType.Uuid), EnumNames<MergeEvidence>.Of(terms.Evidence),
            OptionalParameter.Of(order.Reason, NpgsqlDbType.Text), Json(terms.Choices.ToJson()), Json(survivor.ToJson()),
            Json(absorbed.ToJson()), RecordSnapshot.SchemaVersion, OptionalParameter.Of(madeAddress, NpgsqlDbType.Uuid),
            OptionalParameter.Of(order.DisabledUserId, NpgsqlDbType.Uuid));
        return ids[0];
    }

    /// <summary>The merges of a surviving record, directly and through others, in the order of time.</summary>
    internal Task<List<MergeStep>> StepsAsync(Guid organizationId, Guid survivor, CancellationToken cancellationToken) =>
        database.QueryAsync(StepsSql, ReadStep, cancellationToken, organizationId, survivor, RecordSnapshot.Defaults);

    /// <summary>All statements of consent of a surviving record, each with the record it was made for.</summary>
    internal Task<List<ConsentStatement>> StatementsAsync(Guid organizationId, Guid survivor, CancellationToken cancellationToken) =>
        database.QueryAsync(
            ConsentsSql, row => new ConsentStatement(row.Long(), row.Uuid(), row.Text(), row.Flag(), row.Time()), cancellationToken,
            organizationId, survivor);

    /// <summary>Stores both records of a remaining merge as they are now without the one that was undone.</summary>
    internal Task RewriteAsync(Guid organizationId, MergeStep step, Guid? madeAddress, CancellationToken cancellationToken) =>
        database.ExecuteAsync(
            RewriteSql, cancellationToken, organizationId, step.Id, Json(step.SurvivorBefore.ToJson()), Json(step.AbsorbedBefore.ToJson()),
            RecordSnapshot.SchemaVersion, step.Edited.Order(StringComparer.Ordinal).ToArray(),
            OptionalParameter.Of(madeAddress, NpgsqlDbType.Uuid));

    /// <summary>Marks a merge as undone and deletes its snapshots.</summary>
    internal Task MarkUndoneAsync(
        Caller caller, Guid organizationId, long id, string? reason, DateTimeOffset now, CancellationToken cancellationToken) =>
        database.ExecuteAsync(
            UndoSql, cancellationToken, organizationId, id, now, OptionalParameter.Of(caller.UserId, NpgsqlDbType.Uuid),
            OptionalParameter.Of(caller.Key?.Id, NpgsqlDbType.Uuid), OptionalParameter.Of(reason, NpgsqlDbType.Text));

    /// <summary>
    /// Deletes what the merges of erased records kept, and their values in the audit entries of records that they had been merged into.
    /// Returns those records that are still stored.
    /// </summary>
    internal async Task<IReadOnlyList<RecordIdentifiers>> EraseAsync(
        Guid organizationId, IReadOnlyCollection<Guid> records, CancellationToken cancellationToken)
    {
        var merges = await database.QueryAsync(EraseSql, row => row.Long(), cancellationToken, organizationId, records.ToArray());
        if (merges.Count == 0)
        {
            return [];
        }

        await database.ExecuteAsync(
            "UPDATE shared.audit_entries SET before = NULL, after = NULL WHERE cause = ANY ($1)", cancellationToken,
            (object)merges.Select(merge => Shared.Audit.Cause.Merge(merge).ToString()).ToArray());
        await database.ExecuteAsync(ForgetSql, cancellationToken, organizationId, records.ToArray());
        return await database.QueryAsync(
            ShownBySql, row => new RecordIdentifiers(row.Uuid(), row.Text()), cancellationToken, organizationId, records.ToArray());
    }

    private static NpgsqlParameter Json(string json) => new() { Value = json, NpgsqlDbType = NpgsqlDbType.Jsonb };

    private static MergeStep ReadStep(RowCursor row)
    {
        var (id, survivor, absorbed, evidence) = (row.Long(), row.Uuid(), row.Uuid(), row.EnumValue<MergeEvidence>());
        var terms = new MergeTerms(evidence, MergeChoices.Read(row.Text()), row.Time());
        var (lastConsent, edited) = (row.Long(), row.Texts().ToHashSet(StringComparer.Ordinal));
        var (statedBySurvivor, statedByAbsorbed) = (RecordSnapshot.ReadStatements(row.Text()), RecordSnapshot.ReadStatements(row.Text()));
        var one = row.Record(CustomerSchema.Fields.Columns, new Customer());
        var other = row.Record(CustomerSchema.Fields.Columns, new Customer());
        return new MergeStep(
            id, survivor, absorbed, new RecordSnapshot(one, statedBySurvivor), new RecordSnapshot(other, statedByAbsorbed), terms,
            lastConsent, edited);
    }
}

/// <summary>Who asked for a merge and why, for its row.</summary>
internal sealed record MergeOrder(MergeEvidence Evidence)
{
    /// <summary>One for all merges of a request.</summary>
    public Guid GroupId { get; init; } = Guid.CreateVersion7();

    public MergeChoices Choices { get; init; } = MergeChoices.None;

    public string? Reason { get; init; }

    /// <summary>The account of the absorbed record, where both have one.</summary>
    public Guid? DisabledUserId { get; init; }
}
