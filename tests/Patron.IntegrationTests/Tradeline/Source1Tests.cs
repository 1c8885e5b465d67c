using Patron.Tests;
using System.Net;
using System.Text.Json;
using Patron.IntegrationTests.Accounts;
using Patron.IntegrationTests.Customers;
using Patron.IntegrationTests.Hosting;
using Patron.IntegrationTests.Outside;

namespace Patron.IntegrationTests.Tradeline;

/// <summary>
/// The requests and answers of source 1, one file for each in Source1, and its cURL commands. {new}, {email}, {password} and {existing} are
/// an unused address, a person who signed up, and an account without a customer. The source's example password is too common to be
/// accepted, so the one of its cURL commands is used.
/// </summary>
public sealed class Source1Tests(OneProcess app) : IClassFixture<OneProcess>
{
    private static readonly string Folder = Path.Combine(Checkout.Folder, "tests", "Patron.IntegrationTests", "Tradeline", "Source1");

    public static TheoryData<string> Examples => [.. Directory.GetFiles(Folder, "*.json").Select(file => Path.GetFileNameWithoutExtension(file)).Order(StringComparer.Ordinal)];

    [Theory]
    [MemberData(nameof(Examples))]
    public async Task Answer_has_the_members_and_types_of_the_source(string name)
    {
        var (person, existing) = (await app.SignUpAsync(), await ExistingAsync(Intents.NewEmail("existing")));
        var text = (await File.ReadAllTextAsync(Path.Combine(Folder, $"{name}.json"))).Replace("{new}", Intents.NewEmail(), StringComparison.Ordinal)
            .Replace("{email}", person.Email, StringComparison.Ordinal).Replace("{password}", person.Password, StringComparison.Ordinal).Replace("{existing}", existing, StringComparison.Ordinal);
        var example = JsonDocument.Parse(text).RootElement;
        var who = example.Text("as") switch { "customer" => person, "admin" => await app.SharedAdminAsync(), _ => null };

        using var response = await app.Accounts.SendAsync(
            new HttpMethod(example.Text("method")!), example.Text("path")!, who, example.TryGetProperty("body", out var body) ? AccountCalls.Raw(body.GetRawText()) : null);

        var (printed, answer) = (example.GetProperty("answer"), await response.ShouldBeAsync(HttpStatusCode.OK));
        Assert.Empty(PrintedStructure.Differences(printed, answer, example.GetProperty("may_have_more").GetBoolean()));
        if (printed.TryGetProperty("message", out var message))
        {
            Assert.Equal(message.GetString(), answer.Text("message"));
        }
    }

    [Fact]
    public async Task cURL_commands_work_as_documented()
    {
        await ExistingAsync("existing@example.com");
        var text = await File.ReadAllTextAsync(Path.Combine(Checkout.Folder, "tests", "clients", "tradeline_examples.sh"));
        var examples = text.Split("\n\n");
        Assert.Equal(
            ["# Register User with Customer", "# Login and Get Customer Info", "# Update Profile (Updates Both User and Customer)", "# Migration for Existing Users"],
            examples.Select(example => example.Split('\n')[0]));
        var jar = Path.Combine(app.Accounts.DataFolder, "cookies");

        Assert.Equal("newuser@example.com", (await CurlAsync(examples[0], jar)).GetProperty("customer").Text("email_id"));
        Assert.Equal("New User", (await CurlAsync(examples[1], jar)).GetProperty("customer").Text("customer_name"));
        var updated = await CurlAsync(examples[2], jar);
        Assert.Equal(("Updated Name", "+1-555-999-8888"), (updated.GetProperty("customer").Text("customer_name"), updated.GetProperty("customer").Text("mobile_no")));
        var migrated = await CurlAsync(examples[3], jar, (await app.SharedAdminAsync()).Access);
        Assert.Equal(("existing@example.com", "Existing User"), (migrated.GetProperty("customer").Text("email_id"), migrated.GetProperty("customer").Text("customer_name")));
    }

    // The shell function keeps cookies like a browser and adds the administrator's token; the commands are unchanged.
    private async Task<JsonElement> CurlAsync(string example, string jar, string? token = null)
    {
        const string Prelude = """curl() { command curl -sS --fail-with-body -b "$JAR" -c "$JAR" ${TOKEN:+-H "Authorization: Bearer $TOKEN"} "$@"; }""";
        var lines = example.Replace("https://tradeline.example.com", app.Accounts.Address.ToString().TrimEnd('/'), StringComparison.Ordinal);
        var (status, output, errors) = await OutsideProgram.RunAsync("bash", ["-euc", $"{Prelude}\n{lines}"], environment: [("JAR", jar), ("TOKEN", token ?? "")]);
        Assert.True(status == 0, output + errors);
        return JsonDocument.Parse(output).RootElement;
    }

    private async Task<string> ExistingAsync(string email)
    {
        var person = await app.RegisterAsync(email, "Existing", "User");
        await (await app.UpdateProfileAsync(person, new { phone_number = "+1-555-111-2222" })).ShouldBeAsync(HttpStatusCode.OK);
        return email;
    }
}
