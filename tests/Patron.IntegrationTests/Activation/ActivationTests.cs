using System.Net;
using System.Text.Json;
using System.Text.RegularExpressions;
using Patron.IntegrationTests.Accounts;
using Patron.IntegrationTests.Customers;
using Patron.IntegrationTests.Hosting;
using Patron.IntegrationTests.Linking;

namespace Patron.IntegrationTests.Activation;

/// <summary>First passwords of customers (source 4) with default settings.</summary>
public sealed class ActivationTests(OneProcess app) : IClassFixture<OneProcess>
{
    [Fact]
    public async Task A_customer_sets_a_password_with_the_mailed_code_and_is_signed_in()
    {
        var (customer, email) = await app.WaitingCustomerAsync();

        var started = await (await app.QuickSetupAsync(email)).ShouldBeAsync(HttpStatusCode.Accepted);
        Assert.Equal(["success", "message", "status", "challenge_id", "expires_in", "resend_after"], Names(started));
        Assert.Equal((true, "code_required", 600, 60), (started.GetProperty("success").GetBoolean(), started.Text("status"), started.GetProperty("expires_in").GetInt32(), started.GetProperty("resend_after").GetInt32()));
        Assert.Equal(0, await app.CountAccountsAsync(email));
        var code = (await app.MailAsync(email, ActivationIntents.CodeMail)).Code();

        var answer = await (await app.QuickSetupAsync(email, challenge: started.GetProperty("challenge_id").GetGuid(), code: code)).ShouldBeAsync(HttpStatusCode.OK);

        // As printed in source 4, with tokens in addition.
        Assert.Equal(["success", "message", "data", "tokens"], Names(answer));
        Assert.Equal("Welcome! Your account is now active.", answer.Text("message"));
        var data = answer.GetProperty("data");
        Assert.Equal(["customer", "access_token", "token_type"], Names(data));
        var shown = data.GetProperty("customer");
        Assert.Equal(["id", "name", "email", "account_number", "phone", "type"], Names(shown));
        Assert.Equal(customer.GetProperty("id").GetInt64(), shown.GetProperty("id").GetInt64());
        Assert.Equal(("John Doe", email, customer.Id().Replace('_', '-'), "+1-555-0123", "individual"), (shown.Text("name"), shown.Text("email"), shown.Text("account_number"), shown.Text("phone"), shown.Text("type")));
        Assert.Equal(("Bearer", data.Text("access_token")), (data.Text("token_type"), answer.GetProperty("tokens").Text("access")));

        var person = new Person(default, email, ActivationIntents.FirstPassword, data.Text("access_token")!, "");
        Assert.True(AccountCalls.ClaimsOf(person.Access).GetProperty("email_verified").GetBoolean());
        Assert.Equal(customer.Id(), (await (await app.Accounts.SendAsync(HttpMethod.Get, "/api/v1/customers/profile/", person)).ShouldBeAsync(HttpStatusCode.OK)).Text("customer_id"));
        await app.SignInAsync(email, ActivationIntents.FirstPassword);
        Assert.Equal("email_proven", Assert.Single(await app.RecordsAsync(email)).Text("link_evidence"));
        Assert.Contains("John", (await app.MailAsync(email, "welcome")).Text, StringComparison.Ordinal);
        foreach (var action in new[] { "account.activated", "session.started" })
        {
            Assert.Equal(1, await app.AccountsSqlAsync<long>("SELECT count(*) FROM shared.audit_entries e JOIN accounts.users u ON u.id = e.subject_id WHERE u.normalized_email = $1 AND action = $2 AND at < now() + interval '1 day' AND e.id <= (SELECT min(id) FROM shared.audit_entries s WHERE s.subject_id = u.id AND s.action = 'session.started')", email, action));
        }
    }

    [Fact]
    public async Task The_link_in_the_same_mail_works_without_the_code()
    {
        var (customer, email) = await app.WaitingCustomerAsync();
        var (_, _, token) = await app.StartedSetupAsync(email);

        var answer = await (await app.SetPasswordAsync(token)).ShouldBeAsync(HttpStatusCode.OK);

        Assert.Equal(customer.GetProperty("id").GetInt64(), answer.GetProperty("data").GetProperty("customer").GetProperty("id").GetInt64());
        await app.SignInAsync(email, ActivationIntents.FirstPassword);
    }

