using System.Text.Json;
using Patron.IntegrationTests.Customers;
using Patron.IntegrationTests.Customers.Jobs;
using Patron.IntegrationTests.Hosting;
using Patron.IntegrationTests.PrivatePostgres;

namespace Patron.IntegrationTests.Processes;

/// <summary><c>patron jobs</c>, beside a server and without one.</summary>
public sealed class JobsCommandTests(OneProcess app) : IClassFixture<OneProcess>, IDisposable
{
    private readonly DataFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task Job_is_made_confirmed_and_undone()
    {
        var tag = await app.ManyCustomersAsync(30);

        var created = await JsonAsync(0, "create", "update", "--filter", $"tags={tag}", "--set", "city=Oslo", "--set", "marketing_sms=false");
        Assert.Equal(("ready", 30), (created.Text("state"), created.Figure("would_change")));
        var id = $"{created.JobId()}";
        Assert.Matches($"(?s)Job {id}, update: ready.*30 would change.*patron jobs confirm {id} 30", (await RunAsync("show", id)).Output);

        var wrong = await JsonAsync(1, "confirm", id, "29", "--yes");
        Assert.Contains("30 customers, not 29", wrong.Text("error"), StringComparison.Ordinal);
        Assert.Contains("Add --yes to confirm", (await RunAsync("confirm", id, "30")).Errors, StringComparison.Ordinal);
        Assert.Equal(30, (await JsonAsync(0, "confirm", id, "30", "--yes")).Figure("changed"));
        Assert.Equal(30, await app.CustomersSqlAsync<long>("SELECT count(*) FROM customers.customers WHERE city = 'Oslo' AND $1 = ANY (tags)", tag));
        Assert.Equal(30, (await JsonAsync(0, "rows", id, "--state", "changed")).GetProperty("rows").GetArrayLength());
        Assert.Equal("undone", (await JsonAsync(0, "undo", id, "--yes")).Text("state"));
        Assert.Matches($"(?m)^{id} +update +undone .* 30 +30 +30$", (await RunAsync("list")).Output);
    }

    [Fact]
    public async Task Mistakes_are_explained_by_the_names_on_the_command_line()
    {
        Assert.Contains("changes.email", (await RunAsync("create", "update", "--all", "--set", "email=a@b.example")).Errors, StringComparison.Ordinal);
        Assert.Contains("colour", (await RunAsync("create", "restore", "--filter", "colour=red")).Errors, StringComparison.Ordinal);
        Assert.Contains("either filter or ids", (await RunAsync("create", "restore")).Errors, StringComparison.Ordinal);
        Assert.Contains("no such job", (await RunAsync("cancel", "999999")).Errors, StringComparison.Ordinal);
        Assert.Equal(2, (await RunAsync("create", "explode", "--all")).Status);
    }

    [Fact]
    public async Task Job_is_done_without_a_server()
    {
        var database = await app.CopyOfDatabaseAsync();
        await DataFolder.ExecuteAsync(
            database,
            JobIntents.ManySql.Replace("$1", $"'{app.Home()}'::uuid", StringComparison.Ordinal).Replace("$2", "'alone'", StringComparison.Ordinal)
                .Replace("$3", "5", StringComparison.Ordinal));

        var answer = await RunOnAsync(database, "create", "add_tags", "--all", "--set", "tags=done", "--yes", "--json");

        Assert.Equal((0, "applied"), (answer.Status, JsonDocument.Parse(answer.Output).RootElement.Text("state")));
        Assert.Equal(5L, await ProcessIntents.CountAsync(database, "SELECT count(*) FROM customers.customers WHERE tags = '{alone,done}'"));
    }

    private async Task<JsonElement> JsonAsync(int status, params string[] arguments)
    {
        var answer = await RunAsync([.. arguments, "--json"]);
        Assert.True(answer.Status == status, $"{answer.Status}: {answer.Output} {answer.Errors}");
        return JsonDocument.Parse(answer.Output).RootElement;
    }

    private Task<CommandAnswer> RunAsync(params string[] arguments) => RunOnAsync(app.Accounts.ConnectionString, arguments);

    private Task<CommandAnswer> RunOnAsync(string database, params string[] arguments) => PatronCommandLine.RunAsync(
        PatronProcess.SettingsFor(database),
        ["jobs", .. arguments, "--data", folder.Location]);
}
