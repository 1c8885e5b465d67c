using Patron.Tests;
using System.Net;
using System.Text.Json;
using System.Text.Json.Nodes;
using Patron.IntegrationTests.Customers;
using Patron.IntegrationTests.Hosting;
using static Patron.IntegrationTests.Customers.CustomerIntents;

namespace Patron.IntegrationTests.Crm;

/// <summary>
/// The requests of source 2 as printed, one file for each in Source2. The answers are those of the contract, because the source prints
/// none. {user} and {organization} are the numbers of an existing business; the two customers are a record without and one with an account.
/// </summary>
public sealed class Source2Tests(OneProcess app) : IClassFixture<OneProcess>
{
    private static readonly string Folder = Path.Combine(Checkout.Folder, "tests", "Patron.IntegrationTests", "Crm", "Source2");

    private static readonly JsonObject Customer = JsonNode.Parse(
        """
        {
          "id": 42, "code": "CUST-00001", "name": "Jane Smith", "first_name": "", "last_name": "", "email": "jane@example.com", "phone": null,
          "customer_type": "individual", "status": "active", "organization": 10, "user": null, "user_profile": null, "link_status": "none",
          "created_at": "2026-11-21T09:00:00Z", "updated_at": "2026-11-21T09:00:00Z", "address_line1": null, "address_line2": null, "city": null,
          "state": null, "postal_code": null, "country": null, "uid": "0198c0de-4444-7000-8000-000000000002", "merged_into": null
        }
        """)!.AsObject();

    public static TheoryData<string> Examples => [.. Directory.GetFiles(Folder, "*.json").Select(file => Path.GetFileNameWithoutExtension(file)).Order(StringComparer.Ordinal)];

    [Theory]
    [MemberData(nameof(Examples))]
    public async Task Answer_has_the_members_and_types_of_the_contract(string name)
    {
        var (vendor, business) = await app.SignUpBusinessAsync();
        var example = await ReadAsync(name, business);
        var isSignUp = example.Text("path") == Users;

        using var response = await app.Accounts.SendAsync(
            new HttpMethod(example.Text("method")!), example.Text("path")!, isSignUp ? null : vendor, Raw(example.GetProperty("body").GetRawText()));

        var answer = await response.ShouldBeAsync((HttpStatusCode)example.GetProperty("status").GetInt32());
        Assert.Empty(PrintedStructure.Differences(example.GetProperty("answer"), answer));
    }

    [Fact]
    public async Task Existing_record_of_a_person_is_returned_unchanged()
    {
        var (vendor, business) = await app.SignUpBusinessAsync();
        var example = await ReadAsync("create-customer-for-existing-user", business);
        var answer = await (await app.PostCrmAsync(vendor, Raw(example.GetProperty("body").GetRawText()))).ShouldBeAsync(HttpStatusCode.OK);
        Assert.Equal(business.GetProperty("customer").GetRawText(), answer.GetRawText());
    }

    private static string Users => CrmIntents.Users;

    private static async Task<JsonElement> ReadAsync(string name, JsonElement business)
    {
        var linked = Customer.DeepClone().AsObject();
        (linked["user"], linked["user_profile"]) = (5, 9);
        var text = (await File.ReadAllTextAsync(Path.Combine(Folder, $"{name}.json")))
            .Replace("\"{user}\"", $"{business.Number()}", StringComparison.Ordinal)
            .Replace("\"{organization}\"", $"{business.GetProperty("organization").Number()}", StringComparison.Ordinal)
            .Replace("\"<linked customer>\"", linked.ToJsonString(), StringComparison.Ordinal)
            .Replace("\"<customer>\"", Customer.ToJsonString(), StringComparison.Ordinal);
        return JsonDocument.Parse(text).RootElement;
    }
}
