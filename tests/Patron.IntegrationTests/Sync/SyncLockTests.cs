using System.Diagnostics;
using System.Net;
using System.Threading.Channels;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using Patron.Customers.Customers;
using Patron.Customers.Import;
using Patron.Erp.Runs;
using Patron.IntegrationTests.Customers;
using Patron.IntegrationTests.Hosting;
using Patron.Shared.Callers;
using Patron.Shared.Imports;
using Patron.Shared.Results;

namespace Patron.IntegrationTests.Sync;

/// <summary>The sync during concurrent writes: it yields, aborts nobody and continues by itself.</summary>
public sealed class SyncLockTests(TestDatabase database)
{
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(20);

    [Fact]
    public async Task Sync_yields_in_a_deadlock_and_finishes_afterwards()
    {
        await using var world = await SyncWorld.StartAsync(database);
        var partners = new[] { 1, 2 }.Select(number => world.Company.AddPartner($"Customer {number}", $"customer{number}@x.example")).ToList();
        await world.SyncAsync();
        partners.ForEach(partner => world.Company.Change(partner, ("city", "Mutare")));

        await using var other = new NpgsqlConnection(world.Accounts.ConnectionString);
        await other.OpenAsync();
        await using var transaction = await other.BeginTransactionAsync();
        await LockAsync(partners[1]); // The sync locks the first customer and waits for the second.
        var sync = world.SyncAsync(full: true);
        await Eventually.BecomeTrueAsync(() => world.CustomersSqlAsync<bool>("SELECT EXISTS (SELECT FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database())"));
        await LockAsync(partners[0]);
        await transaction.CommitAsync();
        Assert.Equal(2, (await sync.WaitAsync(Timeout)).Updated);

        async Task LockAsync(long partner)
        {
            await using var command = new NpgsqlCommand("UPDATE customers.customers SET notes = 'Locked' WHERE erp_id = $1", other, transaction);
            command.Parameters.AddWithValue($"{partner}");
            Assert.Equal(1, await command.ExecuteNonQueryAsync());
        }
    }

    [Fact]
    public async Task Long_import_of_the_same_address_aborts_nobody()
    {
        await using var world = await SyncWorld.StartAsync(database);
        var known = world.Company.AddPartner("Known", "known@x.example");
        await world.SyncAsync();
        world.Company.Change(known, ("city", "Mutare"));
        var shared = world.Company.AddPartner("Shared", "shared@x.example");

        var lines = Channel.CreateUnbounded<ImportLine<CustomerChanges>>();
        var imported = 0;
        var import = ImportAsync(world, lines.Reader.ReadAllAsync(), _ => imported++);
        for (var number = 1; number <= ImportCustomers.BatchSize; number++)
        {
            lines.Writer.TryWrite(Line(number, number == 1 ? "shared@x.example" : $"line{number}@x.example"));
        }

        // Inserted and not committed before the last line.
        await Eventually.BecomeTrueAsync(() => Task.FromResult(imported == ImportCustomers.BatchSize));
        var sync = world.SyncAsync(full: true);
        await Eventually.BecomeTrueAsync(() => Task.FromResult(world.Logs.Text.Contains("Sync is waiting for locks", StringComparison.Ordinal)));

        // The waiting batch blocks nobody: its locks are released twice a second.
        var watch = Stopwatch.StartNew();
        var edited = await world.PutCustomerAsync(await world.SomeStaffAsync(), (await world.CustomerOfAsync(known)).Text("customer_id")!, new { notes = "Called back" });
        await edited.ShouldBeAsync(HttpStatusCode.OK);
        Assert.True(watch.Elapsed < TimeSpan.FromSeconds(4), $"the form took {watch.Elapsed}");
        Assert.False(sync.IsCompleted);

        lines.Writer.Complete();
        Assert.Null((await import.WaitAsync(Timeout)).Error);
        await sync.WaitAsync(Timeout);
        Assert.Equal(("current", "Imported", "Mutare"), (await world.StateOfAsync(shared), (await world.CustomerOfAsync(shared)).Text("first_name"), (await world.CustomerOfAsync(known)).Text("city")));
    }

    [Fact]
    public async Task Run_with_broken_connections_stays_open_and_is_finished_later()
    {
        await using var world = await SyncWorld.StartAsync(database);
        for (var number = 1; number <= 30; number++)
        {
            world.Company.AddPartner($"Customer {number}", $"customer{number}@x.example");
        }

        await world.CustomersSqlAsync<object>("CREATE FUNCTION erp.end_session() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN PERFORM pg_terminate_backend(pg_backend_pid()); RETURN NEW; END $$");
        await world.CustomersSqlAsync<object>("CREATE TRIGGER end_session AFTER INSERT ON customers.customers FOR EACH STATEMENT EXECUTE FUNCTION erp.end_session()");
        await Assert.ThrowsAnyAsync<NpgsqlException>(() => world.TrySyncAsync());
        Assert.Equal(0, await world.CountCustomersAsync());
        await world.CustomersSqlAsync<object>("DROP TRIGGER end_session ON customers.customers");

        // By this sync or by a worker, whichever is first; the other finds nothing left to do.
        await world.TrySyncAsync();
        await Eventually.BecomeTrueAsync(async () => await world.CustomersSqlAsync<long>("SELECT count(*) FROM erp.runs WHERE state <> 'succeeded'") == 0);
        Assert.Equal(30, await world.CountCustomersAsync());
        Assert.Equal(0, await world.CustomersSqlAsync<long>("SELECT count(*) FROM erp.readings"));
    }

    private static async Task<Result<Unit>> ImportAsync(SyncWorld world, IAsyncEnumerable<ImportLine<CustomerChanges>> lines, Action<ImportedLine> report)
    {
        await using var scope = world.Accounts.Services.CreateAsyncScope();
        return await scope.ServiceProvider.GetRequiredService<ImportCustomers>().HandleAsync(Caller.System(world.Home()), lines, allOrNothing: true, report, CancellationToken.None);
    }

    private static ImportLine<CustomerChanges> Line(long number, string email) =>
        new(number, new CustomerChanges(CustomerSchema.FirstName.With("Imported"), CustomerSchema.LastName.With("Person"), CustomerSchema.Email.With(email)));
}