    [Fact]
    public async Task A_link_can_be_requested_without_a_code()
    {
        var (_, email) = await app.WaitingCustomerAsync();

        var sent = await (await app.SendSetupLinkAsync(email)).ShouldBeAsync(HttpStatusCode.Accepted);
        Assert.Equal(["success", "message"], Names(sent));
        var mail = await app.MailAsync(email, ActivationIntents.LinkMail);

        Assert.Empty(mail.Code());
        Assert.StartsWith($"{app.Accounts.Address}set-password?token=", Regex.Match(mail.Text, "^http.*$", RegexOptions.Multiline, TimeSpan.FromSeconds(1)).Value, StringComparison.Ordinal);
        await (await app.SetPasswordAsync(mail.SetupToken())).ShouldBeAsync(HttpStatusCode.OK);
    }

    [Fact]
    public async Task The_account_of_a_company_gets_its_name_and_the_record_keeps_it()
    {
        var (_, email) = await app.WaitingCustomerAsync(body: Company("Example Computer Systems"), email: LastCompany);

        var answer = await app.ActivateAsync(email);

        Assert.Equal(("Example Computer Systems", "company"), (answer.GetProperty("data").GetProperty("customer").Text("name"), answer.GetProperty("data").GetProperty("customer").Text("type")));
        var person = await app.SignInAsync(email, ActivationIntents.FirstPassword);
        var account = await (await app.Accounts.SendAsync(HttpMethod.Get, "/api/auth/profile/", person)).ShouldBeAsync(HttpStatusCode.OK);
        Assert.Equal(("Example Computer Systems", ""), (account.Text("first_name"), account.Text("last_name")));
        Assert.Equal("Example Computer Systems", Assert.Single(await app.RecordsAsync(email)).Text("name"));
    }

    [Fact]
    public async Task A_full_name_is_split_into_first_and_last_name()
    {
        var (customer, email) = await app.WaitingCustomerAsync();
        await app.CustomersSqlAsync<object>("UPDATE customers.customers SET first_name = '', last_name = '', name = 'Ada King Lovelace' WHERE customer_id = $1", customer.Id());

        await app.ActivateAsync(email);

        var account = await (await app.Accounts.SendAsync(HttpMethod.Get, "/api/auth/profile/", await app.SignInAsync(email, ActivationIntents.FirstPassword))).ShouldBeAsync(HttpStatusCode.OK);
        Assert.Equal(("Ada King", "Lovelace"), (account.Text("first_name"), account.Text("last_name")));
    }

    [Fact]
    public async Task Activation_changes_only_the_owner_of_the_record()
    {
        var (customer, email) = await app.WaitingCustomerAsync();
        await app.ActivateAsync(email);

        var record = await (await app.SendWithKeyAsync(HttpMethod.Get, CustomerIntents.Api + customer.Id())).ShouldBeAsync(HttpStatusCode.OK);

        Assert.Equal((customer.Text("notes"), customer.Text("phone"), customer.Text("city"), customer.Text("tags")), (record.Text("notes"), record.Text("phone"), record.Text("city"), record.Text("tags")));
        Assert.True(record.GetProperty("email_verified").GetBoolean());
    }

    [Theory]
    [InlineData("check-email")]
    [InlineData("quick-setup")]
    [InlineData("send-setup-link")]
    [InlineData("set-password")]
    public async Task Paths_work_with_and_without_a_trailing_slash_and_invalid_fields_are_named(string path)
    {
        foreach (var slash in new[] { "", "/" })
        {
            var problem = await (await app.Accounts.SendAsync(HttpMethod.Post, $"/api/auth/{path}{slash}", null, new { })).ShouldBeAsync(HttpStatusCode.UnprocessableEntity);
            Assert.False(problem.GetProperty("success").GetBoolean());
            Assert.Equal(problem.Text("detail"), problem.Text("message"));
            Assert.True(problem.GetProperty("errors").TryGetProperty(path == "set-password" ? "token" : "email", out _));
        }
    }

    [Theory]
    [InlineData("short", "short", HttpStatusCode.UnprocessableEntity)]
    [InlineData("password123", "password123", HttpStatusCode.UnprocessableEntity)]
    [InlineData("SecurePass123", "SecurePass124", HttpStatusCode.BadRequest)]
    [InlineData("SecurePass123", null, HttpStatusCode.UnprocessableEntity)]
    [InlineData(null, null, HttpStatusCode.UnprocessableEntity)]
    public async Task The_first_step_checks_the_format_of_the_password_for_every_address(string? password, string? confirmation, HttpStatusCode status)
    {
        foreach (var email in new[] { (await app.WaitingCustomerAsync()).Email, Intents.NewEmail("nobody") })
        {
            await (await app.Accounts.SendAsync(HttpMethod.Post, "/api/auth/quick-setup", null, new { email, password, password_confirmation = confirmation })).ShouldBeAsync(status);
        }
    }

