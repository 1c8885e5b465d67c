using Microsoft.Extensions.Logging.Abstractions;
using Patron.Shared.Background;
using Patron.Shared.Database;

namespace Patron.IntegrationTests.Reliability;

public sealed class LeaseStoreTests(TestDatabase databases) : IAsyncLifetime
{
    private const string Work = "work";
    private DatabasePools? pools;
    private LeaseStore? leases;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private LeaseStore Leases => leases!;

    public async ValueTask InitializeAsync()
    {
        pools = new DatabasePools(await databases.CreateDatabaseAsync(), lockTimeout: null, NullLoggerFactory.Instance);
        await new Migrator(pools, [new MigrationSet("shared", typeof(Migrator).Assembly)], NullLogger<Migrator>.Instance).MigrateAsync(Cancellation);
        leases = new LeaseStore(pools, NullLogger<Lease>.Instance);
    }

    public ValueTask DisposeAsync() => pools!.DisposeAsync();

    [Fact]
    public async Task Of_fifty_concurrent_callers_one_gets_the_lease()
    {
        var answers = await Task.WhenAll(Enumerable.Range(0, 50).Select(_ => Leases.TryAcquireAsync(Work, Cancellation)));

        await using var lease = Assert.Single(answers, answer => answer is not null);
        await using var other = await Leases.TryAcquireAsync("other work", Cancellation);
        Assert.NotNull(other);
    }

    [Fact]
    public async Task Released_lease_is_free_at_once()
    {
        await using (await Leases.TryAcquireAsync(Work, Cancellation))
        {
            Assert.Null(await Leases.TryAcquireAsync(Work, Cancellation));
        }

        await using var next = await Leases.TryAcquireAsync(Work, Cancellation);
        Assert.NotNull(next);
    }

    [Fact]
    public async Task Lease_of_a_dead_holder_is_taken_over_when_it_ends()
    {
        await SqlAsync("INSERT INTO shared.leases VALUES ('work', gen_random_uuid(), clock_timestamp() + interval '700 milliseconds')");
        Assert.Null(await Leases.TryAcquireAsync(Work, Cancellation));

        await using var lease = await Leases.AcquireUnlessRenewedAsync(Work, Cancellation);
        Assert.NotNull(lease);
    }

    [Fact]
    public async Task Holder_renews_its_lease()
    {
        await using var holder = await Leases.TryAcquireAsync(Work, Cancellation);

        Assert.Null(await Leases.AcquireUnlessRenewedAsync(Work, Cancellation));
        Assert.Null(await Leases.TryAcquireAsync(Work, Cancellation));
    }

    [Fact]
    public async Task Former_holder_does_not_release_the_lease_of_its_successor()
    {
        var former = await Leases.TryAcquireAsync(Work, Cancellation);
        await SqlAsync("UPDATE shared.leases SET expires_at = clock_timestamp() - interval '1 second'");
        await using var successor = await Leases.TryAcquireAsync(Work, Cancellation);
        Assert.NotNull(successor);

        await former!.DisposeAsync();
        Assert.Null(await Leases.TryAcquireAsync(Work, Cancellation));
    }

    private async Task SqlAsync(string sql)
    {
        await using var command = pools!.Requests.CreateCommand(sql);
        await command.ExecuteNonQueryAsync(Cancellation);
    }
}
