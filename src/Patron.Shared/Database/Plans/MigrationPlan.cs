using System.Data;
using Npgsql;

namespace Patron.Shared.Database.Plans;

/// <summary>
/// A table that a migration locks, with the strongest mode. Rows and size are those of PostgreSQL's statistics; the size includes indexes.
/// </summary>
public sealed record PlannedLock(string Table, string Mode, long Rows, long Bytes);

/// <summary>A migration that would run. The kind is <c>expand</c> or <c>contract</c> (decision 0025).</summary>
public sealed record PlannedMigration(
    string Name, string Kind, bool InTransaction, IReadOnlyList<PlannedLock> Locks, IReadOnlyList<string> Warnings);

/// <summary>
/// What the next start would do to the database: the migrations in their order, and the names of the background migrations that would
/// follow while requests are served.
/// </summary>
public sealed record MigrationPlan(IReadOnlyList<PlannedMigration> Migrations, IReadOnlyList<string> Background)
{
    // Below, reading or rewriting takes well under a second.
    private const long ManyRows = 100_000;

    // Sizes are those of the last VACUUM or ANALYZE: the functions that measure them lock the table. A page holds some 80 short rows, for
    // tables that were never analyzed (-1).
    private const string ResolveSql = """
        SELECT named.place, found.oid::regclass::text, size.rows::bigint, size.bytes::bigint
        FROM unnest($1::text[], $2::text[], $3::text[]) WITH ORDINALITY AS named (name, target, constraint_name, place)
        CROSS JOIN LATERAL (
            SELECT to_regclass(named.name)::oid AS oid WHERE named.target = 'Table'
            UNION SELECT indrelid FROM pg_index WHERE named.target = 'TableOfIndex' AND indexrelid = to_regclass(named.name)
            UNION SELECT confrelid FROM pg_constraint WHERE named.target = 'ReferencedTables' AND contype = 'f'
                AND conrelid = to_regclass(named.name) AND conname = coalesce(named.constraint_name, conname)) found
        CROSS JOIN LATERAL (
            SELECT coalesce(sum(part.rows), 0) AS rows, coalesce(sum(part.pages), 0) * current_setting('block_size')::bigint AS bytes
            FROM (
                SELECT CASE WHEN c.reltuples < 0 THEN c.relpages * 80.0 ELSE c.reltuples END AS rows,
                    (SELECT sum(p.relpages) FROM pg_class p
                    WHERE p.oid IN (c.oid, c.reltoastrelid)
                        OR p.oid IN (SELECT indexrelid FROM pg_index WHERE indrelid IN (c.oid, c.reltoastrelid))) AS pages
                FROM pg_class c
                WHERE c.relkind <> 'p'
                    AND (c.oid = found.oid OR c.oid IN (SELECT inhrelid FROM pg_inherits WHERE inhparent = found.oid))) part) size
        WHERE found.oid IS NOT NULL
        """;

    /// <summary>
    /// Reads the plan. It reads the catalog in a read-only transaction and locks none of Patron's tables but its list of migrations, for
    /// reading.
    /// </summary>
    /// <param name="sets">The migrations of the role.</param>
    /// <param name="background">The names of the role's background migrations.</param>
    /// <exception cref="CannotStartException">This program cannot work with the database; the message says why.</exception>
    public static async Task<MigrationPlan> ReadAsync(
        NpgsqlConnection connection, IEnumerable<MigrationSet> sets, IEnumerable<string> background, CancellationToken cancellationToken)
    {
        var known = sets.ToList();
        if (await DatabaseCompatibility.ProblemAsync(connection, known, cancellationToken) is { } problem)
        {
            throw new CannotStartException(problem);
        }

        await using var transaction = await connection.BeginTransactionAsync(IsolationLevel.RepeatableRead, cancellationToken);
        await using (var readOnly = new NpgsqlCommand("SET TRANSACTION READ ONLY", connection))
        {
            await readOnly.ExecuteNonQueryAsync(cancellationToken);
        }

        var applied = await DatabaseCompatibility.IsMigratedAsync(connection, cancellationToken)
            ? (await DatabaseCompatibility.ReadAppliedAsync(connection, cancellationToken))
                .Select(migration => migration.FullName).ToHashSet(StringComparer.Ordinal)
            : [];
        var migrations = new List<PlannedMigration>();
        foreach (var migration in known.SelectMany(set => set.Load()).Where(migration => !applied.Contains(migration.FullName)))
        {
            migrations.Add(await PlanAsync(connection, migration, cancellationToken));
        }

        var finished = await ReadFinishedAsync(connection, cancellationToken);
        return new MigrationPlan(migrations, [.. background.Where(name => !finished.Contains(name))]);
    }

