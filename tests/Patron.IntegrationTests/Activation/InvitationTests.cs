using System.Net;
using System.Text.Json;
using Patron.IntegrationTests.Customers;
using Patron.IntegrationTests.Hosting;
using Patron.IntegrationTests.Linking;
using Patron.IntegrationTests.PrivatePostgres;
using Patron.IntegrationTests.Processes;

namespace Patron.IntegrationTests.Activation;

/// <summary>Invitations by staff in mode invite, where only invited customers can activate.</summary>
public sealed class InvitationTests(InviteModePortal app) : IClassFixture<InviteModePortal>, IDisposable
{
    private const string Invitation = "set up your";
    private readonly DataFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task Only_invited_customers_get_a_code_and_all_answers_are_the_same()
    {
        var (customer, email) = await app.WaitingCustomerAsync();
        var (_, uninvited) = await app.WaitingCustomerAsync();

        var invited = await InviteAsync(customer.Id());
        Assert.Equal((1, 0), (invited.GetProperty("invited").GetInt32(), invited.GetProperty("already_invited").GetInt32()));
        var mail = await app.MailAsync(email, Invitation);
        Assert.Contains($"{app.Accounts.Address}first-time-setup?email={Uri.EscapeDataString(email)}", mail.Text, StringComparison.Ordinal);
        // Invitations do not open the account, because they stay in mailboxes for weeks.
        Assert.DoesNotContain("set-password", mail.Text, StringComparison.Ordinal);

        await app.StartSetupAsync(uninvited);
        app.Time.Shift += TimeSpan.FromSeconds(61);
        await (await app.SendSetupLinkAsync(uninvited)).ShouldBeAsync(HttpStatusCode.Accepted);
        var (challenge, code, _) = await app.StartedSetupAsync(email);
        Assert.Equal(8, code.Length);
        await (await app.QuickSetupAsync(email, challenge: challenge, code: code)).ShouldBeAsync(HttpStatusCode.OK);
        await app.UntilMailIsSentAsync();
        Assert.Empty(app.MailsTo(uninvited));
        Assert.Equal("came", (await SingleInvitationAsync("came", email)).Text("state"));
    }

    [Fact]
    public async Task A_customer_without_an_account_gets_two_reminders_and_stays_listed()
    {
        var (customer, email) = await app.WaitingCustomerAsync();
        await InviteAsync(customer.Id().Replace('_', '-'));
        await UntilInvitedAsync(email, 1);
        Assert.Equal(1, (await SingleInvitationAsync("invited", email)).GetProperty("mails").GetInt32());

        app.Time.Shift += TimeSpan.FromDays(6.9);
        await app.UntilNothingIsDueAsync();
        Assert.Single(app.MailsTo(email));
        app.Time.Shift += TimeSpan.FromDays(0.2);
        await UntilInvitedAsync(email, 2);
        app.Time.Shift += TimeSpan.FromDays(7.1);
        await UntilInvitedAsync(email, 3);
        app.Time.Shift += TimeSpan.FromDays(6.9);
        Assert.Equal("invited", (await SingleInvitationAsync("invited", email)).Text("state"));
        app.Time.Shift += TimeSpan.FromDays(30);
        await app.UntilNothingIsDueAsync();

        Assert.Equal(3, app.MailsTo(email).Count);
        var row = await SingleInvitationAsync("never_came", email);
        Assert.Equal("never_came", row.Text("state"));
        Assert.Equal((3, JsonValueKind.Null, JsonValueKind.Null), (row.GetProperty("mails").GetInt32(), row.GetProperty("next_mail_at").ValueKind, row.GetProperty("came_at").ValueKind));
    }

