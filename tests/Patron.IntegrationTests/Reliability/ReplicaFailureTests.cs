using System.Collections.Concurrent;
using System.Net;
using Microsoft.Extensions.Logging.Abstractions;
using Patron.IntegrationTests.Customers;
using Patron.IntegrationTests.Hosting;
using Patron.IntegrationTests.PrivatePostgres;
using Patron.Shared.Database;

namespace Patron.IntegrationTests.Reliability;

/// <summary>Replicas that are away, behind or no replicas cause no errors and are reported.</summary>
[Collection(nameof(SeveralServers))]
public sealed class ReplicaFailureTests(ReplicaWorld world) : IClassFixture<ReplicaWorld>
{
    [Fact]
    public async Task Killed_replica_causes_no_error_and_is_used_again()
    {
        var staff = await world.StaffOfNewOrganizationAsync();
        await world.WriteAsync(staff);
        await world.Standby.CatchUpAsync(world.Primary);
        await ReplicaWorld.UntilAnswersComeFromAsync(world.Accounts, isReplica: true);
        using var stop = new CancellationTokenSource();
        var statuses = new ConcurrentBag<HttpStatusCode>();
        var reading = Task.WhenAll(Enumerable.Range(0, 8).Select(async _ =>
        {
            while (!stop.IsCancellationRequested)
            {
                using var answer = await world.Customers.SendAsync(HttpMethod.Post, CustomerIntents.Api + "search", staff, new { query = "john" });
                statuses.Add(answer.StatusCode);
            }
        }));
        await Eventually.BecomeTrueAsync(() => Task.FromResult(statuses.Count > 100));

        await world.Standby.KillAsync();
        await ReplicaWorld.UntilAnswersComeFromAsync(world.Accounts, isReplica: false);
        await Eventually.BecomeTrueAsync(async () => await ReplicaWorld.HealthAsync(world.Prompt) == ("degraded", "degraded"));
        await (await world.Prompt.Client.GetAsync("/health/ready")).ShouldBeAsync(HttpStatusCode.OK);
        var before = statuses.Count;
        await Eventually.BecomeTrueAsync(() => Task.FromResult(statuses.Count > before + 100));
        await world.Standby.StartAsync();
        await ReplicaWorld.UntilAnswersComeFromAsync(world.Accounts, isReplica: true);
        await Eventually.BecomeTrueAsync(async () => await ReplicaWorld.HealthAsync(world.Prompt) == ("ok", "ok"));
        await stop.CancelAsync();
        await reading;

        Assert.Equal([HttpStatusCode.OK], statuses.Distinct());
    }

    [Fact]
    public async Task Replica_that_is_behind_is_reported()
    {
        await Eventually.BecomeTrueAsync(async () => await ReplicaWorld.HealthAsync(world.Prompt) == ("ok", "ok"));
        await world.WhilePausedAsync(async () =>
        {
            await world.WriteAsync(await world.StaffOfNewOrganizationAsync());
            await Eventually.BecomeTrueAsync(async () => await ReplicaWorld.HealthAsync(world.Prompt) == ("degraded", "degraded"));
        });
        await Eventually.BecomeTrueAsync(async () => await ReplicaWorld.HealthAsync(world.Prompt) == ("ok", "ok"));
    }

    [Fact]
    public async Task Server_of_its_own_is_not_read_as_a_replica()
    {
        // A server that is not a copy, although it has a database of the same name.
        using var folder = new DataFolder();
        await using var other = await folder.StartAsync();
        await using var server = await world.StartServerAsync(other.ConnectionString);

        await Eventually.BecomeTrueAsync(async () => (await ReplicaWorld.HealthAsync(server)).Reads == "degraded");
        var staff = await world.StaffOfNewOrganizationAsync();
        await (await server.SendAsync(HttpMethod.Get, CustomerIntents.Api, staff)).ShouldBeAsync(HttpStatusCode.OK);
    }

    [Fact]
    public async Task Doctor_says_why_a_replica_cannot_be_used()
    {
        async Task<string?> CheckAsync(string reads)
        {
            await using var pools = new DatabasePools(world.Primary, lockTimeout: null, NullLoggerFactory.Instance, reads);
            return await ReplicaCheck.ProblemAsync(pools, TimeSpan.FromSeconds(2), CancellationToken.None);
        }

        Assert.Null(await CheckAsync(world.Standby.ConnectionString));
        Assert.Contains("can be reached", await CheckAsync("Host=/nowhere"), StringComparison.Ordinal);
        await world.WhilePausedAsync(async () =>
        {
            await world.WriteAsync(await world.StaffOfNewOrganizationAsync());
            Assert.Contains("is behind", await CheckAsync(world.Standby.ConnectionString), StringComparison.Ordinal);
        });
    }

    [Fact]
    public async Task Several_hosts_prefer_a_standby()
    {
        var hosts = string.Join(',', new[] { world.Primary, world.Standby.ConnectionString }.Select(one => new Npgsql.NpgsqlConnectionStringBuilder(one).Host));
        await using var server = await world.StartServerAsync($"Host={hosts};Load Balance Hosts=true");

        await ReplicaWorld.UntilAnswersComeFromAsync(server, isReplica: true);
    }
}
