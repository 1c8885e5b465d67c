using System.Collections.Concurrent;
using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using Patron.IntegrationTests.Customers;
using Patron.IntegrationTests.Hosting;
using Patron.Shared;

namespace Patron.IntegrationTests.Reliability;

/// <summary>Database connections that break.</summary>
public sealed class BrokenConnectionTests(TestDatabase databases, OneProcess template) : IClassFixture<OneProcess>
{
    private const int Workers = 8;
    private const int RoundsOfWorker = 14; // Three requests each, in three cases: about a thousand requests.
    private static readonly HttpStatusCode[] Allowed = [HttpStatusCode.OK, HttpStatusCode.Created, HttpStatusCode.TooManyRequests, HttpStatusCode.ServiceUnavailable];

    [Theory]
    [InlineData(1)]
    [InlineData(600)]
    [InlineData(5_000)]
    public async Task Closed_connections_never_cause_a_500(int afterBytes)
    {
        await using var proxy = new DatabaseProxy(await template.CopyOfDatabaseAsync());
        await using var app = await ServerOn.StartAsync(databases, proxy.ConnectionString);
        var staff = await app.SomeStaffAsync();
        var customer = await app.CreateCustomerAsync(staff);
        proxy.CloseEverySecondAfterBytes = afterBytes;
        proxy.Cut();

        var seen = new ConcurrentBag<HttpStatusCode>();
        await Task.WhenAll(Enumerable.Range(0, Workers).Select(async _ =>
        {
            for (var round = 0; round < RoundsOfWorker; round++)
            {
                using var read = await app.GetCustomerAsync(staff, customer.Id());
                using var made = await app.PostCustomerAsync(staff, CustomerIntents.JohnDoe(), ("Idempotency-Key", Guid.NewGuid().ToString()));
                using var signedIn = await app.Accounts.SendAsync(HttpMethod.Post, "/api/auth/login/", null, new { email = staff.Email, password = staff.Password });
                Array.ForEach([read, made, signedIn], answer => seen.Add(answer.StatusCode));
            }
        }));

        Assert.All(seen.Distinct(), status => Assert.Contains(status, Allowed));
        Assert.Contains(HttpStatusCode.Created, seen);
    }

    [Fact]
    public async Task Write_with_a_broken_connection_reports_an_unknown_outcome()
    {
        await using var proxy = new DatabaseProxy(await template.CopyOfDatabaseAsync());
        await using var app = await ServerOn.StartAsync(databases, proxy.ConnectionString);
        var staff = await app.SomeStaffAsync();
        await app.MakeInsertsHangAsync();

        var writing = app.PostCustomerAsync(staff, CustomerIntents.JohnDoe());
        await app.UntilAnInsertHangsAsync();
        proxy.Cut();

        var answer = await (await writing).ShouldBeAsync(HttpStatusCode.ServiceUnavailable);
        Assert.Contains("We don't know whether your change was made", answer.Text("detail"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task First_start_succeeds_although_connections_are_terminated()
    {
        for (var attempt = 0; attempt < 5; attempt++)
        {
            var connectionString = await databases.CreateDatabaseAsync();
            await using var server = await RunningPatron.LaunchAsync(connectionString);
            var ends = Task.Run(() => EndConnectionsAsync(connectionString, times: 4));
            await server.Services.GetRequiredService<StartSignal>().Completion.WaitAsync(TimeSpan.FromSeconds(60));
            await ends;
            await (await server.Client.GetAsync("/health/live")).ShouldBeAsync(HttpStatusCode.OK);
        }
    }

    // At various moments during the migrations.
    private static async Task EndConnectionsAsync(string connectionString, int times)
    {
        await using var connection = new NpgsqlConnection(new NpgsqlConnectionStringBuilder(connectionString) { Pooling = false }.ConnectionString);
        await connection.OpenAsync();
        for (var time = 0; time < times; time++)
        {
            await using var wait = new NpgsqlCommand("SELECT pg_sleep(random() * 0.3)", connection);
            await wait.ExecuteNonQueryAsync();
            await using var end = new NpgsqlCommand("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()", connection);
            await end.ExecuteNonQueryAsync();
        }
    }
}
