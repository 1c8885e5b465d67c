using System.Net;
using System.Net.Http.Json;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Patron.CommandLine;
using Patron.IntegrationTests.Customers;
using Patron.IntegrationTests.Hosting;
using Patron.Shared.Database;

namespace Patron.IntegrationTests.Reliability;

/// <summary>Outages of the database: log lines, remaining connections and the exit status.</summary>
public sealed class OutageTests(TestDatabase databases, OneProcess template) : IClassFixture<OneProcess>
{
    [Fact]
    public async Task Outage_logs_one_line_at_its_beginning_and_one_at_its_end()
    {
        using var lines = new LogLines();
        await using var proxy = new DatabaseProxy(await template.CopyOfDatabaseAsync());
        await using var app = await ServerOn.StartAsync(databases, proxy.ConnectionString, logs: lines);
        var staff = await app.SomeStaffAsync();

        var server = proxy.Target;
        proxy.ForwardTo(null);
        for (var request = 0; request < 50; request++)
        {
            await (await app.PostCustomerAsync(staff, CustomerIntents.JohnDoe())).ShouldBeAsync(HttpStatusCode.ServiceUnavailable);
        }

        proxy.ForwardTo(server);
        await Eventually.BecomeTrueAsync(() => Task.FromResult(lines.Text.Contains("Database available again", StringComparison.Ordinal)));

        var told = lines.Text.Split('\n').Where(line => line.StartsWith("Warning", StringComparison.Ordinal) || line.Contains("Database ", StringComparison.Ordinal)).ToList();
        Assert.Equal(2, told.Count);
        Assert.Contains("Database unavailable", told[0], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Client_that_disconnects_during_a_statement_is_not_logged_as_an_outage_or_error()
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
    public async Task Background_work_at_its_limit_leaves_connections_for_requests_and_probes()
    {
        await using var app = await ServerOn.StartAsync(databases, await template.CopyOfDatabaseAsync() + ";Maximum Pool Size=8");
        var pools = app.Accounts.Services.GetRequiredService<DatabasePools>();
        await using var one = await pools.Background.OpenConnectionAsync();
        await using var two = await pools.Background.OpenConnectionAsync();

        await app.RegisterAsync();
        await (await app.Accounts.Client.GetAsync("/health/ready")).ShouldBeAsync(HttpStatusCode.OK);
    }

    [Fact]
    public async Task Each_request_needs_only_one_connection()
    {
        await using var app = await ServerOn.StartAsync(databases, await template.CopyOfDatabaseAsync() + ";Maximum Pool Size=1;Timeout=2");
        app.Time.Shift = TimeSpan.FromMinutes(2); // The cached signing keys are too old then.

        var person = await app.RegisterAsync();
        app.Time.Shift *= 2;
        await app.SignInAsync(person.Email);
    }

    [Fact]
    public async Task Server_that_stops_by_itself_has_a_nonzero_exit_status()
    {
        var app = Patron.Hosting.PatronServer.Build(RunningPatron.SettingsFor(template.Accounts.DataFolder), await template.CopyOfDatabaseAsync(), ["http://127.0.0.1:0"]);
        await using (app)
        {
            app.Lifetime.ApplicationStarted.Register(app.Lifetime.StopApplication);

            Assert.Equal(1, await ServeCommand.RunAsync(app, ["http://127.0.0.1:0"], CancellationToken.None));
        }
    }
}
