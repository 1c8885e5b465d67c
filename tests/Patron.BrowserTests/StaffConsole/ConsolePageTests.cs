using Microsoft.Playwright;
using Patron.IntegrationTests.Hosting;

namespace Patron.BrowserTests.StaffConsole;

/// <summary>Every page of the console, on a phone and a desktop, in light and dark: no findings of axe, nothing wider than the screen.</summary>
public sealed class ConsolePageTests(OneProcess app, Chromium chromium) : IClassFixture<OneProcess>
{
    private static readonly string[] Pages =
    [
        "", "/invitations", "/sync", "/members", "/keys", "/users", "/confirm", "/nothing",
    ];

    [Theory]
    [InlineData(390, ColorScheme.Light, "en-GB")]
    [InlineData(1280, ColorScheme.Light, "en-GB")]
    [InlineData(1280, ColorScheme.Dark, "de-DE")]
    public async Task Pages_of_the_console_are_accessible_and_fit(int width, ColorScheme colors, string locale)
    {
        await app.CustomerAsync();
        await using var visitor = await chromium.OpenAsAdministratorAsync(app, new Look(width, colors, Locale: locale));
        foreach (var page in Pages)
        {
            await visitor.GoAsync("/console/1" + page);
            await visitor.InspectAsync("console" + page.Replace('/', '-'));
        }

        await visitor.GoAsync("/console/organizations");
        await visitor.InspectAsync("console-organizations");
    }
}
