using Npgsql;
using Patron.Customers.Customers;
using Patron.Shared.Database;

namespace Patron.Customers.Merges;

/// <summary>A row that was added to the merged record since the merge, and stays with the survivor.</summary>
public sealed record StayingRow(string Kind, string Id, DateTimeOffset CreatedAt);

/// <summary>
/// Moves the rows of a record that is merged, and returns them when the merge is undone. A moved row remembers the record it was made for
/// (<c>origin_uid</c>). Inside the caller's transaction, which has locked the surviving record.
/// </summary>
public sealed class MergedRows(DatabaseSession database)
{
    // Before the survivor is saved, because it takes over the account and the address, which only one record can have. What the record was
    // like is in customers.merges.
    private const string AbsorbSql = """
        INSERT INTO customers.absorbed (uid, organization_id, number, customer_id, code, username, merged_into, absorbed_by, merged_at, before)
        SELECT c.uid, c.organization_id, c.id, c.customer_id, c.code, c.username, $3, $3, $4, '{}'
        FROM customers.customers c WHERE c.organization_id = $1 AND c.uid = $2
        """;

    private const string FollowSql = """
        UPDATE customers.absorbed SET merged_into = $3, absorbed_by = coalesce(absorbed_by, merged_into) WHERE organization_id = $1 AND merged_into = $2
        """;

    private const string AddressesSql = """
        UPDATE customers.addresses SET customer_uid = $3, origin_uid = coalesce(origin_uid, customer_uid) WHERE organization_id = $1 AND customer_uid = $2
        """;

    private const string ConsentsSql = """
        UPDATE customers.consents SET customer_uid = $3, origin_uid = coalesce(origin_uid, customer_uid) WHERE organization_id = $1 AND customer_uid = $2
        """;

    // An open offer of the absorbed record is no longer needed.
    private const string OffersSql = """
        UPDATE customers.offers SET customer_uid = $3, origin_uid = coalesce(origin_uid, customer_uid),
            closed_by_merge = CASE state WHEN 'offered' THEN $5 ELSE closed_by_merge END,
            state = CASE state WHEN 'offered' THEN 'withdrawn' ELSE state END, answered_at = coalesce(answered_at, $4)
        WHERE organization_id = $1 AND customer_uid = $2
        """;

    private const string RequestsSql = """
        UPDATE customers.change_requests SET customer_uid = $3, origin_uid = coalesce(origin_uid, customer_uid),
            closed_by_merge = CASE WHEN answer IS NULL THEN $5 ELSE closed_by_merge END,
            answer = coalesce(answer, 'replaced'), answered_at = coalesce(answered_at, $4)
        WHERE organization_id = $1 AND customer_uid = $2
        """;

    private const string CommentsSql = """
        UPDATE customers.comments SET customer_uid = $3, origin_uid = coalesce(origin_uid, customer_uid) WHERE organization_id = $1 AND customer_uid = $2
        """;

    private const string RemoveSql = "DELETE FROM customers.customers WHERE organization_id = $1 AND uid = $2";

    // The record that leaves, and all that were merged into it before.
    private const string LeavingSql = """
        WITH RECURSIVE leaving AS (
            SELECT $3::uuid AS uid UNION
            SELECT a.uid FROM customers.absorbed a JOIN leaving l ON coalesce(a.absorbed_by, a.merged_into) = l.uid
            WHERE a.organization_id = $1 AND a.merged_into = $2)
        SELECT uid FROM leaving
        """;

    private const string UnabsorbSql = "DELETE FROM customers.absorbed WHERE organization_id = $1 AND uid = $3";
    private const string FollowBackSql = "UPDATE customers.absorbed SET merged_into = $3 WHERE organization_id = $1 AND merged_into = $2 AND uid = ANY ($4)";

