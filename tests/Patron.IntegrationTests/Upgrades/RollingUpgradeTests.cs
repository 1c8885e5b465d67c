using System.Net;
using System.Net.Http.Json;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;
using Patron.Hosting;
using Patron.IntegrationTests.Customers;
using Patron.IntegrationTests.Hosting;
using Patron.IntegrationTests.Processes;
using Patron.IntegrationTests.PrivatePostgres;
using Patron.IntegrationTests.Reliability;
using Patron.Shared;
using Patron.Shared.Database;

namespace Patron.IntegrationTests.Upgrades;

/// <summary>
/// Two releases on one database: this program, as the previous release, and the migrations of a made-up next one. bench/upgrade does the
/// same with the builds of two commits.
/// </summary>
[Collection(nameof(SeveralServers))]
public sealed class RollingUpgradeTests(TestDatabase databases, OneProcess template) : IClassFixture<OneProcess>
{
    [Fact]
    public async Task Previous_release_goes_on_and_starts_again_while_the_next_one_has_migrated()
    {
        var database = await template.CopyOfDatabaseAsync();
        await using (var running = await ServerOn.StartAsync(databases, database))
        {
            var staff = await running.StaffOfNewOrganizationAsync();
            using var end = new CancellationTokenSource();
            var written = WriteUntilAsync(running, staff, end.Token);
            Assert.Equal(["customers/9001_next_release", "customers/9002_index"], await NextRelease.MigrateAsync(database));
            await ShouldWorkAsync(running, staff);
            await end.CancelAsync();
            var all = await written;
            Assert.NotEmpty(all);
            Assert.Equal(all.Count + 1, await running.CustomersSqlAsync<long>(
                "SELECT count(*) FROM customers.customers c WHERE c.organization_id = (SELECT organization_id FROM customers.customers WHERE customer_id = $1)", all[0]));
        }

        using var logs = new LogLines();
        await using var again = await ServerOn.StartAsync(databases, database, logs: logs);
        Assert.Contains("this version can go on beside it: customers/9001_next_release, customers/9002_index", logs.Text, StringComparison.Ordinal);
        await ShouldWorkAsync(again, await again.StaffOfNewOrganizationAsync());
    }

    [Fact]
    public async Task Previous_release_is_refused_after_a_migration_that_takes_something_away()
    {
        var database = await template.CopyOfDatabaseAsync();
        await NextRelease.MigrateAsync(database);
        await NextRelease.MakeContractAsync(database, 9002);

        await using var pools = new DatabasePools(database, null, NullLoggerFactory.Instance);
        var previous = new Migrator(pools, PatronServices.MigrationSets(ProcessRole.All), NullLogger<Migrator>.Instance);
        var refused = await Assert.ThrowsAsync<CannotStartException>(() => previous.MigrateAsync(TestContext.Current.CancellationToken));

        Assert.Contains("newer version of Patron, which applied customers/9002_index", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Database_of_before_this_rule_is_upgraded_and_a_second_start_changes_nothing()
    {
        var database = await template.CopyOfDatabaseAsync();
        await DataFolder.ExecuteAsync(database, "ALTER TABLE shared.migrations DROP COLUMN kind; DELETE FROM shared.migrations WHERE module = 'shared' AND number = 12");

        Assert.Equal(["shared/0012_migration_kinds", "customers/9001_next_release", "customers/9002_index"], await NextRelease.MigrateAsync(database));
        Assert.Empty(await NextRelease.MigrateAsync(database));
        Assert.Equal(2, await ProcessIntents.CountAsync(database, "SELECT count(*) FROM shared.migrations WHERE kind = 'expand'"));
    }

    [Fact]
    public async Task Requests_do_not_queue_behind_a_migration_that_waits_for_a_long_transaction()
    {
        var database = await template.CopyOfDatabaseAsync();
        await using var server = await ServerOn.StartAsync(databases, database);
        var staff = await server.StaffOfNewOrganizationAsync();
        using var logs = new LogLines();
        using var factory = LoggerFactory.Create(logging => logging.AddProvider(logs));
        await using var report = new NpgsqlConnection(database);
        await report.OpenAsync();
        await using var transaction = await report.BeginTransactionAsync();
        await using (var read = new NpgsqlCommand("SELECT count(*) FROM customers.customers", report))
        {
            await read.ExecuteScalarAsync();
        }

        var migrating = NextRelease.MigrateAsync(database, factory.CreateLogger<Migrator>());
        await Eventually.BecomeTrueAsync(() => Task.FromResult(logs.Text.Contains("9001_next_release waits for a table", StringComparison.Ordinal)));
        await ShouldWorkAsync(server, staff);
        Assert.False(migrating.IsCompleted);
        await transaction.RollbackAsync();
        Assert.Contains("customers/9001_next_release", await migrating);
    }

    // Creates, a sign-in and a search, as an older program does them.
    private static async Task ShouldWorkAsync(ServerOn server, Person staff)
    {
        var email = Intents.NewEmail("rolling");
        var made = await server.CreateCustomerAsync(staff, new { first_name = "Rolling", last_name = "Upgrade", email });
        var found = await server.Customers.SendAsync(HttpMethod.Post, CustomerIntents.Api + "search", staff, new { query = email });
        Assert.Equal(made.Id(), (await found.ShouldBeAsync(HttpStatusCode.OK)).GetProperty("customers").EnumerateArray().Single().Id());
        var person = await server.RegisterAsync();
        await server.SignInAsync(person.Email);
        using var seen = await server.Customers.SendAsync(HttpMethod.Get, CustomerIntents.Api + made.Id(), staff);
        await seen.ShouldBeAsync(HttpStatusCode.OK);
    }

    // The identifiers of the customers that were created, one after the other, until the end.
    private static async Task<List<string>> WriteUntilAsync(ServerOn server, Person staff, CancellationToken end)
    {
        var made = new List<string>();
        while (made.Count == 0 || !end.IsCancellationRequested)
        {
            made.Add((await server.CreateCustomerAsync(staff, new { first_name = "John", last_name = "Doe", email = Intents.NewEmail("writer") })).Id());
        }

        return made;
    }
}
