using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using Patron.Shared.Background;
using Patron.Shared.Database;

namespace Patron.Customers.Statistics;

/// <summary>The time of a recount, and the number of counters that were wrong.</summary>
public sealed record Recount(DateTimeOffset At, long WrongCounters);

/// <summary>
/// Maintains the counters of statistics and totals (Database/Migrations/0003_counters.sql): adds the changes that writers appended, and
/// verifies the counters by recounting. One process does it at a time; the others skip it.
/// </summary>
public sealed class Counters(NpgsqlDataSource source, TimeProvider time)
{
    // After this many changes their table is vacuumed, earlier than autovacuum would, because readers scan it.
    private const int VacuumAfter = 5_000;

    private const string TryLockSql = "SELECT pg_try_advisory_xact_lock(hashtextextended('customers.counters', 0))";

    private const string AddSumsSql = """
        INSERT INTO customers.counters AS counters (organization_id, dimension, within, key, customers, days)
        SELECT organization_id, dimension, within, key, customers, days FROM sums WHERE customers <> 0 OR days <> 0
        ON CONFLICT ON CONSTRAINT pk_counters
        DO UPDATE SET customers = counters.customers + EXCLUDED.customers, days = counters.days + EXCLUDED.days
        """;

    private const string FoldSql = $"""
        WITH taken AS (DELETE FROM customers.counter_changes
            RETURNING organization_id, activity, created_on, gender, country, state, city, birth_year, link, customers, births, days),
        sums AS (
            SELECT c.organization_id, d.dimension, d.within, d.key, sum(d.customers) AS customers, sum(d.days) AS days
            FROM taken c
            CROSS JOIN LATERAL customers.dimensions_of(
                c.activity, c.created_on, c.gender, c.country, c.state, c.city, c.birth_year, c.link, c.customers, c.births, c.days) d
            GROUP BY 1, 2, 3, 4),
        added AS ({AddSumsSql})
        SELECT count(*) FROM taken
        """;

    // One statement, so that all counts are of one moment.
    private const string CorrectSql = $"""
        WITH sums AS (
            SELECT organization_id, dimension, within, key, sum(customers) AS customers, sum(days) AS days
            FROM (SELECT organization_id, dimension, within, key, customers, days FROM customers.counted_anew
                  UNION ALL SELECT organization_id, dimension, within, key, -customers, -days FROM customers.counted) differences
            GROUP BY 1, 2, 3, 4 HAVING sum(customers) <> 0 OR sum(days) <> 0),
        corrected AS ({AddSumsSql})
        """;

    private const string FillSql = $"{CorrectSql} SELECT count(*) FROM sums";

    private const string RecountSql = $"""
        {CorrectSql}
        INSERT INTO customers.recounts (at, wrong_counters) SELECT $1, count(*) FROM sums RETURNING wrong_counters
        """;

    /// <summary>
    /// Counts the customers that were there before migration 0027 in its new dimensions. Repeated while another process counts.
    /// </summary>
    public static BackgroundMigration FillDimensions { get; } = new(
        "customers.growth_counters", async (services, _, cancellationToken) =>
            await services.GetRequiredService<Counters>().RunExclusivelyAsync(FillSql, [], cancellationToken) is null ? "again" : null);

    private long changesSinceVacuum;

    /// <summary>Adds the appended changes to the counters, which readers do not notice. Returns the number of changes.</summary>
    public async Task<long> FoldAsync(CancellationToken cancellationToken)
    {
        var changes = await RunExclusivelyAsync(FoldSql, [], cancellationToken) ?? 0;
        changesSinceVacuum += changes;
        if (changesSinceVacuum >= VacuumAfter)
        {
            changesSinceVacuum = 0;
            await using var vacuum = source.CreateCommand("VACUUM (TRUNCATE false) customers.counter_changes");
            await vacuum.ExecuteNonQueryAsync(cancellationToken);
        }

        return changes;
    }

    /// <summary>
    /// Recounts all customers and corrects wrong counters. Returns how many were wrong; null where another process is recounting.
    /// </summary>
    public Task<long?> RecountAsync(CancellationToken cancellationToken) =>
        RunExclusivelyAsync(RecountSql, [new NpgsqlParameter<DateTimeOffset> { TypedValue = time.GetDatabaseNow() }], cancellationToken);

    /// <summary>The last recount; the migration counts as the first.</summary>
    public async Task<Recount> LastRecountAsync(CancellationToken cancellationToken)
    {
        await using var command = source.CreateCommand("SELECT at, wrong_counters FROM customers.recounts ORDER BY id DESC LIMIT 1");
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        await reader.ReadAsync(cancellationToken);
        return new Recount(reader.GetFieldValue<DateTimeOffset>(0), reader.GetInt32(1));
    }

    private async Task<long?> RunExclusivelyAsync(string sql, NpgsqlParameter[] parameters, CancellationToken cancellationToken)
    {
        await using var connection = await source.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        await using var tryLock = new NpgsqlCommand(TryLockSql, connection);
        if (await tryLock.ExecuteScalarAsync(cancellationToken) is not true)
        {
            return null;
        }

        await using var command = new NpgsqlCommand(sql, connection) { CommandTimeout = 0 };
        command.Parameters.AddRange(parameters);
        var result = Convert.ToInt64(
            await command.ExecuteScalarAsync(cancellationToken), System.Globalization.CultureInfo.InvariantCulture);
        await transaction.CommitAsync(cancellationToken);
        return result;
    }
}
