using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Npgsql;
using Patron.Customers;
using Patron.IntegrationTests.Hosting;
using Patron.IntegrationTests.Reliability;
using Patron.Shared.Background;
using static Patron.IntegrationTests.Customers.CustomerIntents;

namespace Patron.IntegrationTests.Customers;

/// <summary>
/// Upgrading a database of the previous version: search texts are rebuilt and the index is built during normal operation.
/// </summary>
public sealed class SearchUpgradeTests(TestDatabase databases, OneProcess template) : IClassFixture<OneProcess>
{
    private const int Rows = 1_000;

    [Fact]
    public async Task Search_works_during_the_upgrade_and_an_interrupted_job_continues()
    {
        await using var app = await ServerOn.StartAsync(databases, await template.CopyOfDatabaseAsync());
        var staff = await app.StaffOfNewOrganizationAsync();
        var first = await CreateAsync(app, staff, "Søren", "O’Neill-Kierkegård");
        await app.CustomersSqlAsync<object>(
            """
            INSERT INTO customers.customers (uid, organization_id, customer_id, code, username, first_name, last_name, name, customer_type, claim, customer_group, territory,
                is_primary_contact, marketing_emails, marketing_sms, notification_preferences, tags, standing, is_blocked, is_deleted, total_services, customer_since, created_at, updated_at, version)
            SELECT gen_random_uuid(), organization_id, 'CUST_' || upper(lpad(to_hex(n), 8, '0')), 'CUST-' || (100000 + n), 'many' || n, 'Bjørn', 'No-' || n, 'Bjørn No-' || n, customer_type, 'unclaimed',
                customer_group, territory, false, true, false, '{}', '{}', standing, false, false, 0, created_at, created_at, updated_at, 1
            FROM customers.customers, generate_series(2, $2) n WHERE customer_id = $1
            """, first.Id(), Rows);
        var last = await CreateAsync(app, staff, "Søren", "O’Neill-Kierkegård");
        await DowngradeAsync(app);
        var before = await app.CustomersSqlAsync<long>("SELECT sum(version)::bigint FROM customers.customers");

        // Before the job: old results. New rows are found by the new rules.
        Assert.Equal([last.Id(), first.Id()], await FindAsync(app, staff, new { query = "O’Neill-Kierkegård" }));
        Assert.Equal([last.Id(), first.Id()], await FindAsync(app, staff, new { last_name = "O’Neill-Kierkegård" }));
        Assert.Equal([last.Id(), first.Id()], await FindAsync(app, staff, new { query = "kierkegard SØREN" }));
        Assert.Empty(await FindAsync(app, staff, new { first_name = "soren" }));
        Assert.Equal([last.Id(), first.Id()], await FindAsync(app, staff, new { tags = "Gold" }));
        var entered = await CreateAsync(app, staff, "Søren", "New");
        Assert.Equal([entered.Id()], await FindAsync(app, staff, new { query = "new søren" }));

        // During the job: it waits for a locked row, and other rows are changed meanwhile.
        await using (var holder = new NpgsqlConnection(app.Customers.ConnectionString))
        {
            await holder.OpenAsync();
            await using var transaction = await holder.BeginTransactionAsync();
            await using var hold = new NpgsqlCommand("SELECT FROM customers.customers WHERE customer_id = $1 FOR UPDATE", holder) { Parameters = { new() { Value = last.Id() } } };
            await hold.ExecuteNonQueryAsync();
            await ReadFinishedAsync(app);
            await Eventually.BecomeTrueAsync(async () =>
            {
                await Record.ExceptionAsync(() => RunAsync(app));
                return (await FindAsync(app, staff, new { first_name = "soren" })).SequenceEqual([entered.Id(), first.Id()]);
            });
            Assert.Equal([entered.Id(), last.Id(), first.Id()], await FindAsync(app, staff, new { first_name = "Søren" }));
            Assert.Equal([last.Id(), first.Id()], await FindAsync(app, staff, new { last_name = "O’Neill-Kierkegård" }));
            await (await app.PutCustomerAsync(staff, first.Id(), new { city = "Cork" })).ShouldBeAsync(HttpStatusCode.OK);
            await transaction.RollbackAsync();
        }

        Assert.NotNull(await app.CustomersSqlAsync<string>("SELECT position FROM shared.background_migrations WHERE name = 'customers.search_texts' AND finished_at IS NULL"));

        // An interrupted build of the index leaves an invalid one.
        await app.CustomersSqlAsync<object>("CREATE INDEX ix_customers_tag_keys ON customers.customers USING gin (organization_id, customers.tag_keys(tags))");
        await app.CustomersSqlAsync<object>("UPDATE pg_index SET indisvalid = false WHERE indexrelid = 'customers.ix_customers_tag_keys'::regclass");

        // Another process continues; a process that was running all the time notices the result.
        await using var other = await ServerOn.StartAsync(databases, app.Customers.ConnectionString);
        await Eventually.BecomeTrueAsync(async () => await app.CustomersSqlAsync<long>("SELECT count(*) FROM shared.background_migrations WHERE finished_at IS NOT NULL AND name IN ('customers.search_texts', 'customers.tag_keys')") == 2);
        await ReadFinishedAsync(app);
        Assert.Equal([entered.Id(), last.Id(), first.Id()], await FindAsync(app, staff, new { first_name = "soren" }));
        Assert.Equal([last.Id(), first.Id()], await FindAsync(app, staff, new { last_name = "oneill kierkegard" }));
        Assert.Equal([entered.Id(), last.Id(), first.Id()], await FindAsync(app, staff, new { tags = "gOLD" }));
        Assert.True(await app.CustomersSqlAsync<bool>("SELECT indisvalid FROM pg_index WHERE indexrelid = 'customers.ix_customers_tag_keys'::regclass"));
        // The job changes no version: only the new record and the one change count.
        Assert.Equal(before + 2, await app.CustomersSqlAsync<long>("SELECT sum(version)::bigint FROM customers.customers"));
    }

