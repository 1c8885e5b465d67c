using System.Diagnostics;
using System.Net;
using Patron.IntegrationTests.Customers;
using Patron.IntegrationTests.Hosting;

namespace Patron.IntegrationTests.Reliability;

/// <summary>A database that accepts connections and answers nothing.</summary>
[Collection(nameof(Alone))]
public sealed class HangingDatabaseTests(TestDatabase databases, OneProcess template) : IClassFixture<OneProcess>
{
    // The probe itself waits two seconds.
    private static readonly TimeSpan ProbeLimit = TimeSpan.FromSeconds(2.5);

    [Fact]
    public async Task Hanging_database_is_reported_by_the_probe_in_time_and_requests_work_afterwards()
    {
        await using var proxy = new DatabaseProxy(await template.CopyOfDatabaseAsync());
        await using var app = await ServerOn.StartAsync(databases, proxy.ConnectionString + ";Timeout=1;Command Timeout=1");
        var staff = await app.SomeStaffAsync();
        await (await app.Accounts.Client.GetAsync("/health/ready")).ShouldBeAsync(HttpStatusCode.OK);

        proxy.Suspend();
        for (var probe = 0; probe < 4; probe++)
        {
            var watch = Stopwatch.StartNew();
            using var ready = await app.Accounts.Client.GetAsync("/health/ready");
            Assert.Equal(HttpStatusCode.ServiceUnavailable, ready.StatusCode);
            Assert.True(watch.Elapsed < ProbeLimit, $"The probe took {watch.Elapsed.TotalSeconds:0.0} s.");
        }

        await (await app.PostCustomerAsync(staff, CustomerIntents.JohnDoe())).ShouldBeAsync(HttpStatusCode.ServiceUnavailable);
        proxy.Resume();
        await Eventually.BecomeTrueAsync(async () => (await app.Accounts.Client.GetAsync("/health/ready")).StatusCode == HttpStatusCode.OK);
        await app.CreateCustomerAsync(staff);
    }
}
