using System.Net;
using Patron.Hosting;
using Patron.IntegrationTests.Customers;
using Patron.IntegrationTests.Hosting;
using Patron.Shared.Results;

namespace Patron.IntegrationTests.Sync;

/// <summary>A folder of files as the ERP: textual ids, invalid files, and the health check.</summary>
public sealed class CsvFolderTests(TestDatabase database)
{
    [Theory]
    [InlineData("ACME Ltd/2")]
    [InlineData("ACME%2F2 100% \"West\"")]
    [InlineData("ООО/Ромашка ?#&")]
    public async Task Textual_partner_id_is_listed_and_settled(string key)
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
    public async Task List_of_partners_says_how_many_there_are_and_where_the_next_page_begins()
    {
        await using var world = await SyncWorld.StartAsync(database, ErpKind.Csv);
        world.Folder.Write("names.csv", "id,name,email", "1,First,first@acme.example", "2,Second,second@acme.example", "3,Third,");
        await world.SyncAsync();

        // Other tests of this class leave partners behind.
        var (total, found) = (await world.CustomersSqlAsync<long>("SELECT count(*) FROM erp.partners"), new List<string?>());
        string? after = "";
        while (after is not null)
        {
            var page = await world.AskAsync(HttpMethod.Get, $"sync/partners/?limit=2&after={Uri.EscapeDataString(after)}");
            Assert.Equal(total, page.GetProperty("total").GetInt64());
            found.AddRange(page.GetProperty("data").EnumerateArray().Select(partner => partner.Text("id")));
            after = page.Said("next");
        }

        Assert.Equal(total, found.Distinct().Count());
        Assert.Equal(found.Count, found.Distinct().Count());
        Assert.Superset(new HashSet<string?> { "1", "2", "3" }, found.ToHashSet());
    }

    [Fact]
    public async Task Invalid_file_fails_the_run_and_marks_nobody_as_gone()
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
    public async Task Missing_folder_degrades_health_and_fails_runs_with_a_hint()
    {
        await using var world = await SyncWorld.StartAsync(database, ErpKind.Csv);
        Directory.Move(world.Folder.Path, world.Folder.Path + "-away");
        try
        {
            Assert.Equal("degraded", await ErpHealthAsync(world));
            var refused = await world.Accounts.SendAsync(HttpMethod.Post, "/api/portal/sync/", await world.GetAdminAsync(), new { });
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