    internal static async Task<PlannedMigration> PlanAsync(
        NpgsqlConnection connection, Migration migration, CancellationToken cancellationToken)
    {
        var statements = MigrationLocks.Read(migration);
        var (locks, tables) = await ResolveAsync(connection, [.. statements.SelectMany(statement => statement.Locks)], cancellationToken);
        var held = locks.Where(taken => taken.Mode > LockMode.AccessShare).GroupBy(taken => taken.Name, StringComparer.Ordinal).Select(
            table => new PlannedLock(table.Key, NameOf(table.Max(taken => taken.Mode)), tables[table.Key].Rows, tables[table.Key].Bytes));
        var warnings = MigrationLocks.FindLong(locks, table => tables[table].Rows > ManyRows).Select(Warning);
        return new PlannedMigration(
            migration.FullName, migration.Kind.ToString().ToLowerInvariant(), migration.IsInTransaction, [.. held],
            [.. warnings.Concat(statements.Select(statement => statement.Unknown).OfType<string>()).Distinct(StringComparer.Ordinal)]);
    }

    // Tables that do not exist yet are locked by nobody else, and are left out.
    private static async Task<(List<StatementLock> Locks, Dictionary<string, (long Rows, long Bytes)> Tables)> ResolveAsync(
        NpgsqlConnection connection, IReadOnlyList<StatementLock> locks, CancellationToken cancellationToken)
    {
        var resolved = new List<(long Place, StatementLock Lock)>();
        var tables = new Dictionary<string, (long Rows, long Bytes)>(StringComparer.Ordinal);
        await using var command = new NpgsqlCommand(ResolveSql, connection)
        {
            Parameters =
            {
                new() { Value = locks.Select(taken => taken.Name).ToArray() },
                new() { Value = locks.Select(taken => taken.Target.ToString()).ToArray() },
                new() { Value = locks.Select(taken => taken.Constraint).ToArray() },
            },
        };
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            var (place, table) = (reader.GetInt64(0), reader.GetString(1));
            tables[table] = (reader.GetInt64(2), reader.GetInt64(3));
            resolved.Add((place, locks[(int)place - 1] with { Name = table, Target = LockTarget.Table }));
        }

        return ([.. resolved.OrderBy(taken => taken.Place).Select(taken => taken.Lock)], tables);
    }

    private static async Task<HashSet<string>> ReadFinishedAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        var finished = new HashSet<string>(StringComparer.Ordinal);
        await using var exists = new NpgsqlCommand("SELECT to_regclass('shared.background_migrations') IS NOT NULL", connection);
        if (await exists.ExecuteScalarAsync(cancellationToken) is true)
        {
            await using var command = new NpgsqlCommand(
                "SELECT name FROM shared.background_migrations WHERE finished_at IS NOT NULL", connection);
            await using var reader = await command.ExecuteReaderAsync(cancellationToken);
            while (await reader.ReadAsync(cancellationToken))
            {
                finished.Add(reader.GetString(0));
            }
        }

        return finished;
    }

    private static string Warning(LongLock found) => found switch
    {
        { Work: RowWork.Changes } => $"Changes rows of {found.Table}, which stay locked until it ends.",
        { Mode: LockMode.AccessExclusive } => $"Nobody can read or write {found.Table} while it reads or rewrites many rows.",
        _ => $"Nobody can write {found.Table} while it reads many rows.",
    };

    internal static string NameOf(LockMode mode) => mode switch
    {
        LockMode.RowExclusive => "ROW EXCLUSIVE",
        LockMode.ShareUpdateExclusive => "SHARE UPDATE EXCLUSIVE",
        LockMode.Share => "SHARE",
        LockMode.ShareRowExclusive => "SHARE ROW EXCLUSIVE",
        LockMode.Exclusive => "EXCLUSIVE",
        _ => "ACCESS EXCLUSIVE",
    };
}