    [Fact]
    public async Task New_database_needs_no_background_migration()
    {
        var connectionString = await databases.CreateDatabaseAsync();
        await using var app = await ServerOn.StartAsync(databases, connectionString);

        Assert.True(app.Customers.Services.GetRequiredService<CompletedMigrations>().Contains("customers.tag_keys"));
        Assert.Null(await app.CustomersSqlAsync<string>("SELECT to_regclass('customers.ix_customers_tags')::text"));
    }

    // The state after migrations 0002 to 0014.
    private static async Task DowngradeAsync(ServerOn app)
    {
        await app.CustomersSqlAsync<object>("DROP INDEX customers.ix_customers_tag_keys");
        await app.CustomersSqlAsync<object>("CREATE INDEX ix_customers_tags ON customers.customers USING gin (organization_id, tags)");
        await app.CustomersSqlAsync<object>(Function("0002_search"));
        await app.CustomersSqlAsync<object>("UPDATE customers.customers SET first_name = first_name");
        await app.CustomersSqlAsync<object>("DELETE FROM shared.background_migrations");
        await app.CustomersSqlAsync<object>(Function("0015_search_folding"));
    }

    private static string Function(string migration)
    {
        var assembly = typeof(CustomersModule).Assembly;
        using var reader = new StreamReader(assembly.GetManifestResourceStream(assembly.GetManifestResourceNames().Single(name => name.EndsWith($".{migration}.sql", StringComparison.Ordinal)))!);
        var sql = reader.ReadToEnd().Replace("CREATE OR REPLACE FUNCTION", "CREATE FUNCTION", StringComparison.Ordinal);
        var start = sql.IndexOf("CREATE FUNCTION customers.search_text(", StringComparison.Ordinal);
        return sql[start..(sql.IndexOf("$$;", start, StringComparison.Ordinal) + 3)].Replace("CREATE FUNCTION", "CREATE OR REPLACE FUNCTION", StringComparison.Ordinal);
    }

    private static Task ReadFinishedAsync(ServerOn app) => app.Customers.Services.GetRequiredService<CompletedMigrations>().ReadAsync(TestContext.Current.CancellationToken);

    private static Task RunAsync(ServerOn app) =>
        app.Customers.Services.GetServices<IHostedService>().OfType<BackgroundMigrator>().Single().RunAsync(TestContext.Current.CancellationToken);

    private static Task<System.Text.Json.JsonElement> CreateAsync(ServerOn app, Person staff, string first, string last) =>
        app.CreateCustomerAsync(staff, new { first_name = first, last_name = last, email = Intents.NewEmail("upgraded"), tags = "Gold" });

    private static async Task<IEnumerable<string>> FindAsync(ServerOn app, Person staff, object search)
    {
        var found = await (await app.Customers.SendAsync(HttpMethod.Post, Api + "search", staff, search)).ShouldBeAsync(HttpStatusCode.OK);
        return [.. found.GetProperty("customers").EnumerateArray().Select(customer => customer.Id())];
    }
}
