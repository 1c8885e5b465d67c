using Npgsql;
using Patron.Shared.Database;

namespace Patron.Customers.Statistics;

/// <summary>When the counters were proven by counting anew, and how many were wrong then.</summary>
public sealed record Recount(DateTimeOffset At, long WrongCounters);

/// <summary>
/// The upkeep of the counters behind statistics and totals (Database/Migrations/0003_counters.sql): adds what writers appended to
/// them, and proves them by counting anew. Of several processes one does it at a time; the others find nothing to do.
/// </summary>
public sealed class Counters(NpgsqlDataSource source, TimeProvider time)
{
    // After so many changes their table is swept, sooner than the database's own housekeeping would: readers walk through it.
    private const int SweepAfter = 5_000;

    private const string Turn = "SELECT pg_try_advisory_xact_lock(hashtextextended('customers.counters', 0))";

    private const string Add = """
        INSERT INTO customers.counters AS counters (organization_id, dimension, within, key, customers, days)
        SELECT organization_id, dimension, within, key, customers, days FROM sums WHERE customers <> 0 OR days <> 0
        ON CONFLICT ON CONSTRAINT pk_counters
        DO UPDATE SET customers = counters.customers + EXCLUDED.customers, days = counters.days + EXCLUDED.days
        """;

    private const string Fold = $"""
        WITH taken AS (DELETE FROM customers.counter_changes
            RETURNING organization_id, activity, created_on, gender, country, state, city, customers, births, days),
        sums AS (
            SELECT c.organization_id, d.dimension, d.within, d.key, sum(d.customers) AS customers, sum(d.days) AS days
            FROM taken c
            CROSS JOIN LATERAL customers.dimensions_of(c.activity, c.created_on, c.gender, c.country, c.state, c.city, c.customers, c.births, c.days) d
            GROUP BY 1, 2, 3, 4),
        added AS ({Add})
        SELECT count(*) FROM taken
        """;

    // In one statement, of one moment; nobody else folds meanwhile.
    private const string CountAnew = $"""
        WITH sums AS (
            SELECT organization_id, dimension, within, key, sum(customers) AS customers, sum(days) AS days
            FROM (SELECT organization_id, dimension, within, key, customers, days FROM customers.counted_anew
                  UNION ALL SELECT organization_id, dimension, within, key, -customers, -days FROM customers.counted) differences
            GROUP BY 1, 2, 3, 4 HAVING sum(customers) <> 0 OR sum(days) <> 0),
        corrected AS ({Add})
        INSERT INTO customers.recounts (at, wrong_counters) SELECT $1, count(*) FROM sums RETURNING wrong_counters
        """;

    private long unswept;

    /// <summary>Adds the appended changes to the counters; readers see no difference. Answers how many there were.</summary>
    public async Task<long> FoldAsync(CancellationToken cancellationToken)
    {
        var changes = await InTurnAsync(Fold, [], cancellationToken) ?? 0;
        unswept += changes;
        if (unswept >= SweepAfter)
        {
            unswept = 0;
            await using var vacuum = source.CreateCommand("VACUUM (TRUNCATE false) customers.counter_changes");
            await vacuum.ExecuteNonQueryAsync(cancellationToken);
        }

        return changes;
    }

    /// <summary>Counts all customers and corrects what is wrong. Answers how many counters were; null where another process is at it.</summary>
    public Task<long?> RecountAsync(CancellationToken cancellationToken) =>
        InTurnAsync(CountAnew, [new NpgsqlParameter<DateTimeOffset> { TypedValue = time.GetDatabaseNow() }], cancellationToken);

    /// <summary>The last time that the counters were proven; their migration was the first.</summary>
    public async Task<Recount> LastRecountAsync(CancellationToken cancellationToken)
    {
        await using var command = source.CreateCommand("SELECT at, wrong_counters FROM customers.recounts ORDER BY id DESC LIMIT 1");
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        await reader.ReadAsync(cancellationToken);
        return new Recount(reader.GetFieldValue<DateTimeOffset>(0), reader.GetInt32(1));
    }

    private async Task<long?> InTurnAsync(string sql, NpgsqlParameter[] parameters, CancellationToken cancellationToken)
    {
        await using var connection = await source.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        await using var turn = new NpgsqlCommand(Turn, connection);
        if (await turn.ExecuteScalarAsync(cancellationToken) is not true)
        {
            return null;
        }

        await using var command = new NpgsqlCommand(sql, connection) { CommandTimeout = 0 };
        command.Parameters.AddRange(parameters);
        var result = Convert.ToInt64(await command.ExecuteScalarAsync(cancellationToken), System.Globalization.CultureInfo.InvariantCulture);
        await transaction.CommitAsync(cancellationToken);
        return result;
    }
}
