using System.Net;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Patron.IntegrationTests.Customers;
using Patron.IntegrationTests.Hosting;
using Patron.Shared.Background;

namespace Patron.IntegrationTests.Reliability;

/// <summary>Background services survive exceptions, database settings and schema changes.</summary>
public sealed class BackgroundServiceTests(TestDatabase databases, OneProcess template) : IClassFixture<OneProcess>
{
    [Fact]
    public async Task Failing_service_is_reported_and_does_not_stop_others()
    {
        await using var server = await RunningPatron.StartAsync(
            await template.CopyOfDatabaseAsync(), addServices: services => services.AddHostedService<Throwing>());

        await Eventually.BecomeTrueAsync(async () => (await ChecksAsync(server)).TryGetProperty("throwing", out var state) && state.GetString() == "degraded");

        await (await server.Client.GetAsync("/health/ready")).ShouldBeAsync(HttpStatusCode.OK);
        Assert.False(server.Services.GetRequiredService<IHostApplicationLifetime>().ApplicationStopping.IsCancellationRequested);
    }

    [Fact]
    public async Task Mail_is_sent_when_the_outbox_becomes_readable_again()
    {
        await using var app = await ServerOn.StartAsync(databases, await template.CopyOfDatabaseAsync());
        await app.AccountsSqlAsync<object>("ALTER TABLE shared.outbox_messages RENAME COLUMN due_at TO moved");
        await Eventually.BecomeTrueAsync(async () => (await ChecksAsync(app.Accounts)).TryGetProperty("outbox", out _));

        await app.AccountsSqlAsync<object>("ALTER TABLE shared.outbox_messages RENAME COLUMN moved TO due_at");

        var person = await app.RegisterAsync();
        await app.MailAsync(person.Email);
        await Eventually.BecomeTrueAsync(async () => !(await ChecksAsync(app.Accounts)).TryGetProperty("outbox", out _));
    }

    [Theory]
    [InlineData("statement_timeout")]
    [InlineData("lock_timeout")]
    [InlineData("idle_in_transaction_session_timeout")]
    public async Task Database_settings_do_not_end_background_services(string setting)
    {
        var connectionString = await template.CopyOfDatabaseAsync();
        await using var app = await ServerOn.StartAsync(databases, connectionString);
        await app.AccountsSqlAsync<object>($"ALTER DATABASE {TestDatabase.NameOf(connectionString)} SET {setting} = '1ms'");
        await app.EndConnectionsAsync();
        using (var hurried = await app.Accounts.Client.GetAsync("/.well-known/jwks.json"))
        {
            Assert.True(hurried.StatusCode is HttpStatusCode.OK or HttpStatusCode.ServiceUnavailable);
        }

        await app.AccountsSqlAsync<object>($"ALTER DATABASE {TestDatabase.NameOf(connectionString)} RESET {setting}");
        await app.EndConnectionsAsync();

        var email = Intents.NewEmail();
        var body = new { email, first_name = "Jane", last_name = "Doe", password1 = Intents.GoodPassword, password2 = Intents.GoodPassword };
        await Eventually.BecomeTrueAsync(async () => (await app.Accounts.SendAsync(HttpMethod.Post, "/api/auth/register/", null, body)).StatusCode == HttpStatusCode.Created);
        await app.MailAsync(email);
    }

    [Fact]
    public async Task Added_columns_do_not_break_a_running_process()
    {
        await using var app = await ServerOn.StartAsync(databases, await template.CopyOfDatabaseAsync());
        await UseAsync(app); // Twice, so that the statements are prepared.
        await UseAsync(app);

        // A transaction for each table: locks of all of them at once would meet those of a background service in another order.
        await app.AccountsSqlAsync<object>(
            """
            DO $$
            DECLARE tables record;
            BEGIN
                FOR tables IN SELECT schemaname, tablename FROM pg_tables WHERE schemaname IN ('shared', 'accounts', 'customers')
                    AND (schemaname || '.' || tablename)::regclass NOT IN (SELECT inhrelid FROM pg_inherits) LOOP
                    EXECUTE format('ALTER TABLE %I.%I ADD COLUMN added_later text DEFAULT ''new''', tables.schemaname, tables.tablename);
                    COMMIT;
                END LOOP;
            END $$
            """);

        await UseAsync(app);
        await UseAsync(app);
        await (await app.Accounts.Client.GetAsync("/health/ready")).ShouldBeAsync(HttpStatusCode.OK);
        Assert.Equal("""{"database":"ok","mail":"ok"}""", (await ChecksAsync(app.Accounts)).GetRawText());
    }

    private static async Task UseAsync(PatronApp app)
    {
        var person = await app.RegisterAsync();
        await app.MailAsync(person.Email);
        var staff = await app.StaffAsync();
        var customer = await app.CreateCustomerAsync(staff);
        await (await app.PutCustomerAsync(staff, customer.Id(), new { notes = person.Email })).ShouldBeAsync(HttpStatusCode.OK);
        await (await app.AddAddressAsync(staff, customer.Id(), new { type = "billing", city = "Paris" })).ShouldBeAsync(HttpStatusCode.Created);
        foreach (var path in new[] { "", "statistics/overview", $"{customer.Id()}/addresses/" })
        {
            await (await app.Customers.SendAsync(HttpMethod.Get, CustomerIntents.Api + path, staff)).ShouldBeAsync(HttpStatusCode.OK);
        }

        await (await app.Customers.SendAsync(HttpMethod.Post, CustomerIntents.Api + "search", staff, new { query = "john" })).ShouldBeAsync(HttpStatusCode.OK);
        await (await app.Accounts.SendAsync(HttpMethod.Post, "/api/auth/token/refresh/", null, new { refresh = person.Refresh })).ShouldBeAsync(HttpStatusCode.OK);
    }

    private static async Task<JsonElement> ChecksAsync(RunningPatron server) =>
        (await (await server.Client.GetAsync("/health")).ShouldBeAsync(HttpStatusCode.OK)).GetProperty("checks");

    private sealed class Throwing(BackgroundLoop loop) : BackgroundService
    {
        protected override Task ExecuteAsync(CancellationToken stoppingToken) =>
            loop.RunAsync("throwing", TimeSpan.FromMilliseconds(1), _ => throw new ObjectDisposedException("ManualResetEventSlim"), stoppingToken);
    }
}
