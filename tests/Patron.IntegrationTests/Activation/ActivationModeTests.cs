using System.Collections.Concurrent;
using System.Net;
using System.Text.RegularExpressions;
using Microsoft.Extensions.Logging;
using Patron.IntegrationTests.Accounts;
using Patron.IntegrationTests.Customers;
using Patron.IntegrationTests.Hosting;
using Patron.IntegrationTests.Linking;
using Patron.Linking;

namespace Patron.IntegrationTests.Activation;

/// <summary>Mode link: no codes.</summary>
public sealed class LinkModeTests(LinkModePortal app) : IClassFixture<LinkModePortal>
{
    [Fact]
    public async Task Only_a_link_activates_an_account_and_it_leads_to_the_portal()
    {
        var (_, email) = await app.WaitingCustomerAsync();
        await (await app.QuickSetupAsync(email)).ShouldBeAsync(HttpStatusCode.Forbidden);
        await (await app.QuickSetupAsync(email, challenge: Guid.NewGuid(), code: "123456")).ShouldBeAsync(HttpStatusCode.Forbidden);

        await (await app.SendSetupLinkAsync(email)).ShouldBeAsync(HttpStatusCode.Accepted);
        var mail = await app.MailAsync(email, ActivationIntents.LinkMail);
        var token = Regex.Match(mail.Text, "^https://portal\\.example\\.com/set-password\\?token=(.{43})$", RegexOptions.Multiline, TimeSpan.FromSeconds(1)).Groups[1].Value;
        await (await app.SetPasswordAsync(token)).ShouldBeAsync(HttpStatusCode.OK);
        Assert.Contains("https://portal.example.com/login", (await app.MailAsync(email, "welcome")).Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task With_disclosure_none_every_address_gets_the_same_answer()
    {
        var (_, waiting) = await app.WaitingCustomerAsync();
        var active = (await app.RegisterAsync()).Email;
        var nobody = Intents.NewEmail("nobody");

        foreach (var email in new[] { waiting, active, nobody })
        {
            var answer = await (await app.CheckEmailAsync(email)).ShouldBeAsync(HttpStatusCode.OK);
            Assert.Equal((true, false), (answer.GetProperty("exists").GetBoolean(), answer.GetProperty("has_password").GetBoolean()));
            Assert.Equal((null, email, null, false), (answer.GetProperty("data").Text("name"), answer.GetProperty("data").Text("email"), answer.GetProperty("data").Text("account_number"), answer.GetProperty("data").GetProperty("from_odoo").GetBoolean()));
        }
    }

    [Fact]
    public async Task Other_mails_link_to_the_portal_and_contain_the_token()
    {
        var person = await app.RegisterAsync();
        var mail = await app.MailAsync(person.Email, "confirm your email");
        Assert.Contains($"https://portal.example.com/verify-email?token={mail.Token}", mail.Text, StringComparison.Ordinal);
        await LinkingIntents.ProveAsync(app, person);

        await (await app.Accounts.SendAsync(HttpMethod.Post, "/api/auth/password/forgot/", null, new { email = person.Email })).ShouldBeAsync(HttpStatusCode.Accepted);
        var reset = await app.MailAsync(person.Email, "reset your");
        Assert.Contains($"https://portal.example.com/reset-password?token={reset.Token}", reset.Text, StringComparison.Ordinal);
    }
}

/// <summary>Mode trusting: exactly as in source 4, for closed networks.</summary>
public sealed class TrustingModeTests(TrustingPortal app) : IClassFixture<TrustingPortal>
{
    [Fact]
    public async Task One_step_activates_the_account_and_notifies_the_mailbox()
    {
        var (customer, email) = await app.WaitingCustomerAsync();
        var check = await (await app.CheckEmailAsync(email)).ShouldBeAsync(HttpStatusCode.OK);
        Assert.Equal(("John Doe", customer.Id().Replace('_', '-')), (check.GetProperty("data").Text("name"), check.GetProperty("data").Text("account_number")));

        var answer = await (await app.QuickSetupAsync(email)).ShouldBeAsync(HttpStatusCode.OK);

        Assert.Equal(customer.GetProperty("id").GetInt64(), answer.GetProperty("data").GetProperty("customer").GetProperty("id").GetInt64());
        Assert.Equal("trusted", Assert.Single(await app.RecordsAsync(email)).Text("link_evidence"));
        Assert.Contains("by someone who entered your email address", (await app.MailAsync(email, "welcome")).Text, StringComparison.Ordinal);
        await app.SignInAsync(email, ActivationIntents.FirstPassword);
        check = await (await app.CheckEmailAsync(email)).ShouldBeAsync(HttpStatusCode.OK);
        Assert.Equal((true, "John Doe"), (check.GetProperty("has_password").GetBoolean(), check.GetProperty("data").Text("name")));
    }

    [Fact]
    public async Task An_existing_password_is_not_replaced()
    {
        var (_, active) = await app.WaitingCustomerAsync();
        await (await app.QuickSetupAsync(active)).ShouldBeAsync(HttpStatusCode.OK);
        var (_, registered) = await app.WaitingCustomerAsync();
        await app.RegisterAsync(registered);

        foreach (var email in new[] { active, registered })
        {
            var refused = await (await app.QuickSetupAsync(email, "attackers own 1")).ShouldBeAsync(HttpStatusCode.BadRequest);
            Assert.Contains("already set a password", refused.Text("detail"), StringComparison.Ordinal);
            Assert.Equal(HttpStatusCode.Unauthorized, await app.SignInStatusAsync(email, "attackers own 1"));
        }

        await (await app.QuickSetupAsync(Intents.NewEmail("nobody"))).ShouldBeAsync(HttpStatusCode.BadRequest);
    }

    [Fact]
    public async Task Of_fifty_concurrent_activations_one_succeeds()
    {
        var (_, email) = await app.WaitingCustomerAsync();

        var answers = await AccountCalls.ConcurrentlyAsync(50, number => app.QuickSetupAsync(email, $"SecurePass{number:D3}"));

        Assert.Equal((1, 49), (answers.Count(HttpStatusCode.OK), answers.Count(HttpStatusCode.BadRequest) + answers.Count(HttpStatusCode.ServiceUnavailable)));
        Assert.Equal(1, await app.CountAccountsAsync(email));
    }

    [Fact]
    public async Task A_mailed_link_proves_the_address_as_in_other_modes()
    {
        var (_, email) = await app.WaitingCustomerAsync();
        await (await app.SendSetupLinkAsync(email)).ShouldBeAsync(HttpStatusCode.Accepted);
        await (await app.SetPasswordAsync((await app.MailAsync(email, ActivationIntents.LinkMail)).SetupToken())).ShouldBeAsync(HttpStatusCode.OK);
        Assert.Equal("email_proven", Assert.Single(await app.RecordsAsync(email)).Text("link_evidence"));
    }

    [Fact]
    public async Task Health_reports_the_mode_and_the_log_has_a_warning()
    {
        using var log = new WarningLog();
        await using (await RunningPatron.StartAsync(
            await app.CopyOfDatabaseAsync(), settings: new Dictionary<string, string?> { ["Portal:Activation:Mode"] = "trusting", ["Portal:Activation:TrustEverybody"] = ActivationOptions.TrustConfirmation }, logs: log))
        {
            Assert.Contains(log.Warnings, warning => warning.StartsWith("Portal:Activation:Mode is trusting", StringComparison.Ordinal));
        }

        var health = await (await app.Accounts.Client.GetAsync("/health")).ShouldBeAsync(HttpStatusCode.OK);
        Assert.Equal(("ok", "trusting"), (health.Text("status"), health.GetProperty("checks").Text("activation")));
    }

    private sealed class WarningLog : ILoggerProvider, ILogger
    {
        public ConcurrentBag<string> Warnings { get; } = [];

        public ILogger CreateLogger(string categoryName) => this;

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Warning;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            if (IsEnabled(logLevel))
            {
                Warnings.Add(formatter(state, exception));
            }
        }

        public void Dispose() => Warnings.Clear();
    }
}
