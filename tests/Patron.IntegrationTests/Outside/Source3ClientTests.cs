using System.Text.Json;
using Patron.IntegrationTests.Customers;
using Patron.IntegrationTests.Hosting;

namespace Patron.IntegrationTests.Outside;

/// <summary>
/// Client code of source 3: its front end's code and its testing commands as printed. Only the two URLs are replaced.
/// </summary>
public abstract class Source3ClientTests(PatronApp app)
{
    private const string User = """{"email": "EMAIL", "firstName": "Test", "lastName": "User", "phone": "+15551234567", "password": "TestPass123!"}""";
    private const string Address = """{"street": "123 Main St", "city": "Portland", "state": "Oregon", "postalCode": "97201"}""";

    [Fact]
    public async Task Front_end_code_registers_a_customer()
    {
        var email = Intents.NewEmail("frontend");
        var made = await RegisterAsync(email);
        Assert.True(made.GetProperty("success").GetBoolean(), made.ToString());
        var profile = made.GetProperty("profile");
        Assert.Equal((email, "Test", "+15551234567", "123 Main St", "USA", null), (profile.Text("email"), profile.Text("first_name"), profile.Text("phone_number"), profile.Text("street_address"), profile.Text("country"), profile.Text("company_name")));
        Assert.Equal(made.GetProperty("user").Text("id"), profile.Text("user_id"));

        var again = await RegisterAsync(email);
        Assert.Equal((false, "User registration failed"), (again.GetProperty("success").GetBoolean(), again.Text("error")));
    }

    [Fact]
    public async Task Testing_commands_work_as_documented()
    {
        var email = Intents.NewEmail("newuser");
        var (status, output, errors) = await OutsideProgram.RunAsync(
            await ClientPrograms.PythonAsync(),
            [Path.Combine(ClientPrograms.Folder, "customer_profile_commands.py"), app.Accounts.Address.ToString(), app.Customers.Address.ToString(), email]);
        Assert.True(status == 0, errors);
        var steps = output.TrimEnd().Split('\n').Select(line => JsonDocument.Parse(line).RootElement).ToList();
        Assert.Equal([201, 201, 200, 200, 200], steps.Select(step => step.GetProperty("status").GetInt32()));
        var answers = steps.Select(step => step.GetProperty("body")).ToList();
        Assert.Equal(("123 Test Lane", "Test Company", email), (answers[1].Text("street_address"), answers[1].Text("company_name"), answers[1].Text("email")));
        Assert.Equal(answers[1].ToString(), answers[2].ToString());
        Assert.Equal(("456 Updated Street", "Seattle", "Oregon"), (answers[3].Text("street_address"), answers[3].Text("city"), answers[3].Text("state")));
        Assert.Equal(0, answers[4].GetProperty("total_services").GetInt32());
    }

    private async Task<JsonElement> RegisterAsync(string email)
    {
        var code = (await File.ReadAllTextAsync(Path.Combine(ClientPrograms.Folder, "register_customer.js")))
            .Replace("http://localhost:8001", Bare(app.Accounts), StringComparison.Ordinal).Replace("http://localhost:8002", Bare(app.Customers), StringComparison.Ordinal);
        var call = $"registerCustomer({User.Replace("EMAIL", email, StringComparison.Ordinal)}, {Address}).then(made => console.log(JSON.stringify(made)))";
        var (status, output, errors) = await OutsideProgram.RunAsync("node", ["--input-type=module", "--eval", $"{code}\n{call}"]);
        Assert.True(status == 0, errors);
        return JsonDocument.Parse(output).RootElement;
    }

    private static string Bare(RunningPatron server) => server.Address.ToString().TrimEnd('/');
}

public sealed class Source3ClientsOfOneProcessTests(OneProcess app) : Source3ClientTests(app), IClassFixture<OneProcess>;

public sealed class Source3ClientsOfTwoServicesTests(TwoServices app) : Source3ClientTests(app), IClassFixture<TwoServices>;
