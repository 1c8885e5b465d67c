using System.Net;
using System.Text.Json;
using Patron.Hosting;
using Patron.IntegrationTests.Hosting;
using Patron.IntegrationTests.Customers;
using Patron.IntegrationTests.Linking;
using Patron.IntegrationTests.PrivatePostgres;
using Patron.IntegrationTests.Sync;

namespace Patron.IntegrationTests.Processes;

/// <summary><c>patron requests</c>: staff answer change requests on the command line.</summary>
public sealed class RequestsCommandTests(TestDatabase database)
{
    [Fact]
    public async Task Requests_are_listed_and_answered()
    {
        await using var world = await SyncWorld.StartAsync(database, ErpKind.Odoo);
        world.Company.AddPartner("Company", "company@x.example", ("is_company", true), ("city", "Harare"), ("vat", "ZW1"));
        await world.SyncAsync();
        var person = await world.RegisterAsync("company@x.example");
        await world.ProveAsync(person);
        await (await world.Accounts.SendAsync(HttpMethod.Patch, "/api/v1/customers/profile/update/", person, new { city = "Bula\"wayo", tax_id = "ZW2" }))
            .ShouldBeAsync(HttpStatusCode.OK);
        using var folder = new DataFolder();
        var settings = PatronProcess.SettingsFor(world.Accounts.ConnectionString);

        var listed = await RunAsync("list", "--json");
        Assert.Contains("Bula\\\"wayo", listed.Output, StringComparison.Ordinal); // Without needless escapes.
        var requests = JsonDocument.Parse(listed.Output).RootElement.GetProperty("requests");
        Assert.Equal(["city", "tax_id"], requests.EnumerateArray().Select(request => request.Text("field")).Order());
        var ids = requests.EnumerateArray().Select(request => request.GetProperty("id").GetInt64()).ToList();
        Assert.Matches("(?s)^ID +SINCE +CUSTOMER +NAME +FIELD +NEW VALUE\n.*Bula\"wayo.*2 open requests.\n$", (await RunAsync("list")).Output);

        var declined = await RunAsync("decline", $"{ids[0]}", "999999");
        Assert.Equal((3, "No open request 999999.\n"), (declined.Status, declined.Errors));
        Assert.StartsWith($"Request {ids[0]} is declined: ", declined.Output, StringComparison.Ordinal);
        Assert.Equal(0, (await RunAsync("done", $"{ids[1]}")).Status);
        Assert.Equal((1, $"No open request {ids[1]}.\n"), (await RunAsync("done", $"{ids[1]}")) is var again ? (again.Status, again.Errors) : default);
        Assert.EndsWith("0 open requests.\n", (await RunAsync("list")).Output, StringComparison.Ordinal);

        Task<CommandAnswer> RunAsync(params string[] arguments) =>
            PatronCommandLine.RunAsync(settings, ["requests", .. arguments, "--data", folder.Location]);
    }
}
