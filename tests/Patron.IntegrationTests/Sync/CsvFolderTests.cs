using System.Net;
using Patron.Hosting;
using Patron.IntegrationTests.Customers;
using Patron.IntegrationTests.Hosting;
using Patron.Shared.Results;

namespace Patron.IntegrationTests.Sync;

/// <summary>What is different where the ERP is a folder of files: keys that are names, files that are wrong, and what is asked of the folder.</summary>
public sealed class CsvFolderTests(TestDatabase database)
{
    [Theory]
    [InlineData("ACME Ltd/2")]
    [InlineData("ACME%2F2 100% \"West\"")]
    [InlineData("ООО/Ромашка ?#&")]
    public async Task A_key_that_is_a_name_is_listed_and_settled_like_a_number(string key)
    {
        await using var world = await SyncWorld.StartAsync(database, ErpKind.Csv);
        world.Folder.Write("names.csv", "id,name,email", "First/1,First,info@acme.example", $"\"{key.Replace("\"", "\"\"", StringComparison.Ordinal)}\",Second,info@acme.example");
        var figures = await world.SyncAsync();
        Assert.Equal((1, 1), (figures.Created, figures.Conflicts));
        var waiting = Assert.Single((await world.AskAsync(HttpMethod.Get, "sync/partners/?waiting=true")).GetProperty("data").EnumerateArray());
        Assert.Equal((key, null), (waiting.Text("id"), waiting.Said("url")));

        await world.AskAsync(HttpMethod.Post, $"sync/partners/{Uri.EscapeDataString(key + "?")}/settle/", new { decision = "keep" }, HttpStatusCode.NotFound);
        var settled = await world.AskAsync(HttpMethod.Post, $"sync/partners/{Uri.EscapeDataString(key)}/settle/", new { decision = "take" });
        Assert.Equal(key, settled.GetProperty("data").Text("id"));
        Assert.Equal(0, (await world.SyncAsync(full: true)).Conflicts);
        Assert.Equal("Second", (await world.CustomerOfAsync(key)).Text("name"));
    }

    [Fact]
    public async Task A_file_that_is_wrong_fails_the_run_with_a_sentence_and_takes_nobody_for_deleted()
    {
        await using var world = await SyncWorld.StartAsync(database, ErpKind.Csv);
        world.Folder.Write("names.csv", "id,name,email", "one,One,one@x.example", "two,Two,two@x.example");
        Assert.Equal(2, (await world.SyncAsync()).Created);
        Assert.Equal("ok", await ErpHealthAsync(world));

        world.Folder.Write("names.csv", "id,name,email", "one,One,one@x.example", "two,\"Two,two@x.example", "three,Three,three@x.example");
        var failed = await world.TrySyncAsync();
        Assert.Equal(ErrorKind.Unavailable, failed.Error?.Kind);
        Assert.Contains("line 3 of names.csv", failed.Error?.Detail, StringComparison.Ordinal);
        Assert.Equal("current", await world.StateOfAsync("two"));

        world.Folder.Write("names.csv", "id,name,email,is_company", "one,One,one@x.example,perhaps", "three,Three,three@x.example,no");
        var figures = await world.SyncAsync();
        Assert.Equal((1, 1, 1), (figures.Created, figures.Errors, figures.Gone));
        Assert.Equal("one@x.example", (await world.CustomerOfAsync("one")).Email());
        world.Folder.Write("names.csv", "id,name,email,is_company", "one,One Ltd,one@x.example,yes", "three,Three,three@x.example,no");
        Assert.Equal((1, 0), ((await world.SyncAsync()) is var healed ? (int)healed.Updated : 0, (int)healed.Errors));
    }

    [Fact]
    public async Task Without_its_folder_the_ERP_is_degraded_in_the_health_and_a_run_says_what_to_do()
    {
        await using var world = await SyncWorld.StartAsync(database, ErpKind.Csv);
        Directory.Move(world.Folder.Path, world.Folder.Path + "-away");
        try
        {
            Assert.Equal("degraded", await ErpHealthAsync(world));
            var refused = await world.Accounts.SendAsync(HttpMethod.Post, "/api/portal/sync/", await world.SomeAdminAsync(), new { });
            var run = await world.EndedAsync((await refused.ShouldBeAsync(HttpStatusCode.Accepted)).GetProperty("data").GetProperty("id").GetInt64());
            Assert.Contains("Erp:Folder", run.Text("error"), StringComparison.Ordinal);
        }
        finally
        {
            Directory.Move(world.Folder.Path + "-away", world.Folder.Path);
        }
    }

    private static async Task<string?> ErpHealthAsync(SyncWorld world) =>
        (await (await world.Accounts.Client.GetAsync("/health")).ShouldBeAsync(HttpStatusCode.OK)).GetProperty("checks").Text("erp");
}
