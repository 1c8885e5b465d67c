using Npgsql;
using NpgsqlTypes;
using Patron.Shared.Callers;
using Patron.Shared.Database;

namespace Patron.Customers.Duplicates;

/// <summary>Two customers of an organization, by uid, and the probability that they are one. The lower uid is the first.</summary>
internal readonly record struct FoundPair(Guid UidA, Guid UidB, double Score, long? Cluster = null)
{
    // PostgreSQL compares uids in the same order.
    public static FoundPair Of(Guid one, Guid other, double score, long? cluster = null) =>
        one.CompareTo(other) < 0 ? new FoundPair(one, other, score, cluster) : new FoundPair(other, one, score, cluster);
}

/// <summary>
/// The rows of <c>customers.duplicate_pairs</c> and what staff dismissed. A pair of which both are dismissed under any uid that was merged
/// into them is never found again.
/// </summary>
public sealed class DuplicatePairs(DatabaseSession database, TimeProvider time)
{
    // Every uid that a customer answers for: its own, and those of the records that were merged into it.
    private const string OriginsSql = """
        SELECT uid AS origin, uid FROM customers.customers WHERE organization_id = $1 AND uid IN (p.uid_a, p.uid_b)
        UNION ALL SELECT uid, merged_into FROM customers.absorbed WHERE organization_id = $1 AND merged_into IN (p.uid_a, p.uid_b)
        """;

    private const string IsDismissedSql = $"""
        EXISTS (SELECT FROM ({OriginsSql}) a, ({OriginsSql}) b
            WHERE a.uid = p.uid_a AND b.uid = p.uid_b AND EXISTS (
                SELECT FROM customers.dismissed_duplicates d
                WHERE d.uid_a = least(a.origin, b.origin) AND d.uid_b = greatest(a.origin, b.origin)))
        """;

    private const string PageSql = $"""
        SELECT {DuplicatePair.Columns} FROM customers.duplicate_pairs p
        WHERE p.organization_id = $1 AND p.score >= $2 AND (p.score, -p.id) < ($3, -$4)
        """;

    private const string PageOrderSql = "ORDER BY p.score DESC, p.id LIMIT $5";
    private const string OpenPageSql = $"{PageSql} AND p.dismissed_at IS NULL {PageOrderSql}";
    private const string DismissedPageSql = $"{PageSql} AND p.dismissed_at IS NOT NULL {PageOrderSql}";

    private const string OfCustomerSql = $"""
        SELECT {DuplicatePair.Columns} FROM customers.duplicate_pairs p
        WHERE p.organization_id = $1 AND (p.uid_a = $2 OR p.uid_b = $2) AND p.dismissed_at IS NULL ORDER BY p.score DESC, p.id LIMIT $3
        """;

    // The open pairs of the item that begins with this uid (Database/Migrations/0025_inbox.sql).
    private const string OfItemSql = $"""
        SELECT {DuplicatePair.Columns} FROM customers.duplicate_pairs p
        WHERE p.organization_id = $1 AND p.dismissed_at IS NULL AND p.score >= 0.5 AND (p.uid_a = $2 OR p.cluster IN (
            SELECT l.cluster FROM customers.duplicate_pairs l
            WHERE l.organization_id = $1 AND l.uid_a = $2 AND l.dismissed_at IS NULL AND l.score >= 0.5))
        ORDER BY p.score DESC, p.id LIMIT $3
        """;

    private const string LockSql =
        $"SELECT {DuplicatePair.Columns} FROM customers.duplicate_pairs p WHERE p.organization_id = $1 AND p.id = $2 FOR UPDATE";

    private const string DismissSql = $"""
        WITH p AS (
            UPDATE customers.duplicate_pairs SET dismissed_at = $3, dismissed_by = $4 WHERE organization_id = $1 AND id = $2
            RETURNING uid_a, uid_b)
        INSERT INTO customers.dismissed_duplicates (organization_id, uid_a, uid_b)
        SELECT $1, least(a.origin, b.origin), greatest(a.origin, b.origin)
        FROM p, LATERAL ({OriginsSql}) a, LATERAL ({OriginsSql}) b WHERE a.uid = p.uid_a AND b.uid = p.uid_b
        ON CONFLICT DO NOTHING
        """;

