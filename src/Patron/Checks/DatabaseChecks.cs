using Npgsql;
using Patron.Customers.Statistics;
using Patron.Hosting;
using Patron.Shared;
using Patron.Shared.Checks;
using Patron.Shared.Database;

namespace Patron.Checks;

/// <summary>
/// The checks of <c>patron doctor</c> and of the console for the database: its version, what was given up, statistics, addresses.
/// </summary>
internal static class DatabaseChecks
{
    private const int MinPostgresVersion = 150_000;

    private const string FactsSql = """
        SELECT current_setting('server_version_num')::int, has_database_privilege(current_database(), 'CREATE'),
            to_regclass('shared.outbox_messages') IS NOT NULL, to_regclass('customers.recounts') IS NOT NULL,
            to_regclass('shared.email_key_conflicts') IS NOT NULL
        """;

    private const string DeadMessagesSql = "SELECT count(*) FROM shared.outbox_messages WHERE dead_at IS NOT NULL AND refused_at IS NULL";

    /// <summary>All checks, on a database with these roles' tables or on an empty one.</summary>
    public static async Task<IReadOnlyList<CheckResult>> RunAsync(
        NpgsqlDataSource source, ProcessRole role, CancellationToken cancellationToken)
    {
        await using var connection = await source.OpenConnectionAsync(cancellationToken);
        var facts = await ReadFactsAsync(connection, cancellationToken);
        if (await DatabaseCompatibility.ProblemAsync(connection, PatronServices.MigrationSets(role), cancellationToken)
            is { } incompatible)
        {
            return [new CheckResult("database", false, incompatible)];
        }

        return
        [
            CheckServer(facts),
            .. facts.IsMigrated ? await CountGivenUpAsync(connection, cancellationToken) : [],
            .. facts.IsMigrated ? await MailChecks.CountRefusedAsync(connection, cancellationToken) : [],
            .. facts.IsMigrated ? await MailChecks.CountParkedAsync(connection, cancellationToken) : [],
            .. facts.HasStatistics ? [await CheckStatisticsAsync(source, cancellationToken)] : Array.Empty<CheckResult>(),
            .. facts.HasKeys ? [await CheckAddressesAsync(connection, cancellationToken)] : Array.Empty<CheckResult>(),
        ];
    }

    /// <summary>Whether the replicas can be used.</summary>
    public static async Task<CheckResult> CheckReplicasAsync(
        string primary, string reads, ReadOptions options, ILoggerFactory logs, CancellationToken cancellationToken)
    {
        await using var pools = new DatabasePools(primary, lockTimeout: null, logs, reads);
        var problem = await ReplicaCheck.ProblemAsync(pools, options.MostLag, cancellationToken);
        return new CheckResult("replicas", problem is null, problem ?? "replay what the primary writes");
    }

    private static async Task<DatabaseFacts> ReadFactsAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(FactsSql, connection);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        await reader.ReadAsync(cancellationToken);
        return new DatabaseFacts(
            reader.GetInt32(0), reader.GetBoolean(1), reader.GetBoolean(2), reader.GetBoolean(3), reader.GetBoolean(4));
    }

    private static CheckResult CheckServer(DatabaseFacts facts)
    {
        if (facts.Version < MinPostgresVersion)
        {
            return new CheckResult("database", false, $"PostgreSQL {facts.Version / 10_000} is too old; Patron needs 15 or newer.");
        }

        if (!facts.MayCreate && !facts.IsMigrated)
        {
            return new CheckResult(
                "database", false,
                "The user can't create schemas and extensions. Ask an administrator to run: GRANT CREATE ON DATABASE ... TO ...");
        }

        var version = facts.Version / 10_000;
        return new CheckResult(
            "database", true,
            facts.IsMigrated ? $"PostgreSQL {version}, in use" : $"PostgreSQL {version}, empty; the first start fills it");
    }

    private static async Task<IEnumerable<CheckResult>> CountGivenUpAsync(NpgsqlConnection connection, CancellationToken cancellationToken) =>
        CountChecks.Describe(
            "given-up messages", isGood: false, await connection.CountAsync(DeadMessagesSql, cancellationToken),
            "1 message couldn't be sent and won't be tried again. The console shows it under Mail, and in the inbox.",
            count => $"{count} messages couldn't be sent and won't be tried again. The console shows them under Mail, and in the inbox.");

    private static async Task<CheckResult> CheckStatisticsAsync(NpgsqlDataSource source, CancellationToken cancellationToken)
    {
        var last = await new Counters(source, TimeProvider.System).LastRecountAsync(cancellationToken);
        return last.WrongCounters == 0
            ? new CheckResult("statistics", true, $"recounted at {last.At.UtcDateTime:yyyy-MM-dd HH:mm} UTC, all correct")
            : new CheckResult(
                "statistics", false,
                $"{last.WrongCounters} counters were wrong at {last.At.UtcDateTime:yyyy-MM-dd HH:mm} UTC and were corrected. Please report this, and run 'patron recount' to see whether it happens again.");
    }

    private static async Task<CheckResult> CheckAddressesAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        var conflicts = await connection.CountAsync("SELECT count(*) FROM shared.email_key_conflicts", cancellationToken);
        return conflicts == 0
            ? new CheckResult("addresses", true, "no two spellings of one mailbox")
            : new CheckResult(
                "addresses", false,
                $"{conflicts} addresses are invalid, or another spelling of someone else's. GET /api/portal/email-conflicts lists them. Change or merge one of each two.");
    }

    private sealed record DatabaseFacts(int Version, bool MayCreate, bool IsMigrated, bool HasStatistics, bool HasKeys);
}
