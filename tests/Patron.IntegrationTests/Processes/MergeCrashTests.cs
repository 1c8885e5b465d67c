using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using Patron.IntegrationTests.Hosting;

namespace Patron.IntegrationTests.Processes;

/// <summary>Merges and undos in a process that is killed: each is done or not, never in part.</summary>
public sealed class MergeCrashTests(CrashingPatron patron) : IClassFixture<CrashingPatron>
{
    private const string PartlyDoneSql = """
        SELECT (SELECT count(*) FROM customers.absorbed a FULL JOIN (SELECT * FROM customers.merges WHERE survivor_before IS NOT NULL) m ON m.absorbed_uid = a.uid
                WHERE a.uid IS NULL OR m.id IS NULL)
            + (SELECT count(*) FROM customers.absorbed a JOIN customers.customers c USING (uid))
            + (SELECT count(*) FROM customers.merges m WHERE NOT EXISTS (SELECT FROM shared.audit_entries e WHERE e.cause = 'merge:' || m.id AND e.action = 'customer.absorbed'))
        """;

    [Fact]
    public async Task Killed_server_leaves_no_merge_and_no_undo_in_part()
    {
        for (var round = 0; round < 3; round++)
        {
            var process = await patron.RunningAsync();
            var token = await process.TokenAsync();
            var ids = new List<string>();
            for (var number = 0; number < 12; number++)
            {
                var created = await process.PostCustomerAsync(token, Intents.NewEmail("crash"));
                ids.Add((await created.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("customer_id").GetString()!);
            }

            var first = new TaskCompletionSource();
            var working = Task.WhenAll(ids.Chunk(2).Select(pair => MergeAndUndoAsync(process, token, pair[0], pair[1], first)));
            await first.Task;
            await process.KillAsync();
            await working;

            await patron.RunningAsync();
            var database = patron.Folder.ConnectionString();
            Assert.Equal(0, await ProcessIntents.CountAsync(database, PartlyDoneSql));
            var names = string.Join(',', ids.Select(id => $"'{id}'"));
            Assert.Equal(ids.Count, await ProcessIntents.CountAsync(
                database, $"SELECT (SELECT count(*) FROM customers.customers WHERE customer_id IN ({names})) + (SELECT count(*) FROM customers.absorbed WHERE customer_id IN ({names}))"));
        }
    }

    // Until the process is killed.
    private static async Task MergeAndUndoAsync(PatronProcess process, string token, string survivor, string other, TaskCompletionSource first)
    {
        try
        {
            while (true)
            {
                var merged = await SendAsync(process, token, $"/api/v1/customers/{survivor}/merge", new { others = new[] { other } });
                var id = merged.GetProperty("merges")[0].GetInt64();
                await SendAsync(process, token, $"/api/v1/merges/{id}/undo", new { });
                first.TrySetResult();
            }
        }
        catch (Exception killed) when (killed is HttpRequestException or IOException or OperationCanceledException)
        {
            first.TrySetResult();
        }
    }

    private static async Task<JsonElement> SendAsync(PatronProcess process, string token, string path, object body)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, path)
        {
            Content = JsonContent.Create(body, body.GetType()), Headers = { Authorization = new AuthenticationHeaderValue("Bearer", token) },
        };
        return await (await process.Client.SendAsync(request)).ShouldBeAsync(System.Net.HttpStatusCode.OK);
    }
}