    [Fact]
    public async Task Reminders_stop_after_any_registration_or_when_the_record_cannot_be_activated()
    {
        var (one, comes) = await app.WaitingCustomerAsync();
        var (two, registers) = await app.WaitingCustomerAsync();
        var (three, deleted) = await app.WaitingCustomerAsync();
        await InviteAsync(one.Id(), two.GetProperty("uid").GetString()!, three.Id());
        await UntilInvitedAsync(comes, 1);
        await UntilInvitedAsync(registers, 1);
        await UntilInvitedAsync(deleted, 1);

        await app.ActivateAsync(comes);
        await LinkingIntents.ProveAsync(app, await app.RegisterAsync(registers));
        await (await app.SendWithKeyAsync(HttpMethod.Delete, CustomerIntents.Api + three.Id())).ShouldBeAsync(HttpStatusCode.OK);
        app.Time.Shift += TimeSpan.FromDays(8);
        await app.UntilNothingIsDueAsync();

        Assert.Equal("came", (await SingleInvitationAsync("came", comes)).Text("state"));
        Assert.Equal("came", (await SingleInvitationAsync("came", registers)).Text("state"));
        Assert.Equal("withdrawn", (await SingleInvitationAsync("withdrawn", deleted)).Text("state"));
        Assert.All([comes, registers, deleted], email => Assert.Single(app.MailsTo(email), mail => mail.Subject.Contains(Invitation, StringComparison.OrdinalIgnoreCase)));
    }

    [Fact]
    public async Task Customer_ends_the_reminders_by_the_link_of_the_mail_and_is_not_invited_again()
    {
        var (customer, email) = await app.WaitingCustomerAsync();
        var (other, remaining) = await app.WaitingCustomerAsync();
        await InviteAsync(customer.Id(), other.Id());
        await UntilInvitedAsync(email, 1);
        await UntilInvitedAsync(remaining, 1);
        var mail = await app.MailAsync(email, Invitation);
        var link = new Uri(mail.Header("List-Unsubscribe").Trim('<', '>'));
        Assert.Contains(link.ToString(), mail.Text, StringComparison.Ordinal);

        // A mail scanner opens the link; nothing happens.
        using (var page = await app.Accounts.Client.GetAsync(link.PathAndQuery))
        {
            Assert.Equal(HttpStatusCode.OK, page.StatusCode);
        }

        Assert.Equal("invited", (await SingleInvitationAsync("invited", email)).Text("state"));
        foreach (var path in new[] { link.PathAndQuery, link.PathAndQuery }) // The second one changes nothing.
        {
            using var ended = await app.Accounts.Client.PostAsync(path, new FormUrlEncodedContent([new("List-Unsubscribe", "One-Click")]));
            Assert.Equal(HttpStatusCode.OK, ended.StatusCode);
        }

        Assert.Equal(JsonValueKind.Null, (await SingleInvitationAsync("declined", email)).GetProperty("next_mail_at").ValueKind);
        app.Time.Shift += TimeSpan.FromDays(8);
        await UntilInvitedAsync(remaining, 2);
        await InviteAsync(customer.Id());
        await app.UntilNothingIsDueAsync();
        Assert.Single(app.MailsTo(email));

        await app.ActivateAsync(email);
        Assert.Equal("came", (await SingleInvitationAsync("came", email)).Text("state"));
    }

