using System.Net;
using System.Text.Json;
using Patron.IntegrationTests.Accounts;
using Patron.IntegrationTests.Customers;
using Patron.IntegrationTests.Hosting;
using static Patron.IntegrationTests.Tradeline.TradelineCalls;

namespace Patron.IntegrationTests.Tradeline;

/// <summary>Source 1, sign_up and login: an account with its customer record.</summary>
public sealed class SignUpTests(OneProcess app) : IClassFixture<OneProcess>
{
    [Fact]
    public async Task Sign_up_creates_account_and_customer_and_signs_in()
    {
        var email = Intents.NewEmail();
        using var response = await app.PostMethodAsync($"{Auth}sign_up", new { email, full_name = "John Doe", password = Intents.GoodPassword, phone = "+1-555-123-4567" });
        var answer = await response.ShouldBeAsync(HttpStatusCode.OK);

        Assert.Equal((email, email, "John Doe", "+1-555-123-4567"), (answer.GetProperty("user").Text("name"), answer.GetProperty("user").Text("email"), answer.GetProperty("user").Text("full_name"), answer.GetProperty("user").Text("phone")));
        var customer = answer.GetProperty("customer");
        Assert.Equal(("John Doe", "Individual", email, "+1-555-123-4567"), (customer.Text("customer_name"), customer.Text("customer_type"), customer.Text("email_id"), customer.Text("mobile_no")));
        Assert.Matches("^CUST-[0-9]{5,}$", customer.Text("name"));
        Assert.Empty(response.Cookies()); // Signing up another person must not replace the caller's own cookie.

        var row = await app.CustomersSqlAsync<string>(
            "SELECT concat_ws('/', customer_group, territory, is_primary_contact, user_id IS NOT NULL, claim) FROM customers.customers WHERE code = $1", customer.Text("name")!);
        Assert.Equal("Individual/All Territories/t/t/unclaimed", row);
        var tokens = answer.GetProperty("tokens");
        var person = new Person(Guid.Empty, email, Intents.GoodPassword, tokens.Text("access")!, tokens.Text("refresh")!);
        Assert.True(await app.Accounts.IsSignedInAsync(person));
        await (await app.RefreshAsync(person.Refresh)).ShouldBeAsync(HttpStatusCode.OK);
        Assert.NotEmpty((await app.MailAsync(email, "confirm your email")).Token);
    }

    [Theory]
    [InlineData("John Doe", "John", "Doe")]
    [InlineData("  Ada King Lovelace ", "Ada King", "Lovelace")]
    [InlineData("Cher", "Cher", "")]
    [InlineData("王 小明", "王", "小明")]
    public async Task Full_name_is_split_at_its_last_space_and_one_word_is_a_first_name(string fullName, string first, string last)
    {
        var answer = await SignUpAsync(Intents.NewEmail(), fullName);
        Assert.Equal(fullName.Trim(), answer.GetProperty("user").Text("full_name"));
        Assert.Equal(fullName.Trim(), answer.GetProperty("customer").Text("customer_name"));
        var names = await app.AccountsSqlAsync<string>("SELECT first_name || '|' || last_name FROM accounts.users WHERE email = $1", answer.GetProperty("user").Text("email")!);
        Assert.Equal($"{first}|{last}", names);
    }

    [Fact]
    public async Task Address_in_use_is_400_ignoring_case_and_nothing_is_created()
    {
        var email = Intents.NewEmail();
        await SignUpAsync(email);
        var before = await app.CustomersSqlAsync<long>("SELECT count(*) FROM customers.customers");

        var problem = await (await TrySignUpAsync(email.ToUpperInvariant())).ShouldFailAsync(HttpStatusCode.BadRequest);

        Assert.Equal("ValidationError", problem.Text("exc_type"));
        Assert.Equal(before, await app.CustomersSqlAsync<long>("SELECT count(*) FROM customers.customers"));
    }

    [Fact]
    public async Task Of_fifty_concurrent_sign_ups_with_one_address_one_succeeds()
    {
        var email = Intents.NewEmail();
        var responses = await AccountCalls.ConcurrentlyAsync(50, _ => TrySignUpAsync(email));

        // A request that waits too long for password hashing gets 503.
        Assert.Equal((1, 49), (responses.Count(HttpStatusCode.OK), responses.Count(HttpStatusCode.BadRequest) + responses.Count(HttpStatusCode.ServiceUnavailable)));
        Assert.NotEqual(0, responses.Count(HttpStatusCode.BadRequest));
        Assert.Equal(1, await app.AccountsSqlAsync<long>("SELECT count(*) FROM accounts.users WHERE email = $1", email));
        Assert.Equal(1, await app.CustomersSqlAsync<long>("SELECT count(*) FROM customers.customers WHERE email = $1", email));
    }