    private const string ReopenSql = $"""
        WITH p AS (
            UPDATE customers.duplicate_pairs SET dismissed_at = NULL, dismissed_by = NULL WHERE organization_id = $1 AND id = $2
            RETURNING uid_a, uid_b)
        DELETE FROM customers.dismissed_duplicates d
        USING p, LATERAL ({OriginsSql}) a, LATERAL ({OriginsSql}) b
        WHERE a.uid = p.uid_a AND b.uid = p.uid_b AND d.uid_a = least(a.origin, b.origin) AND d.uid_b = greatest(a.origin, b.origin)
        """;

    // The uids that dismissed ones answer as today; two that are one record now are no pair.
    private const string DismissedSql = """
        SELECT coalesce(a.merged_into, d.uid_a), coalesce(b.merged_into, d.uid_b)
        FROM customers.dismissed_duplicates d
        LEFT JOIN customers.absorbed a ON a.uid = d.uid_a
        LEFT JOIN customers.absorbed b ON b.uid = d.uid_b
        WHERE d.organization_id = $1 AND coalesce(a.merged_into, d.uid_a) <> coalesce(b.merged_into, d.uid_b)
        """;

    // Rows of the lower uid are locked first by every writer.
    private const string ReplaceOfCustomerSql = $"""
        WITH found AS (
            SELECT p.uid_a, p.uid_b, p.score FROM unnest($3::uuid[], $4::uuid[], $5::float8[]) AS p (uid_a, uid_b, score)
            WHERE NOT {IsDismissedSql}),
        gone AS (
            DELETE FROM customers.duplicate_pairs p
            WHERE p.organization_id = $1 AND (p.uid_a = $2 OR p.uid_b = $2) AND p.dismissed_at IS NULL
                AND NOT EXISTS (SELECT FROM found f WHERE f.uid_a = p.uid_a AND f.uid_b = p.uid_b))
        INSERT INTO customers.duplicate_pairs AS p (organization_id, uid_a, uid_b, score, found_at)
        SELECT $1, f.uid_a, f.uid_b, f.score, $6 FROM found f
        WHERE (SELECT count(*) FROM customers.customers c WHERE c.organization_id = $1 AND c.uid IN (f.uid_a, f.uid_b)) = 2
        ORDER BY f.uid_a, f.uid_b
        ON CONFLICT ON CONSTRAINT ux_duplicate_pairs DO UPDATE SET score = excluded.score
        """;

    private const string StageSql =
        "CREATE TEMP TABLE scanned_pairs (uid_a uuid NOT NULL, uid_b uuid NOT NULL, score float8 NOT NULL, cluster bigint) ON COMMIT DROP";

    // A pair that staff dismissed stays as it is. Records that were erased or merged during the scan are skipped.
    private const string ReplaceAllSql = """
        WITH gone AS (
            DELETE FROM customers.duplicate_pairs p
            WHERE p.organization_id = $1 AND p.dismissed_at IS NULL
                AND NOT EXISTS (SELECT FROM scanned_pairs s WHERE s.uid_a = p.uid_a AND s.uid_b = p.uid_b))
        INSERT INTO customers.duplicate_pairs AS p (organization_id, uid_a, uid_b, score, cluster, found_at)
        SELECT $1, s.uid_a, s.uid_b, s.score, s.cluster, $2 FROM scanned_pairs s
        JOIN customers.customers a ON a.organization_id = $1 AND a.uid = s.uid_a
        JOIN customers.customers b ON b.organization_id = $1 AND b.uid = s.uid_b
        ORDER BY s.uid_a, s.uid_b
        ON CONFLICT ON CONSTRAINT ux_duplicate_pairs DO UPDATE SET score = excluded.score, cluster = excluded.cluster
            WHERE p.dismissed_at IS NULL AND (p.score, p.cluster) IS DISTINCT FROM (excluded.score, excluded.cluster)
        """;

    /// <summary>The pairs of a page, and one more if there is a next page.</summary>
    internal Task<List<DuplicatePair>> PageAsync(Guid organizationId, DuplicateQuery query, CancellationToken cancellationToken)
    {
        var after = query.After ?? DuplicateCursor.Start;
        return database.QueryAsync(
            query.IsDismissed ? DismissedPageSql : OpenPageSql, DuplicatePair.Read, cancellationToken, organizationId, query.MinScore,
            after.Score, after.Id, query.Limit + 1);
    }

