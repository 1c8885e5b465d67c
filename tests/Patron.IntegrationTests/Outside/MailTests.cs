using System.Diagnostics;
using System.Net;
using System.Text.RegularExpressions;
using Npgsql;
using Patron.IntegrationTests.Activation;
using Patron.IntegrationTests.Customers;
using Patron.IntegrationTests.Hosting;
using Patron.IntegrationTests.PrivatePostgres;
using Patron.IntegrationTests.Processes;
using Patron.Shared;

namespace Patron.IntegrationTests.Outside;

/// <summary>One process that sends mail to a test SMTP server.</summary>
public sealed class WithMailServer(TestDatabase database) : PatronApp(database)
{
    internal TestMailServer Server { get; } = new();

    public Dictionary<string, string?> MailSettings => new Dictionary<string, string?>
    {
        ["Mail:Host"] = "127.0.0.1",
        ["Mail:Port"] = $"{Server.Port}",
        ["Mail:Security"] = "none",
        ["Mail:From"] = "Käse & Co <shop@tests.example>",
        ["Accounts:Brand"] = "Käse & Co",
        ["Portal:Brand:SupportEmail"] = "help@tests.example",
        ["Portal:Brand:ImprintUrl"] = "https://tests.example/imprint",
    };

    protected override async Task<(RunningPatron Accounts, RunningPatron Customers)> StartAsync()
    {
        var server = await StartAsync(ProcessRole.All, MailSettings);
        return (server, server);
    }
}

public sealed partial class MailTests(WithMailServer app, OneProcess files) : IClassFixture<WithMailServer>, IClassFixture<OneProcess>, IAsyncLifetime
{
    private const string OddName = "Zoë 北京 Łukasz";
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(15);

    public async ValueTask InitializeAsync()
    {
        app.Server.Mode = SmtpMode.Accepts;

        // A message that another test left waiting would be tried again in this test, and could fail again.
        await app.AccountsSqlAsync<object>("DELETE FROM shared.outbox_messages");
    }

    public ValueTask DisposeAsync()
    {
        app.Server.DropHanging();
        return ValueTask.CompletedTask;
    }

    [Fact]
    public async Task Message_arrives_soon_with_its_headers_and_complete_text()
    {
        var person = await app.RegisterAsync(firstName: OddName);
        var watch = Stopwatch.StartNew();
        var message = await MessageAsync(person.Email);

        Assert.InRange(watch.Elapsed, TimeSpan.Zero, TimeSpan.FromSeconds(5)); // Two seconds on an idle machine.
        Assert.Equal(("Käse & Co", "shop@tests.example"), (message.From.Name, message.From.Address));
        Assert.Equal(person.Email, message.Header("To"));
        Assert.Equal("Confirm your email address", message.Header("Subject"));
        Assert.Matches(@"^<[0-9a-f]{32}@tests\.example>$", message.Header("Message-ID"));
        Assert.Equal("auto-generated", message.Header("Auto-Submitted"));
        Assert.NotNull(message.Header("Date"));
        Assert.StartsWith("multipart/alternative; ", message.Header("Content-Type"), StringComparison.Ordinal);
        Assert.Equal(["text/plain; charset=utf-8 8bit", "text/html; charset=utf-8 8bit"], message.Parts);
        Assert.Equal("help@tests.example", message.Header("Reply-To"));
        Assert.Contains($"Hello {OddName},", message.Lines);
        Assert.Contains(["--", "Käse & Co sent you this email.", "You're getting it because someone signed up to Käse & Co with this address.", "Questions? Email us at help@tests.example.", "Legal notice: https://tests.example/imprint"], message.Lines);
        Assert.Contains($"<p style=\"margin:0 0 16px\">Hello {WebUtility.HtmlEncode(OddName)},</p>", message.Html, StringComparison.Ordinal);
        Assert.All(message.Raw.Split("\r\n"), line => Assert.True(line.Length <= 998 && !line.Contains('\n', StringComparison.Ordinal), "RFC 5322, 2.1.1 and 2.3"));
    }

