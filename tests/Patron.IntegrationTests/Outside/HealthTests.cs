using System.Net;
using System.Text.Json;
using Patron.IntegrationTests.Hosting;

namespace Patron.IntegrationTests.Outside;

public sealed class HealthTests(TestDatabase database) : IAsyncLifetime
{
    private OneProcess app = null!;

    public async ValueTask InitializeAsync()
    {
        app = new OneProcess(database);
        await app.InitializeAsync();
    }

    public ValueTask DisposeAsync() => app.DisposeAsync();

    [Fact]
    public async Task Probes_return_the_documented_JSON()
    {
        var live = await (await app.Accounts.Client.GetAsync("/health/live")).ShouldBeAsync(HttpStatusCode.OK);
        Assert.Equal("""{"status":"ok"}""", live.GetRawText());

        foreach (var path in new[] { "/health/ready", "/health", "/health/ready/" })
        {
            var answer = await (await app.Accounts.Client.GetAsync(path)).ShouldBeAsync(HttpStatusCode.OK);
            Assert.Equal(["status", "version", "role", "checks", "last_sync", "backup"], answer.EnumerateObject().Select(member => member.Name));
            Assert.Equal("ok", answer.GetProperty("status").GetString());
            Assert.Equal("all", answer.GetProperty("role").GetString());
            Assert.Equal("""{"database":"ok","mail":"ok"}""", answer.GetProperty("checks").GetRawText());
        }
    }

    [Fact]
    public async Task Stuck_mail_is_degraded_but_ready()
    {
        await app.AccountsSqlAsync<object>(
            """INSERT INTO shared.outbox_messages (kind, payload, created_at, due_at, attempts) VALUES ('mail', '{}', now(), now() + interval '1 hour', 2)""");

        var answer = await (await app.Accounts.Client.GetAsync("/health/ready")).ShouldBeAsync(HttpStatusCode.OK);
        Assert.Equal("degraded", answer.GetProperty("status").GetString());
        Assert.Equal("""{"database":"ok","mail":"degraded"}""", answer.GetProperty("checks").GetRawText());
    }

    [Fact]
    public async Task Without_the_database_the_process_is_live_but_not_ready()
    {
        await database.DropAsync(TestDatabase.NameOf(app.Accounts.ConnectionString));

        await (await app.Accounts.Client.GetAsync("/health/live")).ShouldBeAsync(HttpStatusCode.OK);
        using var ready = await app.Accounts.Client.GetAsync("/health/ready");
        Assert.Equal(HttpStatusCode.ServiceUnavailable, ready.StatusCode);
        Assert.Equal("away", JsonDocument.Parse(await ready.Content.ReadAsStringAsync()).RootElement.GetProperty("checks").GetProperty("database").GetString());
        var summary = await (await app.Accounts.Client.GetAsync("/health")).ShouldBeAsync(HttpStatusCode.OK);
        Assert.Equal("away", summary.GetProperty("status").GetString());
    }

    [Fact]
    public async Task Probes_are_anonymous_and_ignore_invalid_credentials()
    {
        var answer = await app.Accounts.SendAsync(HttpMethod.Get, "/health/ready", null, null, ("Authorization", "Bearer nonsense"), ("X-Organization", "999999"));

        await answer.ShouldBeAsync(HttpStatusCode.OK);
    }
}