    [Fact]
    public async Task Check_email_reports_the_next_step_without_a_name()
    {
        var (_, waiting) = await app.WaitingCustomerAsync();
        var (_, active) = await app.WaitingCustomerAsync();
        await app.ActivateAsync(active);
        var nobody = Intents.NewEmail("nobody");

        await ShouldTellAsync(waiting.ToUpperInvariant(), exists: true, hasPassword: false, "Account found. Set your password to continue.");
        await ShouldTellAsync(active, exists: true, hasPassword: true, "You've already set a password. Please sign in.");
        await ShouldTellAsync(nobody, exists: false, hasPassword: false, "We don't know this email address. Create an account, or contact us.");
        await app.UntilMailIsSentAsync();
        Assert.Empty(app.MailsTo(waiting));
        Assert.Empty(app.MailsTo(nobody));
    }

    [Fact]
    public async Task An_unproven_account_counts_as_absent_if_a_customer_has_the_address()
    {
        var (_, email) = await app.WaitingCustomerAsync();
        await app.RegisterAsync(email);
        await ShouldTellAsync(email, exists: true, hasPassword: false, "Account found. Set your password to continue.");

        var alone = await app.RegisterAsync();
        await ShouldTellAsync(alone.Email, exists: true, hasPassword: true, "You've already set a password. Please sign in.");
    }

    [Fact]
    public async Task The_owner_of_an_account_is_notified_by_mail_and_keeps_the_password()
    {
        var (_, email) = await app.WaitingCustomerAsync();
        await app.ActivateAsync(email);
        var before = app.MailsTo(email).Count;

        var challenge = await app.StartSetupAsync(email);
        await app.MailAsync(email, ActivationIntents.AccountMail);

        Assert.DoesNotContain(app.MailsTo(email).Skip(before), mail => mail.Code().Length > 0);
        await (await app.QuickSetupAsync(email, "another good 4 me", challenge, "123456")).ShouldBeAsync(HttpStatusCode.BadRequest);
        await app.SignInAsync(email, ActivationIntents.FirstPassword);
    }

    [Theory]
    [InlineData("is_deleted = true, deleted_at = now()")]
    [InlineData("is_blocked = true")]
    [InlineData("claim = 'unclaimed'")]
    public async Task A_deleted_or_blocked_record_cannot_be_activated(string change)
    {
        var (customer, email) = await app.WaitingCustomerAsync();
        await app.CustomersSqlAsync<object>($"UPDATE customers.customers SET {change} WHERE customer_id = $1", customer.Id());

        await app.StartSetupAsync(email);
        app.Time.Shift += TimeSpan.FromSeconds(61);
        await (await app.SendSetupLinkAsync(email)).ShouldBeAsync(HttpStatusCode.Accepted);
        await app.UntilMailIsSentAsync();

        Assert.Empty(app.MailsTo(email));
        Assert.False((await (await app.CheckEmailAsync(email)).ShouldBeAsync(HttpStatusCode.OK)).GetProperty("exists").GetBoolean());
    }

    private static string LastCompany { get; } = Intents.NewEmail("accounts");

    private static Dictionary<string, object?> Company(string name) => new(StringComparer.Ordinal)
    {
        ["first_name"] = "-", ["last_name"] = "-", ["email"] = LastCompany, ["company_name"] = name, ["name"] = name, ["customer_type"] = "company",
    };

    private async Task ShouldTellAsync(string email, bool exists, bool hasPassword, string message)
    {
        var answer = await (await app.CheckEmailAsync(email)).ShouldBeAsync(HttpStatusCode.OK);
        Assert.Equal(["success", "exists", "has_password", "message", "data"], Names(answer));
        Assert.Equal((true, exists, hasPassword, message), (answer.GetProperty("success").GetBoolean(), answer.GetProperty("exists").GetBoolean(), answer.GetProperty("has_password").GetBoolean(), answer.Text("message")));
        var data = answer.GetProperty("data");
        Assert.Equal(["name", "email", "account_number", "from_odoo"], Names(data));
        Assert.Equal((null, email, null, JsonValueKind.False), (data.Text("name"), data.Text("email"), data.Text("account_number"), data.GetProperty("from_odoo").ValueKind));
    }

    private static IEnumerable<string> Names(JsonElement json) => json.EnumerateObject().Select(field => field.Name);
}
