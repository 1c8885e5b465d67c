using System.Text.Json;
using Npgsql;
using Patron.IntegrationTests.Customers;
using Patron.IntegrationTests.Hosting;
using Patron.IntegrationTests.PrivatePostgres;
using Patron.IntegrationTests.Processes;
using Patron.Shared.Database;
using Patron.Shared.Database.Plans;

namespace Patron.IntegrationTests.Upgrades;

/// <summary>The plan of an upgrade: what it lists, that it changes and blocks nothing, and that its locks are those PostgreSQL takes.</summary>
public sealed class MigrationPlanTests(TestDatabase databases, OneProcess template) : IClassFixture<OneProcess>
{
    // Tables and views that were there before the migration, with the strongest lock that this session holds. Weaker ones block nobody.
    private const string MeasuredSql = """
        SELECT l.relation::regclass::text, l.mode FROM pg_locks l JOIN pg_class c ON c.oid = l.relation
        WHERE l.pid = pg_backend_pid() AND l.granted AND l.relation::bigint = ANY ($1) AND NOT c.relispartition
            AND l.mode NOT IN ('AccessShareLock', 'RowShareLock', 'RowExclusiveLock')
        """;

    private const string RelationsSql = """
        SELECT coalesce(array_agg(c.oid::bigint), '{}') FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
        WHERE n.nspname IN ('shared', 'accounts', 'customers', 'erp') AND c.relkind IN ('r', 'p', 'v')
        """;

    [Fact]
    public async Task Planned_locks_are_those_that_PostgreSQL_takes()
    {
        await using var connection = new NpgsqlConnection(await databases.CreateDatabaseAsync());
        await connection.OpenAsync();
        await ExecuteAsync(connection, "CREATE SCHEMA shared; CREATE TABLE shared.migrations (module text, number int, name text, checksum text)");

        var compared = 0;
        foreach (var migration in NextRelease.Sets.SelectMany(set => set.Load()).Where(migration => migration.IsInTransaction))
        {
            var before = await RelationsAsync(connection);
            var plan = await MigrationPlan.PlanAsync(connection, migration, TestContext.Current.CancellationToken);
            var measured = await RunAsync(connection, migration, before);
            var remaining = await NamesAsync(connection); // pg_locks knows what is dropped by its number only.
            var planned = plan.Locks.Where(held => held.Mode != "ROW EXCLUSIVE" && remaining.Contains(held.Table))
                .ToDictionary(held => held.Table, held => held.Mode, StringComparer.Ordinal);

            // The text of a DO block does not say all, and the plan says so. A table that is renamed has its old name in the plan.
            if (!plan.Warnings.Any(warning => warning.Contains("DO block", StringComparison.Ordinal)) && migration.FullName != "erp/0001_erp")
            {
                Assert.Equal(measured, planned);
                compared += measured.Count;
            }
        }

        Assert.True(compared > 30, $"Only {compared} locks were compared.");
    }

    [Fact]
    public async Task Plan_lists_what_a_start_would_do_and_changes_and_blocks_nothing()
    {
        var database = await template.CopyOfDatabaseAsync();
        await using var connection = new NpgsqlConnection(database);
        await connection.OpenAsync();
        await ExecuteAsync(
            connection,
            """
            DELETE FROM shared.migrations WHERE module = 'customers' AND number = 12;
            DELETE FROM shared.background_migrations WHERE name = 'customers.tag_keys';
            UPDATE pg_class SET reltuples = 250000, relpages = 9000 WHERE oid = 'customers.customers'::regclass;
            """);
        await using var writer = new NpgsqlConnection(database);
        await writer.OpenAsync();
        await using var transaction = await writer.BeginTransactionAsync();
        await ExecuteAsync(writer, "LOCK TABLE customers.customers IN ACCESS EXCLUSIVE MODE; UPDATE accounts.users SET first_name = first_name");

        var (status, output, errors) = await PlanAsync(database, "--json");

        Assert.True(status == 0, errors);
        var plan = JsonDocument.Parse(output).RootElement;
        var migration = Assert.Single(plan.GetProperty("migrations").EnumerateArray());
        Assert.Equal(("customers/0012_preferred_name", "contract", true), (migration.Text("name"), migration.Text("kind"), migration.GetProperty("in_transaction").GetBoolean()));
        var held = Assert.Single(migration.GetProperty("locks").EnumerateArray());
        Assert.Equal(("customers.customers", "ACCESS EXCLUSIVE", 250_000L), (held.Text("table"), held.Text("mode"), held.GetProperty("rows").GetInt64()));
        Assert.True(held.GetProperty("bytes").GetInt64() > 9000 * 8192);
        Assert.Empty(migration.GetProperty("warnings").EnumerateArray());
        Assert.Equal("customers.tag_keys", Assert.Single(plan.GetProperty("background").EnumerateArray()).GetString());

        await transaction.RollbackAsync();
        Assert.Equal(0, await ProcessIntents.CountAsync(database, "SELECT count(*) FROM shared.migrations WHERE module = 'customers' AND number = 12"));
    }

