using Microsoft.Playwright;
using Patron.IntegrationTests.Hosting;
using Patron.Shared.Callers;

namespace Patron.BrowserTests.StaffConsole;

/// <summary>Who gets into the console, and when it asks for the password again.</summary>
public sealed class ConsoleAccessTests(OneProcess app, Chromium chromium) : IClassFixture<OneProcess>
{
    [Fact]
    public async Task A_customer_who_comes_to_the_console_is_sent_to_the_portal_with_a_sentence()
    {
        var person = await app.RegisterAsync();
        await using var visitor = await Visitor.OpenAsync(chromium, app);
        await visitor.SignInAsync(person.Email);
        await Assertions.Expect(visitor.Page.GetByRole(AriaRole.Link, new() { Name = "Console" })).ToHaveCountAsync(0);

        foreach (var page in new[] { "/console", "/console/1", "/console/1/keys" })
        {
            await visitor.GoAsync(page);
            await visitor.ShouldBeAtAsync("/dashboard");
            await visitor.ShouldSeeAsync("The console is for staff.");
        }
    }

    [Fact]
    public async Task An_employee_enters_their_organization_and_no_other()
    {
        var person = await app.CustomerAsync();
        await app.MakeMemberAsync(person.Email, OrganizationRole.Employee, await app.AccountsSqlAsync<Guid>("SELECT id FROM accounts.organizations WHERE is_home"));
        await using var visitor = await Visitor.OpenAsync(chromium, app);
        await visitor.SignInAsync(person.Email);

        await visitor.FollowAsync("Console");
        await visitor.ShouldBeAtAsync("/console/1");
        await Assertions.Expect(visitor.Page.GetByRole(AriaRole.Link, new() { Name = "API keys" })).ToHaveCountAsync(0);

        await visitor.GoAsync("/console/999999");
        await visitor.ShouldSeeAsync("Page not found");
    }

    [Fact]
    public async Task A_dangerous_change_asks_for_the_password_again_and_keeps_the_form()
    {
        await using var visitor = await chromium.OpenAsAdministratorAsync(app);
        app.Time.Shift += TimeSpan.FromMinutes(20);
        await visitor.GoAsync("/console/1/keys");
        await visitor.FillAsync(("What it's for", "Web shop"));
        await visitor.Page.GetByLabel("Read customers").CheckAsync();
        await visitor.PressAsync("Create key");

        await visitor.ShouldBeAtAsync("/console/1/confirm");
        await visitor.FillAsync(("Password", RunningPatron.AdminPassword));
        await visitor.PressAsync("Confirm and continue");
        await visitor.ShouldBeAtAsync("/console/1/keys");
        await Assertions.Expect(visitor.Page.GetByLabel("What it's for")).ToHaveValueAsync("Web shop");
        Assert.Equal(0, await app.AccountsSqlAsync<long>("SELECT count(*) FROM accounts.api_keys WHERE name = 'Web shop'"));

        await visitor.PressAsync("Create key");
        await visitor.ShouldSeeAsync("Copy your new API key now");
        Assert.Equal(1, await app.AccountsSqlAsync<long>("SELECT count(*) FROM accounts.api_keys WHERE name = 'Web shop'"));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Whoever_has_no_password_confirms_with_a_mailed_code(bool hasScript)
    {
        var person = await app.CustomerAsync();
        await app.MakeMemberAsync(person.Email, OrganizationRole.Vendor, await app.AccountsSqlAsync<Guid>("SELECT id FROM accounts.organizations WHERE is_home"));
        await using var visitor = await Visitor.OpenAsync(chromium, app, new Look(HasScript: hasScript));
        await visitor.SignInAsync(person.Email);
        await app.AccountsSqlAsync<object>("UPDATE accounts.users SET password_hash = NULL WHERE id = $1", person.Id);
        app.Time.Shift += TimeSpan.FromMinutes(20);
        await visitor.GoAsync("/console/1/keys");
        await visitor.FillAsync(("What it's for", $"Shop {hasScript}"));
        await visitor.Page.GetByLabel("Read customers").CheckAsync();
        await visitor.PressAsync("Create key");

        await visitor.ShouldSeeAsync("Your account has no password.");
        await visitor.PressAsync("Send me a code");
        await visitor.ShouldSeeAsync($"We've sent a code to {person.Email}.");
        var code = (await app.MailAsync(person.Email, "is your")).Subject.Split(' ')[0];
        await visitor.FillAsync(("Code from the email", "12345"));
        await visitor.PressAsync("Confirm and continue");
        await visitor.ShouldSeeAsync("Enter the 6-digit code from the email.");
        await visitor.FillAsync(("Code from the email", code));
        await visitor.PressAsync("Confirm and continue");
        await visitor.ShouldBeAtAsync("/console/1/keys");
        await Assertions.Expect(visitor.Page.GetByLabel("What it's for")).ToHaveValueAsync($"Shop {hasScript}");
        await visitor.PressAsync("Create key");
        await visitor.ShouldSeeAsync("Copy your new API key now");
    }

    [Fact]
    public async Task After_twelve_hours_without_use_the_console_asks_again_and_the_portal_does_not()
    {
        await using var visitor = await chromium.OpenAsAdministratorAsync(app);
        app.Time.Shift += TimeSpan.FromHours(11);
        await visitor.GoAsync("/console/1/members");
        await visitor.ShouldBeAtAsync("/console/1/members");
        app.Time.Shift += TimeSpan.FromHours(11);
        await visitor.GoAsync("/console/1/members");
        await visitor.ShouldBeAtAsync("/console/1/members");

        app.Time.Shift += TimeSpan.FromHours(13);
        await visitor.GoAsync("/profile");
        await visitor.ShouldBeAtAsync("/profile");
        await visitor.GoAsync("/console/1/members");
        await visitor.ShouldSeeAsync("You haven't used the console for 12 hours.");
        await visitor.FillAsync(("Password", "wrong, of course"));
        await visitor.PressAsync("Confirm and continue");
        await visitor.ShouldSeeAsync("Your password isn't right.");
        await visitor.FillAsync(("Password", RunningPatron.AdminPassword));
        await visitor.PressAsync("Confirm and continue");
        await visitor.ShouldBeAtAsync("/console/1/members");
    }
}
