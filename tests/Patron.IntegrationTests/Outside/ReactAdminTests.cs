using Patron.Tests;
using System.Text.Json;
using Patron.IntegrationTests.Crm;
using Patron.IntegrationTests.Customers;
using Patron.IntegrationTests.Hosting;

namespace Patron.IntegrationTests.Outside;

/// <summary>react-admin's unmodified client for Django REST framework works with the crm dialect.</summary>
public sealed class ReactAdminTests(OneProcess app) : IClassFixture<OneProcess>
{
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(120);

    [Fact]
    public async Task Vendor_can_list_read_create_change_and_delete()
    {
        var (vendor, business) = await app.SignUpBusinessAsync(firstName: "Zoe");
        var organization = business.GetProperty("organization").Number();

        var steps = await RunAsync(vendor.Access);

        var anna = Data(steps, "create Anna Admin");
        Assert.Equal(("Anna Admin", organization, "none"), (anna.Text("name"), anna.GetProperty("organization").GetInt64(), anna.Text("link_status")));
        Assert.Equal("Zoe Doe, Anna Admin: 5", Names(steps, "first page"));
        Assert.Equal("Anna Admin: 3", Names(steps, "second page, downwards"));
        Assert.Equal(422, Refused(steps, "unknown order").GetProperty("status").GetInt32());
        Assert.Equal(anna.GetRawText(), Data(steps, "one").GetRawText());
        Assert.Equal(["Berta Admin", "Carla Admin"], Data(steps, "many").EnumerateArray().Select(row => row.Text("name")));
        Assert.Equal("Dora Other, Carla Admin, Berta Admin, Anna Admin, Zoe Doe: 5", Names(steps, "of the organization"));
        var updated = Data(steps, "update");
        Assert.Equal(("Anna Changed", "Oslo", anna.Text("code")), (updated.Text("name"), updated.Text("city"), updated.Text("code")));
        Assert.Equal(2, Data(steps, "update many").GetArrayLength());
        Assert.Equal(422, Refused(steps, "invalid").GetProperty("status").GetInt32());
        Assert.NotEmpty(Refused(steps, "invalid").GetProperty("body").GetProperty("errors").GetProperty("email")[0].GetString()!);
        Assert.Equal("Dora Other", Data(steps, "delete").Text("name"));
        Assert.Equal(0, Data(steps, "delete many").GetArrayLength());
        Assert.Equal(404, Refused(steps, "missing").GetProperty("status").GetInt32());
        Assert.Equal("Zoe Doe, Anna Changed: 2", Names(steps, "left"));
        foreach (var (resource, count) in new[] { ("organizations", 1), ("vendors", 1), ("profiles", 3) })
        {
            Assert.Equal(count, Answer(steps, resource).GetProperty("total").GetInt32());
        }
    }

    private static JsonElement Answer(JsonElement steps, string name) => steps.GetProperty(name).TryGetProperty("answer", out var answer)
        ? answer
        : throw new InvalidOperationException($"{name}: {steps.GetProperty(name).GetRawText()}");

    private static JsonElement Data(JsonElement steps, string name) => Answer(steps, name).GetProperty("data");

    private static JsonElement Refused(JsonElement steps, string name) => steps.GetProperty(name).TryGetProperty("error", out var error)
        ? error
        : throw new InvalidOperationException($"{name}: {steps.GetProperty(name).GetRawText()}");

    // The names of a page and the total.
    private static string Names(JsonElement steps, string name) =>
        $"{string.Join(", ", Data(steps, name).EnumerateArray().Select(row => row.Text("name")))}: {Answer(steps, name).GetProperty("total").GetInt32()}";

    private async Task<JsonElement> RunAsync(string token)
    {
        var tools = Path.Combine(Checkout.Folder, "tests", "node");
        Assert.True(
            Directory.Exists(Path.Combine(tools, "node_modules", "ra-data-django-rest-framework")), "The client is not there; ./test fetches it (or: npm ci --prefix tests/node).");
        var (status, output, errors) = await OutsideProgram.RunAsync(
            "node", [Path.Combine(tools, "react-admin.cjs"), app.Accounts.Address.ToString().TrimEnd('/'), token], Timeout);
        Assert.True(status == 0, output + errors);
        return JsonDocument.Parse(output).RootElement;
    }
}