    [Fact]
    public async Task Plan_warns_of_a_lock_that_is_held_while_many_rows_are_read_or_rewritten()
    {
        await using var connection = new NpgsqlConnection(await template.CopyOfDatabaseAsync());
        await connection.OpenAsync();
        await ExecuteAsync(connection, "UPDATE pg_class SET reltuples = 250000 WHERE oid IN ('customers.customers'::regclass, 'accounts.users'::regclass)");

        var plan = await MigrationPlan.PlanAsync(
            connection, new Migration("customers", 99, "0099_test", """
                -- contract
                ALTER TABLE accounts.users ADD COLUMN size int;
                CREATE INDEX ix_test ON customers.customers (gender);
                CREATE INDEX ix_small ON customers.segments (filter);
                UPDATE customers.customers SET gender = NULL;
                """, ""), TestContext.Current.CancellationToken);

        Assert.Equal(
            [
                "Nobody can read or write accounts.users while it reads or rewrites many rows.",
                "Nobody can write customers.customers while it reads many rows.",
                "Changes rows of customers.customers, which stay locked until it ends.",
            ],
            plan.Warnings);
    }

    [Fact]
    public async Task Plan_of_a_current_database_is_one_sentence_and_of_an_empty_one_lists_everything()
    {
        Assert.Equal((0, "The database is up to date: no migration would run.\n", ""), await PlanAsync(await template.CopyOfDatabaseAsync()));

        var empty = await databases.CreateDatabaseAsync();
        var (status, output, _) = await PlanAsync(empty);
        Assert.Equal(0, status);
        Assert.Contains("shared/0001_shared  contract\n", output, StringComparison.Ordinal);
        Assert.Equal(0, await ProcessIntents.CountAsync(empty, "SELECT count(*) FROM pg_namespace WHERE nspname IN ('shared', 'accounts')"));
    }

    [Fact]
    public async Task Plan_of_a_newer_database_is_refused_as_the_start_is()
    {
        var database = await template.CopyOfDatabaseAsync();
        await DataFolder.ExecuteAsync(database, "INSERT INTO shared.migrations (module, number, name, checksum) VALUES ('customers', 999, '0999_later', 'x')");

        var (status, output, errors) = await PlanAsync(database);

        Assert.Equal((1, ""), (status, output));
        Assert.Contains("newer version of Patron", errors, StringComparison.Ordinal);
    }

    private static async Task<(int Status, string Output, string Errors)> PlanAsync(string database, params string[] arguments)
    {
        using var folder = new DataFolder();
        var answer = await PatronCommandLine.RunAsync(
            PatronProcess.SettingsFor(database),
            ["migrate", "--plan", "--data", folder.Location, .. arguments]);
        return (answer.Status, answer.Output, answer.Errors);
    }

    private static async Task<long[]> RelationsAsync(NpgsqlConnection connection)
    {
        await using var command = new NpgsqlCommand(RelationsSql, connection);
        return (long[])(await command.ExecuteScalarAsync())!;
    }

    private static async Task<string[]> NamesAsync(NpgsqlConnection connection)
    {
        await using var command = new NpgsqlCommand(RelationsSql.Replace("c.oid::bigint", "c.oid::regclass::text", StringComparison.Ordinal), connection);
        return (string[])(await command.ExecuteScalarAsync())!;
    }

    private static async Task<Dictionary<string, string>> RunAsync(NpgsqlConnection connection, Migration migration, long[] before)
    {
        var measured = new Dictionary<string, LockMode>(StringComparer.Ordinal);
        await using var transaction = await connection.BeginTransactionAsync();
        await ExecuteAsync(connection, migration.Sql);
        await using (var command = new NpgsqlCommand(MeasuredSql, connection) { Parameters = { new() { Value = before } } })
        {
            await using var reader = await command.ExecuteReaderAsync();
            while (await reader.ReadAsync())
            {
                var mode = Enum.Parse<LockMode>(reader.GetString(1)[..^"Lock".Length]);
                measured[reader.GetString(0)] = measured.TryGetValue(reader.GetString(0), out var other) && other > mode ? other : mode;
            }
        }

        await transaction.CommitAsync();
        return measured.ToDictionary(held => held.Key, held => MigrationPlan.NameOf(held.Value), StringComparer.Ordinal);
    }

    private static async Task ExecuteAsync(NpgsqlConnection connection, string sql)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync();
    }
}
