using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using Patron.IntegrationTests.Hosting;
using Patron.IntegrationTests.PrivatePostgres;
using Patron.IntegrationTests.Processes;

namespace Patron.IntegrationTests.Customers.Jobs;

/// <summary>Jobs of a server that is killed; <c>bench/load/jobs</c> does it more often.</summary>
public sealed class JobCrashTests(CrashingPatron patron) : IClassFixture<CrashingPatron>
{
    private const int Customers = 8_000;

    [Fact]
    public async Task Job_killed_in_preview_application_and_undo_goes_on_and_does_nothing_twice()
    {
        var server = await patron.RunningAsync();
        var database = patron.Folder.ConnectionString();
        await DataFolder.ExecuteAsync(
            database,
            JobIntents.ManySql.Replace("$1", "(SELECT id FROM accounts.organizations WHERE is_home)", StringComparison.Ordinal)
                .Replace("$2", "'crash'", StringComparison.Ordinal).Replace("$3", $"{Customers}", StringComparison.Ordinal));
        var created = await SendAsync(server, "", new { kind = "add_tags", filter = new { tags = "crash" }, changes = new { tags = "killed" } });
        var id = created.GetProperty("job").JobId();

        await KillOnceAsync(server, id, "total > 0");
        server = await patron.RunningAsync();
        await UntilAsync(server, id, "state = 'ready'");
        Assert.Equal(Customers, await CountAsync($"SELECT count(DISTINCT customer_uid) FROM customers.job_rows WHERE job_id = {id} AND state = 'would_change'"));

        await SendAsync(server, $"{id}/confirm", new { count = Customers });
        await KillOnceAsync(server, id, "changed > 0");
        server = await patron.RunningAsync();
        await UntilAsync(server, id, "state = 'applied'");
        Assert.Equal(Customers, await CountAsync("SELECT count(*) FROM customers.customers WHERE tags = '{crash,killed}' AND version = 2"));
        Assert.Equal(Customers, await CountAsync($"SELECT count(*) FROM shared.audit_entries WHERE cause = 'job:{id}' AND action = 'customer.changed'"));
        Assert.Equal(Customers, await CountAsync($"SELECT (changed + skipped)::bigint FROM customers.jobs WHERE id = {id}"));

        await SendAsync(server, $"{id}/undo", new { });
        await KillOnceAsync(server, id, "undone > 0");
        server = await patron.RunningAsync();
        await UntilAsync(server, id, "state = 'undone'");
        Assert.Equal(Customers, await CountAsync("SELECT count(*) FROM customers.customers WHERE tags = '{crash}' AND version = 3"));
        Assert.Equal(Customers, await CountAsync($"SELECT count(*) FROM shared.audit_entries WHERE cause = 'job:{id}' AND action = 'customer.job_undone'"));
        Assert.Equal(Customers, await CountAsync($"SELECT undone::bigint FROM customers.jobs WHERE id = {id}"));
    }

    private static async Task<JsonElement> SendAsync(PatronProcess server, string path, object body)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, JobIntents.Api + path)
        {
            Content = JsonContent.Create(body, body.GetType()),
            Headers = { Authorization = new AuthenticationHeaderValue("Bearer", await server.TokenAsync()) },
        };
        using var answer = await server.Client.SendAsync(request);
        return await answer.ShouldBeAsync(path.Length == 0 ? HttpStatusCode.Created : HttpStatusCode.Accepted);
    }

    // In the middle of the work, as soon as the condition holds.
    private async Task KillOnceAsync(PatronProcess server, long id, string condition)
    {
        await UntilAsync(server, id, condition);
        await server.KillAsync();
    }

    private Task UntilAsync(PatronProcess server, long id, string condition) =>
        server.UntilAsync(async () => await CountAsync($"SELECT count(*) FROM customers.jobs WHERE id = {id} AND {condition}") == 1);

    private Task<long> CountAsync(string sql) => ProcessIntents.CountAsync(patron.Folder.ConnectionString(), sql);
}