    [Fact]
    public async Task Link_is_alone_on_its_line_by_SMTP_and_in_files()
    {
        var person = await app.RegisterAsync(firstName: OddName);
        var link = Assert.Single((await MessageAsync(person.Email)).Lines, line => Link().IsMatch(line));
        await VerifyAsync(app, person, link[^43..]);

        var other = await files.RegisterAsync(firstName: OddName);
        var file = await files.MailAsync(other.Email);
        Assert.Contains(OddName, file.Text, StringComparison.Ordinal);
        Assert.Contains(WebUtility.HtmlEncode(OddName), file.Html, StringComparison.Ordinal);
        await VerifyAsync(files, other, Assert.Single(file.Text.Split('\n'), line => Link().IsMatch(line))[^43..]);
    }

    [Fact]
    public async Task Temporarily_refused_message_is_retried_until_it_is_accepted()
    {
        app.Server.Mode = SmtpMode.RefusesTemporarily;
        var person = await app.RegisterAsync();
        await UntilAsync(() => WaitingAsync(person.Email, "last_error LIKE 'recipient: 451 %'"));
        Assert.DoesNotContain(app.Server.Messages, message => message.To == person.Email);

        // The second failure makes the health check degraded; requests still work.
        app.Time.Shift += TimeSpan.FromSeconds(6);
        await UntilAsync(() => WaitingAsync(person.Email, "attempts = 2 AND due_at < now() + interval '1 hour' AND last_error LIKE '%'"));
        Assert.Equal("degraded", await HealthAsync());

        app.Server.Mode = SmtpMode.Accepts;
        app.Time.Shift += TimeSpan.FromSeconds(11);
        await MessageAsync(person.Email);
        await UntilAsync(async () => !await WaitingAsync(person.Email, "true"));
        Assert.Single(app.Server.Messages, message => message.To == person.Email);
    }

    [Fact]
    public async Task Unknown_mailbox_is_given_up_immediately_and_does_not_degrade_health()
    {
        var nobody = await app.RegisterAsync(Intents.NewEmail("refused-550-"));
        await UntilAsync(() => WaitingAsync(nobody.Email, "dead_at IS NOT NULL AND refused_at IS NOT NULL AND attempts = 1"));
        Assert.True(await WaitingAsync(nobody.Email, "last_error LIKE 'recipient: 550 the mailbox says no%'"));
        Assert.Equal("ok", await HealthAsync());
    }

    [Fact]
    public async Task Staff_see_which_invitations_were_refused_for_good()
    {
        var (customer, email) = await app.WaitingCustomerAsync(Intents.NewEmail("refused-550-"));
        await (await app.SendWithKeyAsync(HttpMethod.Post, "/api/portal/invitations", new { customers = new[] { customer.Text("customer_id") } })).ShouldBeAsync(HttpStatusCode.Accepted);
        await UntilAsync(() => WaitingAsync(email, "refused_at IS NOT NULL AND dead_at IS NOT NULL"));

        var list = await (await app.SendWithKeyAsync(HttpMethod.Get, "/api/portal/invitations")).ShouldBeAsync(HttpStatusCode.OK);
        var invitation = Assert.Single(list.GetProperty("data").EnumerateArray());
        Assert.StartsWith("recipient: 550 the mailbox says no", invitation.Text("refusal"), StringComparison.Ordinal);
        Assert.NotNull(invitation.Text("refused_at"));
        var listed = await PatronCommandLine.RunAsync(
            PatronProcess.SettingsFor(app.Customers.ConnectionString), ["invitations", "list", "--data", app.Accounts.DataFolder]);
        Assert.Matches($"{Regex.Escape(email)} +recipient: 550", listed.Output);
    }