    private const string ReturnSql = "UPDATE customers.{0} SET customer_uid = $3 WHERE organization_id = $1 AND customer_uid = $2 AND origin_uid = ANY ($4)";
    private static readonly string[] Moved = ["addresses", "consents", "offers", "change_requests", "comments"];

    private const string ReopenOffersSql = """
        UPDATE customers.offers o SET state = 'offered', answered_at = NULL, closed_by_merge = NULL
        FROM customers.customers c
        WHERE o.organization_id = $1 AND o.customer_uid = $2 AND o.closed_by_merge = $3 AND o.state = 'withdrawn' AND o.expires_at > $4
            AND c.uid = o.customer_uid AND c.user_id IS NULL AND NOT c.is_deleted
            AND NOT EXISTS (SELECT FROM customers.offers other WHERE other.state = 'offered' AND (other.customer_uid = o.customer_uid
                OR (other.user_id = o.user_id AND other.organization_id = o.organization_id)))
            AND NOT EXISTS (SELECT FROM customers.customers own WHERE own.user_id = o.user_id AND own.organization_id = o.organization_id)
        """;

    private const string ReopenRequestsSql = """
        UPDATE customers.change_requests r SET answer = NULL, answered_at = NULL, closed_by_merge = NULL
        FROM customers.customers c
        WHERE r.organization_id = $1 AND r.customer_uid = $2 AND r.closed_by_merge = $3 AND r.answer = 'replaced' AND c.uid = r.customer_uid AND c.erp_id IS NOT NULL
            AND NOT EXISTS (SELECT FROM customers.change_requests other
                WHERE other.customer_uid = r.customer_uid AND other.field = r.field AND other.answer IS NULL)
        """;

    // What cannot be reopened, and what has been added since.
    private const string StayingSql = """
        SELECT kind, id, at FROM (
            SELECT 'address' AS kind, uid::text AS id, created_at AS at FROM customers.addresses
            WHERE organization_id = $1 AND customer_uid = $2 AND created_at > $5 AND made_by_merge IS NULL AND coalesce(origin_uid, $2) <> ALL ($6)
            UNION ALL SELECT 'consent', id::text, at FROM customers.consents WHERE organization_id = $1 AND customer_uid = $2 AND at > $5
            UNION ALL SELECT 'offer', id::text, made_at FROM customers.offers WHERE organization_id = $1 AND customer_uid = $2 AND made_at > $5
            UNION ALL SELECT 'change_request', id::text, asked_at FROM customers.change_requests WHERE organization_id = $1 AND customer_uid = $2 AND asked_at > $5
            UNION ALL SELECT 'comment', uid::text, created_at FROM customers.comments
            WHERE organization_id = $1 AND customer_uid = $2 AND created_at > $5 AND deleted_at IS NULL
            UNION ALL SELECT 'closed_offer', id::text, made_at FROM customers.offers WHERE organization_id = $1 AND customer_uid = $3 AND closed_by_merge = $4
            UNION ALL SELECT 'closed_change_request', id::text, asked_at FROM customers.change_requests
            WHERE organization_id = $1 AND customer_uid = $3 AND closed_by_merge = $4) rows
        ORDER BY at, kind, id
        """;

    private const string RememberedSql = """
        SELECT DISTINCT ON (r.kind, r.row_id) r.kind, r.row_id, m.absorbed_uid FROM customers.merge_rows r JOIN customers.merges m ON m.id = r.merge_id
        WHERE m.organization_id = $1 AND m.id = ANY ($2) ORDER BY r.kind, r.row_id, m.id
        """;

    /// <summary>Moves the rows of the absorbed record and replaces it by its identifiers.</summary>
    internal async Task MoveAsync(
        Customer survivor, Customer absorbed, long mergeId, DateTimeOffset now, CancellationToken cancellationToken)
    {
        await using var batch = new NpgsqlBatch(database.Connection);
        foreach (var sql in new[] { AbsorbSql, FollowSql, AddressesSql, ConsentsSql, OffersSql, RequestsSql, CommentsSql, RemoveSql })
        {
            batch.BatchCommands.Add(DatabaseQueries.BatchCommand(sql, survivor.OrganizationId, absorbed.Uid, survivor.Uid, now, mergeId));
        }

        await batch.ExecuteNonQueryAsync(cancellationToken);
    }