    [Theory]
    [InlineData("")]
    [InlineData("abc")]
    [InlineData("AAAAAAAAAAEAAAAAAAAAAAAAAAAAAAAA")]
    [InlineData("AAAAAAAAAAEAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")]
    public async Task Incomplete_link_ends_nothing(string token)
    {
        using var answer = await app.Accounts.Client.PostAsync($"/unsubscribe?token={token}", new FormUrlEncodedContent([]));
        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.Contains("This link is incomplete", await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Named_customers_are_invited_again_and_unknown_names_are_reported()
    {
        var (customer, email) = await app.WaitingCustomerAsync();
        await InviteAsync(customer.Id());
        await UntilInvitedAsync(email, 1);

        Assert.Equal(0, (await InviteAsync(customer.Id())).GetProperty("invited").GetInt32()); // Not twice within a day.
        app.Time.Shift += TimeSpan.FromHours(25);
        var again = await InviteAsync(customer.Id(), "CUST-00000000", "nonsense");
        Assert.Equal((1, 1), (again.GetProperty("invited").GetInt32(), again.GetProperty("already_invited").GetInt32()));
        Assert.Equal(["CUST-00000000", "nonsense"], again.GetProperty("not_waiting").EnumerateArray().Select(name => name.GetString()));
        await UntilInvitedAsync(email, 2);
        Assert.Equal(2, await app.AccountsSqlAsync<long>("SELECT count(*) FROM shared.audit_entries WHERE action = 'customer.invited' AND subject_id = $1", customer.GetProperty("uid").GetGuid()));
    }

    [Fact]
    public async Task Erasing_a_customer_deletes_the_invitation()
    {
        var (customer, email) = await app.WaitingCustomerAsync();
        await InviteAsync(customer.Id());
        await UntilInvitedAsync(email, 1);

        await (await app.SendWithKeyAsync(HttpMethod.Delete, $"{CustomerIntents.Api}{customer.Id()}/hard", body: null, "customers:hard-delete")).ShouldBeAsync(HttpStatusCode.OK);
        Assert.Equal(0, await app.AccountsSqlAsync<long>("SELECT count(*) FROM accounts.activation_invitations WHERE customer_uid = $1", customer.GetProperty("uid").GetGuid()));
        app.Time.Shift += TimeSpan.FromDays(8);
        await app.UntilNothingIsDueAsync();
        Assert.Single(app.MailsTo(email));
    }

    [Fact]
    public async Task Only_staff_of_home_can_invite_and_list_invitations()
    {
        var customer = await app.RegisterAsync();
        var vendor = await app.StaffOfNewOrganizationAsync();
        var staff = await app.StaffAsync();
        const string Path = "/api/portal/invitations/";

        foreach (var method in new[] { HttpMethod.Get, HttpMethod.Post })
        {
            object? body = method == HttpMethod.Post ? new { customers = Array.Empty<string>() } : null;
            await (await app.Accounts.SendAsync(method, Path, null, body)).ShouldBeAsync(HttpStatusCode.Unauthorized);
            await (await app.Accounts.SendAsync(method, Path, customer, body)).ShouldBeAsync(HttpStatusCode.Forbidden);
            await (await app.Accounts.SendAsync(method, Path, vendor, body)).ShouldBeAsync(HttpStatusCode.Forbidden);
            await (await app.Accounts.SendAsync(method, Path, staff, body)).ShouldBeAsync(method == HttpMethod.Post ? HttpStatusCode.Accepted : HttpStatusCode.OK);
        }

        await (await app.SendWithKeyAsync(HttpMethod.Post, Path, new { customers = Array.Empty<string>() }, "customers:read")).ShouldBeAsync(HttpStatusCode.Forbidden);
        await (await app.Accounts.SendAsync(HttpMethod.Get, $"{Path}?state=lost", staff)).ShouldRefuseAsync("state");
        await (await app.Accounts.SendAsync(HttpMethod.Get, $"{Path}?page=0&page_size=1001", staff)).ShouldRefuseAsync("page", "page_size");
    }

    [Fact]
    public async Task The_command_line_invites_and_lists_customers_without_an_account()
    {
        var (customer, email) = await app.WaitingCustomerAsync();

        var dry = await PatronAsync("invite", "--customer", customer.Id(), "--dry-run", "--json");
        Assert.Equal((1, true), (dry.GetProperty("invited").GetInt32(), dry.GetProperty("dry_run").GetBoolean()));
        Assert.Equal(0, await CountAsync(customer));
        var done = await PatronAsync("invite", "--customer", customer.Id(), "--json");
        Assert.Equal((1, false), (done.GetProperty("invited").GetInt32(), done.GetProperty("dry_run").GetBoolean()));
        await UntilInvitedAsync(email, 1);

        var listed = await PatronAsync("invitations", "list", "--json");
        var person = Assert.Single(listed.GetProperty("invitations").EnumerateArray(), person => person.Text("email") == email);
        Assert.Equal((customer.Id().Replace('_', '-'), "John Doe", "invited", 1), (person.Text("account_number"), person.Text("name"), person.Text("state"), person.GetProperty("mails").GetInt32()));
        var text = await RunAsync("invitations", "list", "--state", "invited");
        Assert.StartsWith("CUSTOMER", text.Output, StringComparison.Ordinal);
        Assert.Contains(customer.Id().Replace('_', '-'), text.Output, StringComparison.Ordinal);
        Assert.Contains("Already invited: ", (await RunAsync("invite", "--dry-run", "--limit", "1")).Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_command_line_asks_before_it_invites_many_and_refuses_unknown_customers()
    {
        var (one, _) = await app.WaitingCustomerAsync();
        var (two, _) = await app.WaitingCustomerAsync();
        string[] both = ["invitations", "send", "--customer", one.Id(), "--customer", two.Id()];

        // Nobody can answer without a terminal.
        var refused = await RunAsync(both);
        Assert.Equal((1, "", "Send invitations to 2 customers? Nothing was done. Add --yes to confirm.\n"), (refused.Status, refused.Output, refused.Errors));
        Assert.Equal(0, await CountAsync(one));

        var unknown = await RunAsync("invite", "--customer", one.Id(), "--customer", "NOPE", "--yes");
        Assert.Equal((1, ""), (unknown.Status, unknown.Output));
        Assert.StartsWith("No customer NOPE.", unknown.Errors, StringComparison.Ordinal);
        Assert.Equal(0, await CountAsync(one));

        var sent = await RunAsync([.. both, "--yes"]);
        Assert.Equal(0, sent.Status);
        Assert.StartsWith("Invited 2 customers. Already invited: 0.\n", sent.Output, StringComparison.Ordinal);
        Assert.Equal((1, 1), (await CountAsync(one), await CountAsync(two)));
    }

    private Task<long> CountAsync(JsonElement customer) => app.AccountsSqlAsync<long>(
        "SELECT count(*) FROM accounts.activation_invitations WHERE customer_uid = $1", customer.GetProperty("uid").GetGuid());

    private async Task<JsonElement> InviteAsync(params string[] customers) => await (await app.SendWithKeyAsync(
        HttpMethod.Post, "/api/portal/invitations/", customers.Length == 0 ? new { } : new { customers })).ShouldBeAsync(HttpStatusCode.Accepted);

    private Task UntilInvitedAsync(string email, int mails) => app.UntilAsync(
        () => app.MailsTo(email).Count(mail => mail.Subject.Contains(Invitation, StringComparison.OrdinalIgnoreCase)) >= mails);

    private async Task<JsonElement> SingleInvitationAsync(string state, string email)
    {
        var list = await (await app.SendWithKeyAsync(HttpMethod.Get, $"/api/portal/invitations/?state={state}&page_size=1000")).ShouldBeAsync(HttpStatusCode.OK);
        Assert.Equal(list.GetProperty("data").GetArrayLength(), list.GetProperty("total").GetInt32());
        return Assert.Single(list.GetProperty("data").EnumerateArray(), row => row.GetProperty("customer") is { ValueKind: JsonValueKind.Object } customer && customer.Text("email") == email);
    }

    private async Task<JsonElement> PatronAsync(params string[] options)
    {
        var answer = await RunAsync(options);
        Assert.True(answer.Status == 0, answer.Errors);
        return JsonDocument.Parse(answer.Output).RootElement.Clone();
    }

    private Task<CommandAnswer> RunAsync(params string[] options) => PatronCommandLine.RunAsync(
        PatronProcess.SettingsFor(app.Customers.ConnectionString),
        [.. options, "--data", folder.Location]);
}

/// <summary>A limit of five mails an hour.</summary>
public sealed class InvitationPaceTests(FiveInvitationsAnHour app) : IClassFixture<FiveInvitationsAnHour>
{
    [Fact]
    public async Task Every_customer_is_invited_once_and_mails_are_rate_limited()
    {
        var emails = new List<string>();
        for (var number = 0; number < 12; number++)
        {
            emails.Add((await app.WaitingCustomerAsync()).Email);
        }

        await using var other = await app.StartAnotherProcessAsync(("Portal:Invitations:PerHour", "5")); // Two processes together keep the limit.
        Assert.Equal(12, (await InviteAllAsync()).GetProperty("invited").GetInt32());
        var again = await InviteAllAsync();
        Assert.Equal((0, 12), (again.GetProperty("invited").GetInt32(), again.GetProperty("already_invited").GetInt32()));

        foreach (var sent in new[] { 5, 10, 12 })
        {
            await app.UntilAsync(async () => await MailedAsync() >= sent);
            Assert.Equal(sent, await MailedAsync());
            // Else the clock change would end the lease of a message that is being sent, and it would be sent twice.
            await app.UntilMailIsSentAsync();
            app.Time.Shift += TimeSpan.FromMinutes(61);
        }

        await app.UntilNothingIsDueAsync();
        Assert.All(emails, email => Assert.Single(app.MailsTo(email)));
    }

    private async Task<JsonElement> InviteAllAsync() =>
        await (await app.SendWithKeyAsync(HttpMethod.Post, "/api/portal/invitations/", new { })).ShouldBeAsync(HttpStatusCode.Accepted);

    private Task<long> MailedAsync() => app.AccountsSqlAsync<long>("SELECT coalesce(sum(mails), 0)::bigint FROM accounts.activation_invitations");
}
