using Patron.Tests;
using System.Net;
using System.Text.Json;
using Patron.IntegrationTests.Hosting;
using static Patron.IntegrationTests.Customers.CustomerIntents;

namespace Patron.IntegrationTests.Customers;

/// <summary>
/// The requests and responses of source 5, one file for each in Source5. In them &lt;customer&gt; stands for the record printed under
/// 'create', and {customer_id}, {username} and {email} for those of an existing customer. Where the source prints no response, it is the
/// contract's; dates in the past were moved.
/// </summary>
public abstract class Source5Tests(PatronApp app)
{
    private const string Create = "create";
    private static readonly string Folder = Path.Combine(Checkout.Folder, "tests", "Patron.IntegrationTests", "Customers", "Source5");

    public static TheoryData<string> Examples => [.. Directory.GetFiles(Folder, "*.json").Select(file => Path.GetFileNameWithoutExtension(file)).Order(StringComparer.Ordinal)];

    [Theory]
    [MemberData(nameof(Examples))]
    public async Task Response_has_the_members_and_types_of_the_source(string name)
    {
        var admin = await app.AdminAsync();
        var example = await ReadAsync(name, await app.CreateCustomerAsync(admin));
        using var response = await app.Customers.SendAsync(
            new HttpMethod(example.Text("method")!), example.Text("path")!, admin, example.TryGetProperty("body", out var body) ? Raw(body.GetRawText()) : null);
        var answer = await response.ShouldBeAsync((HttpStatusCode)example.GetProperty("status").GetInt32());
        Assert.Empty(PrintedStructure.Differences(example.GetProperty("answer"), answer, example.GetProperty("may_have_more").GetBoolean()));
    }

    private static async Task<JsonElement> ReadAsync(string name, JsonElement customer)
    {
        var printed = JsonDocument.Parse(await File.ReadAllTextAsync(FileOf(Create))).RootElement.GetProperty("answer").GetRawText();
        var text = (await File.ReadAllTextAsync(FileOf(name))).Replace("\"<customer>\"", printed, StringComparison.Ordinal);
        string[] fields = ["customer_id", "username", "email"];
        return JsonDocument.Parse(fields.Aggregate(text, (json, field) => json.Replace($"{{{field}}}", customer.Text(field), StringComparison.Ordinal))).RootElement;
    }

    private static string FileOf(string name) => Path.Combine(Folder, $"{name}.json");
}

public sealed class Source5InOneProcessTests(OneProcess app) : Source5Tests(app), IClassFixture<OneProcess>;

public sealed class Source5InTwoServicesTests(TwoServices app) : Source5Tests(app), IClassFixture<TwoServices>;

/// <summary>Tests of the comparison itself.</summary>
public sealed class PrintedStructureTests
{
    private const string Printed = """{"id": 1, "city": "Boston", "customers_by_city": {"Boston": 1}, "items": [{"name": "a", "is_active": true, "last_login_at": null}]}""";

    [Theory]
    [InlineData("""{"id": 7, "city": null, "customers_by_city": {}, "items": [{"name": "", "is_active": false, "last_login_at": "2024-01-15T10:30:00Z"}]}""")]
    [InlineData("""{"id": 7, "city": "", "customers_by_city": {"Rome": 2, "Oslo": 3}, "items": [{"name": "", "is_active": true, "last_login_at": null}], "more": 1}""")]
    public void Other_values_and_allowed_members_are_not_differences(string answer) => Assert.Empty(Differences(answer, mayHaveMore: true));

    [Theory]
    [InlineData("""{"id": "1", "city": "", "customers_by_city": {}, "items": [{"name": "", "is_active": true, "last_login_at": null}]}""", "$.id: String instead of Number")]
    [InlineData("""{"id": null, "city": "", "customers_by_city": {}, "items": [{"name": "", "is_active": true, "last_login_at": null}]}""", "$.id: Null instead of Number")]
    [InlineData("""{"id": 1, "customers_by_city": {}, "items": [{"name": "", "is_active": true, "last_login_at": null}]}""", "$.city: is missing")]
    [InlineData("""{"id": 1, "city": "", "customers_by_city": {"Rome": "2"}, "items": [{"name": "", "is_active": true, "last_login_at": null}]}""", "$.customers_by_city.Rome: String instead of Number")]
    [InlineData("""{"id": 1, "city": "", "customers_by_city": {}, "items": []}""", "$.items: has no items, nothing could be compared")]
    [InlineData("""{"id": 1, "city": "", "customers_by_city": {}, "items": [{"name": "", "is_active": 1, "last_login_at": null}]}""", "$.items[0].is_active: Number instead of Boolean")]
    [InlineData("""{"id": 1, "city": "", "customers_by_city": {}, "items": [{"name": "", "is_active": true, "last_login_at": null, "more": 1}]}""", "$.items[0].more: is not printed")]
    [InlineData("[]", "$: Array instead of Object")]
    public void Other_type_and_missing_or_additional_member_are_differences(string answer, string expected) => Assert.Equal([expected], Differences(answer, mayHaveMore: true));

    [Fact]
    public void Additional_members_are_differences_where_not_allowed() => Assert.Equal(
        ["$.more: is not printed"],
        Differences("""{"id": 1, "city": "", "customers_by_city": {}, "items": [{"name": "", "is_active": true, "last_login_at": null}], "more": 1}""", mayHaveMore: false));

    private static IEnumerable<string> Differences(string answer, bool mayHaveMore) =>
        PrintedStructure.Differences(JsonDocument.Parse(Printed).RootElement, JsonDocument.Parse(answer).RootElement, mayHaveMore);
}