    [Fact]
    public async Task Errors_use_the_callers_field_names()
    {
        await (await app.PostMethodAsync($"{Auth}sign_up", new { })).ShouldBeInvalidAsync("email", "full_name", "password");
        await (await app.PostMethodAsync($"{Auth}sign_up", new { email = "x", full_name = " ", password = "password123", phone = "call me" })).ShouldBeInvalidAsync("email", "full_name", "password", "phone");
        await (await app.PostMethodAsync($"{Auth}login", new { })).ShouldBeInvalidAsync("usr", "pwd");
    }

    [Fact]
    public async Task With_private_registration_free_and_taken_addresses_get_the_same_answer()
    {
        await using var server = await app.StartAnotherAsync(("Accounts:PrivateRegistration", "true"));
        var taken = Intents.NewEmail();
        await SignUpAsync(taken);
        var answers = new List<JsonElement>();
        foreach (var email in new[] { Intents.NewEmail(), taken })
        {
            var response = await server.SendAsync(HttpMethod.Post, $"{Auth}sign_up", null, new { email, full_name = "John Doe", password = Intents.GoodPassword });
            answers.Add(await response.ShouldBeAsync(HttpStatusCode.OK));
        }

        Assert.Equal(answers[0].GetRawText(), answers[1].GetRawText());
        Assert.All(new[] { "user", "customer", "tokens" }, name => Assert.Equal(JsonValueKind.Null, answers[0].GetProperty(name).ValueKind));
        Assert.NotEmpty((await app.MailAsync(taken, "already have an account")).Text);
    }

    [Fact]
    public async Task Sign_in_returns_account_and_customer_and_sets_the_cookie()
    {
        var email = Intents.NewEmail();
        var made = await SignUpAsync(email);
        using var response = await app.PostMethodAsync($"{Auth}login", new { usr = email, pwd = Intents.GoodPassword });
        var answer = await response.ShouldBeAsync(HttpStatusCode.OK);

        Assert.Equal(made.GetProperty("customer").GetRawText(), answer.GetProperty("customer").GetRawText());
        Assert.Equal(["Customer"], answer.GetProperty("user").GetProperty("roles").EnumerateArray().Select(role => role.GetString()));
        var me = await (await app.GetMethodAsync($"{Auth}get_current_user", null, ByCookie(response.Cookie("sid").Value.ToString()))).ShouldBeAsync(HttpStatusCode.OK);
        Assert.Equal(answer.GetProperty("user").GetRawText(), me.GetProperty("user").GetRawText());
        Assert.Equal(answer.GetProperty("customer").GetRawText(), me.GetProperty("customer").GetRawText());
    }

    [Fact]
    public async Task Answer_contains_the_role_and_null_without_a_customer()
    {
        var staff = await app.SomeStaffAsync();
        var signedIn = await app.CallAsync($"{Auth}login", new { usr = staff.Email, pwd = staff.Password });
        Assert.Equal("Employee", signedIn.GetProperty("user").GetProperty("roles")[0].GetString());
        Assert.Equal(JsonValueKind.Null, signedIn.GetProperty("customer").ValueKind);

        var admin = await app.CallAsync($"{Auth}login", new { usr = RunningPatron.AdminEmail, pwd = RunningPatron.AdminPassword });
        Assert.Equal("Administrator", admin.GetProperty("user").GetProperty("roles")[0].GetString());
    }

    [Fact]
    public async Task Wrong_password_is_401_and_disabled_account_403_without_a_cookie()
    {
        var person = await app.RegisterAsync();
        using var wrong = await app.PostMethodAsync($"{Auth}login", new { usr = person.Email, pwd = "wrong" });
        await wrong.ShouldFailAsync(HttpStatusCode.Unauthorized);
        await app.DisableAsync(person.Email);
        using var disabled = await app.PostMethodAsync($"{Auth}login", new { usr = person.Email, pwd = person.Password });
        await disabled.ShouldFailAsync(HttpStatusCode.Forbidden);
        Assert.Empty(wrong.Cookies().Concat(disabled.Cookies()));
    }

    [Fact]
    public async Task Sign_out_ends_the_session_and_sets_guest_cookies()
    {
        var sid = await app.CookieAsync((await app.RegisterAsync()).Email);
        using var response = await app.PostMethodAsync($"{Auth}logout", null, null, ByCookie(sid));
        Assert.True((await response.ShouldBeAsync(HttpStatusCode.OK)).GetProperty("success").GetBoolean());
        Assert.Equal("Guest", response.Cookie("sid").Value.ToString());
        Assert.False(await app.IsSignedInAsync(sid));
    }

    private Task<HttpResponseMessage> TrySignUpAsync(string email, string fullName = "John Doe") =>
        app.PostMethodAsync($"{Auth}sign_up", new { email, full_name = fullName, password = Intents.GoodPassword });

    private async Task<JsonElement> SignUpAsync(string email, string fullName = "John Doe") => await (await TrySignUpAsync(email, fullName)).ShouldBeAsync(HttpStatusCode.OK);
}