    /// <summary>Remembers rows of other modules that a merge has moved.</summary>
    internal async Task RememberAsync(long mergeId, IReadOnlyList<MovedRow> moved, CancellationToken cancellationToken)
    {
        if (moved.Count > 0)
        {
            await database.ExecuteAsync(
                "INSERT INTO customers.merge_rows (merge_id, kind, row_id) SELECT $1, * FROM unnest($2, $3)", cancellationToken, mergeId,
                moved.Select(row => row.Kind).ToArray(), moved.Select(row => row.Id).ToArray());
        }
    }

    /// <summary>The rows of other modules that these merges have moved, each with the record it was made for.</summary>
    internal Task<List<(MovedRow Row, Guid Origin)>> RememberedAsync(
        Guid organizationId, IEnumerable<long> merges, CancellationToken cancellationToken) =>
        database.QueryAsync(
            RememberedSql, row => (new MovedRow(row.Text(), row.Text()), row.Uuid()), cancellationToken, organizationId, merges.ToArray());

    /// <summary>The record that leaves the survivor, and all records that were merged into it.</summary>
    internal Task<List<Guid>> FindLeavingAsync(Guid organizationId, Guid survivor, Guid returned, CancellationToken cancellationToken) =>
        database.QueryAsync(LeavingSql, row => row.Uuid(), cancellationToken, organizationId, survivor, returned);

    /// <summary>Returns rows to a record that is stored again, with all that were made for the records merged into it.</summary>
    internal async Task ReturnAsync(
        Guid organizationId, Guid survivor, Guid returned, IReadOnlyCollection<Guid> leaving, CancellationToken cancellationToken)
    {
        await using var batch = new NpgsqlBatch(database.Connection);
        batch.BatchCommands.Add(DatabaseQueries.BatchCommand(UnabsorbSql, organizationId, survivor, returned));
        foreach (var sql in Moved.Select(table => ReturnSql.Replace("{0}", table, StringComparison.Ordinal)).Prepend(FollowBackSql))
        {
            batch.BatchCommands.Add(DatabaseQueries.BatchCommand(sql, organizationId, survivor, returned, leaving.ToArray()));
        }

        await batch.ExecuteNonQueryAsync(cancellationToken);
    }

    /// <summary>
    /// Opens the offers and requests again that the merge had closed, where they still can be. Returns those that cannot, and all rows that
    /// were added since and stay with the survivor.
    /// </summary>
    internal async Task<IReadOnlyList<StayingRow>> ReopenAsync(
        Customer survivor, Customer returned, MergeStep merge, IReadOnlyCollection<Guid> leaving, DateTimeOffset now,
        CancellationToken cancellationToken)
    {
        await using (var step = await database.BeginAsync(cancellationToken))
        {
            try
            {
                await database.ExecuteAsync(ReopenOffersSql, cancellationToken, returned.OrganizationId, returned.Uid, merge.Id, now);
                await step.CommitAsync(cancellationToken);
            }
            catch (PostgresException taken) when (taken.SqlState == PostgresErrorCodes.UniqueViolation)
            {
                await step.RollbackAsync(); // Another offer was made just now.
            }
        }

        await database.ExecuteAsync(ReopenRequestsSql, cancellationToken, returned.OrganizationId, returned.Uid, merge.Id);
        return await database.QueryAsync(
            StayingSql, row => new StayingRow(row.Text(), row.Text(), row.Time()), cancellationToken, returned.OrganizationId, survivor.Uid,
            returned.Uid, merge.Id, merge.Terms.At, leaving.ToArray());
    }
}
