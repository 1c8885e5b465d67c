using Patron.Tests;
using System.Text.Json;
using Patron.IntegrationTests.Customers;
using Patron.IntegrationTests.Hosting;

namespace Patron.IntegrationTests.Outside;

/// <summary>The unmodified frappe-js-sdk, which Frappe front ends use, under Node.js and in a browser.</summary>
public sealed class FrappeSdkTests(OneProcess app) : IClassFixture<OneProcess>
{
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(120);

    [Fact]
    public async Task Sign_up_and_sign_in_work_under_Node_by_token_and_by_cookie()
    {
        var email = Intents.NewEmail("ada");
        var steps = await RunAsync("frappe-sdk.mjs", email, Intents.GoodPassword, await app.ApiKeyAsync());

        var signedUp = Answer(steps, "sign up");
        Assert.Equal(("Ada King Lovelace", email), (signedUp.GetProperty("user").Text("full_name"), signedUp.GetProperty("customer").Text("email_id")));
        Assert.Equal(400, Refused(steps, "sign up again", "ValidationError"));
        Assert.Equal(("No App", "/me", "Ada King Lovelace"), Home(steps, "login"));
        Assert.Equal(401, Refused(steps, "wrong password", "AuthenticationError", "Invalid login credentials"));
        Assert.False(steps.GetProperty("forgot password").TryGetProperty("error", out _));
        Assert.Equal(403, Refused(steps, "guest", "PermissionError", "You aren't signed in."));
        Assert.Equal(404, Refused(steps, "unknown method", "DoesNotExistError"));

        Assert.StartsWith("CUST-", Answer(steps, "login with customer").GetProperty("customer").Text("name"), StringComparison.Ordinal);
        Assert.Equal(email, Answer(steps, "by token").GetString());
        Assert.Equal("Customer", Answer(steps, "current user").GetProperty("user").GetProperty("roles")[0].GetString());
        var updated = Answer(steps, "update profile");
        Assert.Equal(("Augusta Ada King", "+1-555-999-8888"), (updated.GetProperty("user").Text("full_name"), updated.GetProperty("user").Text("phone")));
        Assert.Equal(("Augusta Ada King", "+1-555-999-8888"), (updated.GetProperty("customer").Text("customer_name"), updated.GetProperty("customer").Text("mobile_no")));
        Assert.Equal(422, Refused(steps, "bad phone", "ValidationError"));
        Assert.NotEmpty(steps.GetProperty("bad phone").GetProperty("error").GetProperty("errors").GetProperty("phone")[0].GetString()!);
        Assert.Equal(403, Refused(steps, "users", "PermissionError"));
        Assert.Equal("London", Answer(steps, "create address").GetProperty("address").Text("city"));
        Assert.Equal("Paris", Answer(steps, "update address").GetProperty("address").Text("city"));
        Assert.Equal("shipping", Assert.Single(Answer(steps, "addresses").GetProperty("addresses").EnumerateArray()).Text("type"));
        Assert.Equal("Paris", Answer(steps, "delete address").GetProperty("address").Text("city"));

        Assert.Equal(403, Refused(steps, "by API key", "PermissionError"));
        Assert.Equal(email, Answer(steps, "by cookie").GetString());
        Assert.Equal(403, Refused(steps, "after logout", "PermissionError"));
    }

    [Fact]
    public async Task Sign_in_and_sign_out_work_in_a_browser_by_cookie_alone()
    {
        var person = await app.RegisterAsync(firstName: "Grace", lastName: "Hopper");
        var steps = await RunAsync("frappe-sdk-browser.mjs", person.Email, person.Password, InstalledBrowser.Find());

        Assert.Equal(403, Refused(steps, "guest", "PermissionError", "You aren't signed in."));
        Assert.Equal(401, Refused(steps, "wrong password", "AuthenticationError", "Invalid login credentials"));
        Assert.Equal(("No App", "/me", "Grace Hopper"), Home(steps, "login"));
        Assert.Equal(person.Email, Answer(steps, "signed in").GetString());
        Assert.Equal(person.Email, Answer(steps, "current user").GetProperty("user").Text("email"));
        Assert.Equal("Grace Brewster Hopper", Answer(steps, "update profile").GetProperty("user").Text("full_name"));
        Assert.Equal(403, Refused(steps, "after logout", "PermissionError"));
        Assert.Equal(401, Refused(steps, "update as a guest", "AuthenticationError"));

        var cookies = steps.GetProperty("cookies");
        Assert.Equal("", cookies.Text("wrong password"));
        Assert.Contains($"user_id={Uri.EscapeDataString(person.Email)}", cookies.Text("login"), StringComparison.Ordinal);
        Assert.DoesNotContain("sid=", cookies.Text("login"), StringComparison.Ordinal);
        Assert.Contains("user_id=Guest", cookies.Text("after logout"), StringComparison.Ordinal);
    }

    private static JsonElement Answer(JsonElement steps, string name) => steps.GetProperty(name).TryGetProperty("answer", out var answer)
        ? answer
        : throw new InvalidOperationException($"{name}: {steps.GetProperty(name).GetRawText()}");

    private static (string?, string?, string?) Home(JsonElement steps, string name)
    {
        var answer = Answer(steps, name);
        return (answer.Text("message"), answer.Text("home_page"), answer.Text("full_name"));
    }

    // The error as the SDK reports it: status, message and exception.
    private static int Refused(JsonElement steps, string name, string exception, string? message = null)
    {
        Assert.True(steps.GetProperty(name).TryGetProperty("error", out var error), $"{name}: {steps.GetProperty(name).GetRawText()}");
        Assert.Equal(exception, error.Text("exception"));
        Assert.Equal(message ?? error.Text("detail"), error.Text("message"));
        return error.GetProperty("httpStatus").GetInt32();
    }

    private async Task<JsonElement> RunAsync(string script, params string[] arguments)
    {
        var folder = Path.Combine(Checkout.Folder, "tests", "node");
        Assert.True(Directory.Exists(Path.Combine(folder, "node_modules", "frappe-js-sdk")), "frappe-js-sdk is not there; ./test fetches it (or: npm ci --prefix tests/node).");
        var (status, output, errors) = await OutsideProgram.RunAsync(
            "node", [Path.Combine(folder, script), app.Accounts.Address.ToString().TrimEnd('/'), .. arguments], Timeout);
        Assert.True(status == 0, output + errors);
        return JsonDocument.Parse(output).RootElement;
    }
}
