using System.Net;
using System.Text.Json;
using Patron.IntegrationTests.Customers;
using Patron.IntegrationTests.Hosting;

namespace Patron.IntegrationTests.Outside;

/// <summary>
/// Client code of source 5: its test script with its own client library, and its cURL examples as printed. Only the URL and the token are
/// replaced.
/// </summary>
public abstract class Source5ClientTests(PatronApp app)
{
    private static readonly string Script = Path.Combine(ClientPrograms.Folder, "test_customer_api.py");

    // The steps that the source's script covers, as the source lists them.
    private static readonly string[] Coverage =
    [
        "Customer Creation", "Customer Retrieval", "Customer Search", "Customer Updates", "Customer Verification", "Customer Statistics", "Customer Deletion",
        "Bulk Operations", "Location Queries", "Tag-based Queries",
    ];

    [Fact]
    public async Task Test_script_succeeds()
    {
        var staff = await app.StaffOfNewOrganizationAsync();

        var (status, output) = await RunAsync(staff, await ClientPrograms.PythonAsync(), Script, app.Customers.Address.ToString());

        Assert.True(status == 0, output);
        Assert.All(Coverage, step => Assert.Contains($"✅ {step}\n", output, StringComparison.Ordinal));
        var left = await (await app.Customers.SendAsync(HttpMethod.Get, CustomerIntents.Api, staff)).ShouldBeAsync(HttpStatusCode.OK);
        Assert.Equal(0, left.GetArrayLength());
    }

    [Fact]
    public async Task Test_script_fails_without_a_valid_token()
    {
        var (status, output) = await RunAsync(await app.RegisterAsync(), await ClientPrograms.PythonAsync(), Script, app.Customers.Address.ToString());

        Assert.Equal(1, status);
        Assert.Contains("❌ Customer Creation\n", output, StringComparison.Ordinal);
        Assert.Contains("403 instead of 201", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task cURL_examples_work_as_documented()
    {
        var staff = await app.StaffOfNewOrganizationAsync();
        var text = await File.ReadAllTextAsync(Path.Combine(ClientPrograms.Folder, "customer_api_examples.sh"));
        var examples = text.Split("\n\n");
        Assert.Equal(["# Create customer", "# Get customer by ID", "# Search customers"], examples.Select(example => example.Split('\n')[0]));

        var made = await CurlAsync(examples[0], 201, staff);
        Assert.Equal(("John", "john.doe@example.com"), (made.Text("first_name"), made.Text("email")));
        await app.CustomersSqlAsync<object>("UPDATE customers.customers SET customer_id = 'CUST_A1B2C3D4' WHERE customer_id = $1", made.Id());
        var read = await CurlAsync(examples[1], 200, staff);
        Assert.Equal(made.GetProperty("uid").GetGuid(), read.GetProperty("uid").GetGuid());
        var found = await CurlAsync(examples[2], 200, staff);
        Assert.Equal("CUST_A1B2C3D4", Assert.Single(found.GetProperty("customers").EnumerateArray()).Id());
    }

    private static async Task<(int Status, string Output)> RunAsync(Person who, string program, params string[] arguments)
    {
        var (status, output, errors) = await OutsideProgram.RunAsync(program, arguments, environment: [("CUSTOMER_API_TOKEN", who.Access), ("PYTHONUTF8", "1")]);
        return (status, output + errors);
    }

    // The shell function adds a header and prints the status; the example is unchanged.
    private async Task<JsonElement> CurlAsync(string example, int status, Person staff)
    {
        const string Prelude = """curl() { command curl -sS -H "Authorization: Bearer $CUSTOMER_API_TOKEN" -w '\n%{http_code}' "$@"; }""";
        var lines = example.Replace("http://localhost:8000", app.Customers.Address.ToString().TrimEnd('/'), StringComparison.Ordinal);

        var (ended, output) = await RunAsync(staff, "bash", "-euc", $"{Prelude}\n{lines}");

        Assert.True(ended == 0 && output.EndsWith($"\n{status}", StringComparison.Ordinal), output);
        return JsonDocument.Parse(output[..output.LastIndexOf('\n')]).RootElement;
    }
}

public sealed class Source5ClientsOfOneProcessTests(OneProcess app) : Source5ClientTests(app), IClassFixture<OneProcess>;

public sealed class Source5ClientsOfTwoServicesTests(TwoServices app) : Source5ClientTests(app), IClassFixture<TwoServices>;