    internal Task<List<DuplicatePair>> OfCustomerAsync(Guid organizationId, Guid uid, int limit, CancellationToken cancellationToken) =>
        database.QueryAsync(OfCustomerSql, DuplicatePair.Read, cancellationToken, organizationId, uid, limit);

    internal Task<List<DuplicatePair>> OfItemAsync(Guid organizationId, Guid lowest, int limit, CancellationToken cancellationToken) =>
        database.QueryAsync(OfItemSql, DuplicatePair.Read, cancellationToken, organizationId, lowest, limit);

    internal async Task<DuplicatePair?> LockAsync(Guid organizationId, long id, CancellationToken cancellationToken) =>
        (await database.QueryAsync(LockSql, DuplicatePair.Read, cancellationToken, organizationId, id)).SingleOrDefault();

    internal async Task<DuplicatePair> DismissAsync(
        Caller caller, DuplicatePair pair, DateTimeOffset now, CancellationToken cancellationToken)
    {
        await database.ExecuteAsync(
            DismissSql, cancellationToken, caller.OrganizationId, pair.Id, now, OptionalParameter.Of(caller.UserId, NpgsqlDbType.Uuid));
        return pair with { DismissedAt = now };
    }

    internal async Task<DuplicatePair> ReopenAsync(Caller caller, DuplicatePair pair, CancellationToken cancellationToken)
    {
        await database.ExecuteAsync(ReopenSql, cancellationToken, caller.OrganizationId, pair.Id);
        return pair with { DismissedAt = null };
    }

    /// <summary>The pairs that staff dismissed, by the uids that answer for them now.</summary>
    internal Task<List<(Guid UidA, Guid UidB)>> FindDismissedAsync(Guid organizationId, CancellationToken cancellationToken) =>
        database.QueryAsync(DismissedSql, row => (row.Uuid(), row.Uuid()), cancellationToken, organizationId);

    /// <summary>Stores the pairs of one customer in place of its former ones.</summary>
    internal Task ReplaceAsync(
        Guid organizationId, Guid uid, IReadOnlyList<FoundPair> pairs, CancellationToken cancellationToken) =>
        database.ExecuteAsync(
            ReplaceOfCustomerSql, cancellationToken, organizationId, uid, pairs.Select(pair => pair.UidA).ToArray(),
            pairs.Select(pair => pair.UidB).ToArray(), pairs.Select(pair => pair.Score).ToArray(), time.GetDatabaseNow());

    /// <summary>Stores the pairs of a scan in place of all former ones, inside a transaction.</summary>
    internal async Task ReplaceAllAsync(
        Guid organizationId, IEnumerable<FoundPair> pairs, DateTimeOffset now, CancellationToken cancellationToken)
    {
        await database.ExecuteAsync(StageSql, cancellationToken);
        await using (var copy = await database.Connection.BeginBinaryImportAsync(
            "COPY scanned_pairs (uid_a, uid_b, score, cluster) FROM STDIN (FORMAT BINARY)", cancellationToken))
        {
            foreach (var pair in pairs)
            {
                await copy.StartRowAsync(cancellationToken);
                await copy.WriteAsync(pair.UidA, NpgsqlDbType.Uuid, cancellationToken);
                await copy.WriteAsync(pair.UidB, NpgsqlDbType.Uuid, cancellationToken);
                await copy.WriteAsync(pair.Score, NpgsqlDbType.Double, cancellationToken);
                await WriteAsync(copy, pair.Cluster, cancellationToken);
            }

            await copy.CompleteAsync(cancellationToken);
        }

        await database.ExecuteLongAsync("CREATE UNIQUE INDEX ON scanned_pairs (uid_a, uid_b)", cancellationToken);
        await database.ExecuteLongAsync("ANALYZE scanned_pairs", cancellationToken);
        await database.ExecuteLongAsync(ReplaceAllSql, cancellationToken, organizationId, now);
    }

    private static Task WriteAsync(NpgsqlBinaryImporter copy, long? value, CancellationToken cancellationToken) =>
        value is { } number ? copy.WriteAsync(number, NpgsqlDbType.Bigint, cancellationToken) : copy.WriteNullAsync(cancellationToken);
}
