using NpgsqlTypes;
using Patron.Customers.Matching;
using Patron.Shared.Database;

namespace Patron.Customers.Duplicates;

/// <summary>What a scan has read and found.</summary>
public sealed record DuplicateScan(long Records, long Pairs, long Clusters);

/// <summary>
/// The scan of each organization: whether one is due or running, the figures of the last one, and the weights that it learned. While a scan
/// is due, the queue of the organization waits for its end.
/// </summary>
public sealed class DuplicateScans(DatabaseSession database, TimeProvider time)
{
    // Everything queued so far is part of the scan, because it reads what was committed before this statement.
    private const string BeginSql = """
        WITH queued AS (DELETE FROM customers.duplicate_queue WHERE organization_id = $1)
        INSERT INTO customers.duplicate_scans (organization_id, is_due) VALUES ($1, true)
        ON CONFLICT (organization_id) DO UPDATE SET is_due = true
        """;

    private const string FinishSql = """
        UPDATE customers.duplicate_scans SET is_due = false, finished_at = $2, records = $3, pairs = $4, clusters = $5, model = $6
        WHERE organization_id = $1
        """;

    private const string LongQueuesSql = """
        SELECT organization_id FROM (SELECT organization_id FROM customers.duplicate_queue LIMIT $1) queued
        GROUP BY organization_id HAVING count(*) >= $2
        """;

    // The counters are exact, and few.
    private const string CountSql = """
        SELECT coalesce(sum(customers), 0)::int FROM customers.counted WHERE organization_id = $1 AND dimension = 'activity'
        """;

    private const string RequestSql = """
        INSERT INTO customers.duplicate_scans AS s (organization_id, is_due)
        SELECT c.organization_id, true FROM customers.counted c WHERE c.dimension = 'activity'
        GROUP BY c.organization_id HAVING sum(c.customers) >= 1000
            AND sum(c.customers) >= 2 * coalesce((SELECT records FROM customers.duplicate_scans d WHERE d.organization_id = c.organization_id), 0)
        ON CONFLICT (organization_id) DO UPDATE SET is_due = true
        """;

    private const string DueSql = "SELECT organization_id FROM customers.duplicate_scans WHERE is_due ORDER BY organization_id";
    private const string ModelSql = "SELECT model::text FROM customers.duplicate_scans WHERE organization_id = $1 AND model IS NOT NULL";
    private const string FinishedSql = "SELECT finished_at FROM customers.duplicate_scans WHERE organization_id = $1 AND model IS NOT NULL";

    /// <summary>Marks the scan as running, and returns the time. If its process dies, the scan is still due.</summary>
    internal async Task<DateTimeOffset> BeginAsync(Guid organizationId, CancellationToken cancellationToken)
    {
        await database.ExecuteAsync(BeginSql, cancellationToken, organizationId);
        return time.GetDatabaseNow();
    }

    internal Task FinishAsync(Guid organizationId, DuplicateScan scan, MatchModel model, CancellationToken cancellationToken) =>
        database.ExecuteAsync(
            FinishSql, cancellationToken, organizationId, time.GetDatabaseNow(), scan.Records, scan.Pairs, scan.Clusters,
            OptionalParameter.Of(model.ToJson(), NpgsqlDbType.Jsonb));

    /// <summary>The organizations whose scan is due, and those for which a scan is cheaper than so many comparisons.</summary>
    internal async Task<IReadOnlyList<Guid>> FindDueAsync(int longQueue, CancellationToken cancellationToken) =>
    [
        .. await database.QueryAsync(DueSql, row => row.Uuid(), cancellationToken),
        .. await database.QueryAsync(LongQueuesSql, row => row.Uuid(), cancellationToken, longQueue * 5, longQueue),
    ];

    /// <summary>When the organization's last scan finished; null if there was none.</summary>
    internal async Task<DateTimeOffset?> FindFinishedAsync(Guid organizationId, CancellationToken cancellationToken) =>
        (await database.QueryAsync(FinishedSql, row => row.OptionalTime(), cancellationToken, organizationId)).SingleOrDefault();

    /// <summary>The weights that the last scan learned; null if there was none, or by another version of Patron.</summary>
    internal async Task<MatchModel?> ReadModelAsync(Guid organizationId, CancellationToken cancellationToken) =>
        await database.QueryAsync(ModelSql, row => row.Text(), cancellationToken, organizationId) is [var json]
            ? MatchModel.FromJson(json) : null;

    internal async Task<int> CountCustomersAsync(Guid organizationId, CancellationToken cancellationToken) =>
        (await database.QueryAsync(CountSql, row => row.Int(), cancellationToken, organizationId)).Single();

    /// <summary>Requests a scan of each organization that has grown so much that its weights are no longer those of its customers.</summary>
    internal Task<int> RequestForGrownAsync(CancellationToken cancellationToken) => database.ExecuteAsync(RequestSql, cancellationToken);
}