    [Fact]
    public async Task Sending_mail_without_the_address_of_the_portal_is_a_warning_at_the_start_and_of_the_doctor()
    {
        using var folder = new DataFolder();
        var settings = app.MailSettings.Select(setting => (setting.Key.Replace(":", "__", StringComparison.Ordinal), setting.Value!)).ToArray();
        var database = app.Customers.ConnectionString;
        var doctor = await PatronCommandLine.RunAsync(PatronProcess.SettingsFor(database, settings), ["doctor", "--data", folder.Location]);
        Assert.Equal(1, doctor.Status);
        Assert.Contains("WRONG  links in mails: Mails are sent, but Portal:Url isn't set", doctor.Output, StringComparison.Ordinal);

        var good = await PatronCommandLine.RunAsync(PatronProcess.SettingsFor(database, [.. settings, ("Portal__Url", "https://portal.tests.example")]), ["doctor", "--data", folder.Location]);
        Assert.DoesNotContain("Portal:Url", good.Output, StringComparison.Ordinal);

        await using var patron = await PatronProcess.StartAsync(folder.Location, PatronProcess.SettingsFor(database, settings));
        Assert.Contains("Portal:Url isn't set", patron.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Busy_mailbox_is_retried_and_does_not_degrade_health()
    {
        var busy = await app.RegisterAsync(Intents.NewEmail("refused-450-"));
        await UntilAsync(() => WaitingAsync(busy.Email, "refused_at IS NOT NULL AND attempts = 1"));
        app.Time.Shift += TimeSpan.FromSeconds(6);
        await UntilAsync(() => WaitingAsync(busy.Email, "dead_at IS NULL AND refused_at IS NOT NULL AND attempts = 2"));
        Assert.True(await WaitingAsync(busy.Email, "last_error LIKE 'recipient: 450 the mailbox says no%'"));
        Assert.Equal("ok", await HealthAsync());
    }

    [Fact]
    public async Task Hanging_recipient_does_not_delay_other_messages_and_loses_nothing()
    {
        app.Server.Mode = SmtpMode.Hangs;
        var before = app.Server.Recipients;
        var first = await app.RegisterAsync();
        await UntilAsync(() => app.Server.Recipients > before);

        // Later messages are sent meanwhile. The sender gives up after 20 seconds; the test ends earlier.
        app.Server.Mode = SmtpMode.Accepts;
        var watch = Stopwatch.StartNew();
        var second = await app.RegisterAsync();
        await MessageAsync(second.Email);
        Assert.InRange(watch.Elapsed, TimeSpan.Zero, TimeSpan.FromSeconds(10));
        await HealthAsync();

        app.Server.DropHanging();
        await UntilAsync(() => WaitingAsync(first.Email, "last_error LIKE 'recipient: 421 %'"));
        app.Time.Shift += TimeSpan.FromSeconds(6);
        await MessageAsync(first.Email);
    }

    [Fact]
    public async Task Message_in_flight_is_due_at_once_after_the_server_stopped()
    {
        app.Server.Mode = SmtpMode.Hangs;
        var before = app.Server.Recipients;
        await using var server = await RunningPatron.StartAsync(await app.CopyOfDatabaseAsync(), ProcessRole.All, app.MailSettings);
        var body = new { email = Intents.NewEmail(), first_name = "Jane", last_name = "Doe", password1 = Intents.GoodPassword, password2 = Intents.GoodPassword };
        await (await server.SendAsync(HttpMethod.Post, "/api/auth/register/", null, body)).ShouldBeAsync(HttpStatusCode.Created);
        await UntilAsync(() => app.Server.Recipients > before);

        await server.DisposeAsync();

        await using var connection = new NpgsqlConnection(server.ConnectionString);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand("SELECT count(*) FROM shared.outbox_messages WHERE due_at <= now() AND attempts = 0", connection);
        Assert.Equal(1L, await command.ExecuteScalarAsync());
    }

    private async Task<SmtpMessage> MessageAsync(string to)
    {
        await UntilAsync(() => app.Server.Messages.Any(message => message.To == to));
        return app.Server.Messages.First(message => message.To == to);
    }

    private async Task<string?> HealthAsync() =>
        (await (await app.Accounts.Client.GetAsync("/health/ready")).ShouldBeAsync(HttpStatusCode.OK)).GetProperty("status").GetString();

    private Task<bool> WaitingAsync(string to, string condition) =>
        app.AccountsSqlAsync<bool>($"SELECT EXISTS (SELECT FROM shared.outbox_messages WHERE payload::text LIKE '%' || $1 || '%' AND {condition})", to);

    private static async Task VerifyAsync(PatronApp where, Person person, string token) =>
        await (await where.Accounts.SendAsync(HttpMethod.Post, "/api/auth/email/verify/", person, new { token })).ShouldBeAsync(HttpStatusCode.OK);

    private static Task UntilAsync(Func<bool> condition) => UntilAsync(() => Task.FromResult(condition()));

    private static async Task UntilAsync(Func<Task<bool>> condition)
    {
        var watch = Stopwatch.StartNew();
        while (!await condition())
        {
            Assert.True(watch.Elapsed < Timeout, "What the test waits for did not happen.");
            await Task.Delay(20);
        }
    }

    [GeneratedRegex("^http://[^ ]+/verify-email\\?token=[A-Za-z0-9_-]{43}$", RegexOptions.NonBacktracking)]
    private static partial Regex Link();
}
