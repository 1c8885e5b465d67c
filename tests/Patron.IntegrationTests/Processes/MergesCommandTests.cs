using System.Text.Json;
using Patron.IntegrationTests.Customers;
using Patron.IntegrationTests.Hosting;
using Patron.IntegrationTests.PrivatePostgres;

namespace Patron.IntegrationTests.Processes;

/// <summary><c>patron merges</c>: customers are merged and separated on the command line.</summary>
public sealed class MergesCommandTests(OneProcess app) : IClassFixture<OneProcess>
{
    [Fact]
    public async Task Customers_are_merged_and_separated()
    {
        var staff = await app.SomeStaffAsync();
        var (kept, other) = ((await app.CreateCustomerAsync(staff)).Id(), (await app.CreateCustomerAsync(staff)).Id());
        using var folder = new DataFolder();
        var settings = PatronProcess.SettingsFor(app.Accounts.ConnectionString);

        Assert.EndsWith("Nothing was done.\n", (await RunAsync("make", kept, other, "--dry-run")).Output, StringComparison.Ordinal);
        Assert.Contains($"Merged into {kept}: {other}.", (await RunAsync("make", kept, other)).Output, StringComparison.Ordinal);
        var merge = Assert.Single(JsonDocument.Parse((await RunAsync("list", "--json")).Output).RootElement.GetProperty("merges").EnumerateArray());
        Assert.Equal((kept, other, "merged"), (merge.Text("customer_id"), merge.Text("absorbed_id"), merge.Text("state")));

        var id = $"{merge.GetProperty("id").GetInt64()}";
        Assert.Equal((0, $"{other} and {kept} are two customers again.\n"), (await RunAsync("undo", id, "--reason", "Two brothers")) is var undone ? (undone.Status, undone.Output) : default);
        Assert.Contains("Two brothers", (await RunAsync("show", id)).Output, StringComparison.Ordinal);
        Assert.Equal((1, "This merge was undone before. Nothing was changed.\n"), (await RunAsync("undo", id)) is var again ? (again.Status, again.Errors) : default);

        Task<CommandAnswer> RunAsync(params string[] arguments) =>
            PatronCommandLine.RunAsync(settings, ["merges", .. arguments, "--data", folder.Location]);
    }
}
