using Microsoft.Playwright;
using Patron.IntegrationTests.Hosting;

namespace Patron.BrowserTests.StaffConsole;

/// <summary>Every page of the console, on a phone and a desktop, in light and dark: no findings of axe, nothing wider than the screen.</summary>
public sealed class ConsolePageTests(OneProcess app, Chromium chromium) : IClassFixture<OneProcess>
{
    private static readonly string[] Pages =
    [
        "", "?by=day", "/inbox", "/inbox?kind=duplicate&assigned=mine", "/merges", "/jobs", "/invitations", "/sync", "/members", "/keys", "/users", "/mail", "/mail?state=given_up", "/confirm", "/confirm?by=code", "/nothing",
        "/customers", "/customers?q=is:active+city:harare", "/customers?q=citi:harare", "/customers/new", "/segments", "/jobs/imports",
        "/jobs/new?of=all&q=is:active", "/jobs/new?of=all&kind=update", "/jobs/new?of=all&kind=add_tags", "/jobs/new?of=all&kind=verify",
        "/audit", "/audit?action=customer.&everywhere=true", "/audit?subject=nothing", "/organizations", "/organizations/1", "/health",
    ];

    [Theory]
    [InlineData(390, ColorScheme.Light, "en-GB")]
    [InlineData(1280, ColorScheme.Light, "en-GB")]
    [InlineData(1280, ColorScheme.Dark, "de-DE")]
    public async Task Pages_of_the_console_are_accessible_and_fit(int width, ColorScheme colors, string locale)
    {
        var person = await app.CustomerAsync();
        var customer = await app.AccountsSqlAsync<string>($"SELECT customer_id FROM customers.customers WHERE email = '{person.Email}'");
        await using var visitor = await chromium.OpenAsAdministratorAsync(app, new Look(width, colors, Locale: locale));
        foreach (var page in Pages)
        {
            await visitor.GoAsync("/console/1" + page);
            await visitor.InspectAsync("console" + NameOf(page));
        }

        foreach (var page in new[] { "", "/timeline", "/edit/person", "/edit/contact", "/edit/business", "/edit/notes", "/erase", "/block", "/addresses/new", "/documents" })
        {
            await visitor.GoAsync($"/console/1/customers/{customer}{page}");
            await visitor.InspectAsync("console-customer" + page.Replace('/', '-'));
        }

        await visitor.GoAsync("/console/organizations");
        await visitor.InspectAsync("console-organizations");
    }

    private static string NameOf(string page) => string.Concat(page.Select(letter => char.IsAsciiLetterOrDigit(letter) ? letter : '-'));
}
