using System.Collections.Concurrent;
using System.Net;
using Patron.IntegrationTests.Customers;
using Patron.IntegrationTests.Hosting;

namespace Patron.IntegrationTests.Reliability;

/// <summary>With a synchronous standby, acknowledged writes are replicated, and Patron continues after a failover.</summary>
[Collection(nameof(SeveralServers))]
public sealed class StandbyTests(TestDatabase databases)
{
    private const string EndWaits = "SELECT count(pg_cancel_backend(pid)) FROM pg_stat_activity WHERE wait_event = 'SyncRep'";

    [Fact]
    public async Task Write_not_confirmed_by_the_standby_is_not_acknowledged()
    {
        await using var pair = await PostgresPair.StartAsync();
        await using var app = await ServerOn.StartAsync(databases, pair.ConnectionString);
        var staff = await app.SomeStaffAsync();
        await app.CreateCustomerAsync(staff);
        await pair.CutStandbyOffAsync();

        // An administrator cancels the wait: PostgreSQL reports success with a warning.
        var body = CustomerIntents.JohnDoe();
        var cancelled = app.PostCustomerAsync(staff, body, ("Idempotency-Key", "one"));
        await Eventually.BecomeTrueAsync(async () => await PostgresPair.SqlAsync<long>(pair.Primary, EndWaits) == 0 && cancelled.IsCompleted);
        var unconfirmed = await (await cancelled).ShouldBeAsync(HttpStatusCode.ServiceUnavailable);
        Assert.Contains("standby", unconfirmed.Text("detail"), StringComparison.Ordinal);

        // The stored answer of the repeated request waits for the standby too, until the command times out.
        await (await app.PostCustomerAsync(staff, body, ("Idempotency-Key", "one"))).ShouldBeAsync(HttpStatusCode.ServiceUnavailable);
        await (await app.PostCustomerAsync(staff, CustomerIntents.JohnDoe())).ShouldBeAsync(HttpStatusCode.ServiceUnavailable);
    }

    [Fact]
    public async Task Failover_loses_no_acknowledged_write_and_the_process_continues()
    {
        await using var pair = await PostgresPair.StartAsync();
        await using var app = await ServerOn.StartAsync(databases, pair.ConnectionString);
        var staff = await app.SomeStaffAsync();
        using var stop = new CancellationTokenSource();
        var acknowledged = new ConcurrentBag<string>();
        var statuses = new ConcurrentBag<HttpStatusCode>();
        var writing = Task.WhenAll(Enumerable.Range(0, 4).Select(async _ =>
        {
            while (!stop.IsCancellationRequested)
            {
                var body = CustomerIntents.JohnDoe();
                using var answer = await app.PostCustomerAsync(staff, body);
                statuses.Add(answer.StatusCode);
                if (answer.StatusCode == HttpStatusCode.Created)
                {
                    acknowledged.Add((string)body["email"]!);
                }
            }
        }));
        await Eventually.BecomeTrueAsync(() => Task.FromResult(acknowledged.Count > 50));

        pair.KillPrimary();
        await Eventually.BecomeTrueAsync(() => Task.FromResult(statuses.Contains(HttpStatusCode.ServiceUnavailable)));
        await pair.PromoteStandbyAsync();
        var before = acknowledged.Count;
        await Eventually.BecomeTrueAsync(() => Task.FromResult(acknowledged.Count > before + 50));
        await stop.CancelAsync();
        await writing;

        Assert.All(statuses.Distinct(), status => Assert.True(status is HttpStatusCode.Created or HttpStatusCode.ServiceUnavailable));
        Assert.Equal(acknowledged.Count, await PostgresPair.SqlAsync<long>(
            pair.Standby, $"SELECT count(DISTINCT email) FROM customers.customers WHERE email IN ({string.Join(", ", acknowledged.Select(email => $"'{email}'"))})"));
        await (await app.Accounts.Client.GetAsync("/health/ready")).ShouldBeAsync(HttpStatusCode.OK);
        var person = await app.RegisterAsync();
        await app.MailAsync(person.Email);
    }
}
