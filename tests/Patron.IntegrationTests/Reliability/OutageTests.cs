using System.Net;
using System.Net.Http.Json;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Patron.CommandLine;
using Patron.IntegrationTests.Customers;
using Patron.IntegrationTests.Hosting;
using Patron.Shared.Database;

namespace Patron.IntegrationTests.Reliability;

/// <summary>Outages as whoever runs Patron meets them: what the log says, what is left for whom, and how a server ends.</summary>
public sealed class OutageTests(TestDatabase databases, OneProcess template) : IClassFixture<OneProcess>
{
    [Fact]
    public async Task An_outage_is_one_line_when_it_begins_and_one_when_it_is_over()
    {
        using var lines = new LogLines();
        await using var proxy = new DatabaseProxy(await template.CopyOfDatabaseAsync());
        await using var app = await ServerOn.StartAsync(databases, proxy.ConnectionString, logs: lines);
        var staff = await app.SomeStaffAsync();

        var server = proxy.Target;
        proxy.LeadTo(null);
        for (var request = 0; request < 50; request++)
        {
            await (await app.PostCustomerAsync(staff, CustomerIntents.JohnDoe())).ShouldBeAsync(HttpStatusCode.ServiceUnavailable);
        }

        proxy.LeadTo(server);
        await Eventually.BeSoAsync(() => Task.FromResult(lines.Text.Contains("Database available again", StringComparison.Ordinal)));

        var told = lines.Text.Split('\n').Where(line => line.StartsWith("Warning", StringComparison.Ordinal) || line.Contains("Database ", StringComparison.Ordinal)).ToList();
        Assert.Equal(2, told.Count);
        Assert.Contains("Database unavailable", told[0], StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_client_that_goes_away_in_the_middle_of_a_statement_is_no_outage_and_no_error()
    {
        using var lines = new LogLines();
        await using var app = await ServerOn.StartAsync(databases, await template.CopyOfDatabaseAsync(), logs: lines);
        var staff = await app.SomeStaffAsync();
        await app.MakeInsertsHangAsync();

        using var impatient = app.Accounts.NewClient();
        impatient.DefaultRequestHeaders.Authorization = new("Bearer", staff.Access);
        var writing = impatient.PostAsJsonAsync(CustomerIntents.Api, CustomerIntents.JohnDoe());
        await app.UntilAnInsertHangsAsync();
        impatient.CancelPendingRequests();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => writing);
        await (await app.GetCustomerAsync(staff, "CUST_00000000")).ShouldBeAsync(HttpStatusCode.NotFound);

        await app.CustomersSqlAsync<object>("SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE datname = current_database() AND wait_event = 'PgSleep'");
        Assert.DoesNotContain(lines.Text.Split('\n'), line => line.StartsWith("Warning", StringComparison.Ordinal) || line.StartsWith("Error", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Background_work_that_takes_all_it_may_leaves_connections_for_requests_and_probes()
    {
        await using var app = await ServerOn.StartAsync(databases, await template.CopyOfDatabaseAsync() + ";Maximum Pool Size=8");
        var pools = app.Accounts.Services.GetRequiredService<DatabasePools>();
        await using var one = await pools.Background.OpenConnectionAsync();
        await using var two = await pools.Background.OpenConnectionAsync();

        await app.RegisterAsync();
        await (await app.Accounts.Client.GetAsync("/health/ready")).ShouldBeAsync(HttpStatusCode.OK);
    }

    [Fact]
    public async Task One_connection_for_requests_is_enough_for_each_of_them()
    {
        await using var app = await ServerOn.StartAsync(databases, await template.CopyOfDatabaseAsync() + ";Maximum Pool Size=1;Timeout=2");
        app.Time.Shift = TimeSpan.FromMinutes(2); // What is remembered of the signing keys is too old.

        var person = await app.RegisterAsync();
        app.Time.Shift *= 2;
        await app.SignInAsync(person.Email);
    }

    [Fact]
    public async Task A_server_that_ends_without_being_asked_has_a_status_other_than_0()
    {
        var app = Patron.Hosting.PatronServer.Build(RunningPatron.SettingsFor(template.Accounts.DataFolder), await template.CopyOfDatabaseAsync(), ["http://127.0.0.1:0"]);
        await using (app)
        {
            app.Lifetime.ApplicationStarted.Register(app.Lifetime.StopApplication);

            Assert.Equal(1, await ServeCommand.RunAsync(app, ["http://127.0.0.1:0"], CancellationToken.None));
        }
    }
}
