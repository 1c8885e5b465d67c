using Microsoft.Playwright;
using Patron.Demo;
using Patron.IntegrationTests.Hosting;
using Patron.IntegrationTests.PrivatePostgres;
using Patron.IntegrationTests.Processes;

namespace Patron.BrowserTests.StaffConsole;

/// <summary>Whoever opens the console of the demo sees a living company. Its pictures are those of the README.</summary>
public sealed class DemoPageTests(Chromium chromium) : IDisposable
{
    private static readonly Look[] Looks =
        [new Look(), new Look(390), new Look(Colors: ColorScheme.Dark, Locale: "de-DE")];

    // A page, and what shows that it is filled.
    private static readonly (string Path, string Shown)[] Pages =
    [
        ("", "#growth svg"), ("/inbox", "main tbody tr, main .plain li"), ("/customers?q=city:harare", ".rows tbody tr"), ("/segments", "main .card a"),
        ("/jobs", "main tbody tr"), ("/merges", "main tbody tr"), ("/invitations", "main tbody tr"), ("/sync", "#runs tbody tr"),
        ("/audit", ".timeline li"), ("/mail?state=given_up", "main tbody tr"), ("/users", "main tbody tr"), ("/health", "#checks tbody tr"),
    ];

    private readonly DataFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task Every_page_of_the_demo_is_filled_and_accessible()
    {
        await using var patron = await PatronProcess.StartAsync(folder.Location, null, "--demo");
        await patron.UntilAsync(() => Task.FromResult(patron.Output.Contains("The demo is ready", StringComparison.Ordinal)));
        foreach (var look in Looks)
        {
            await using var visitor = await EnterAsync(patron, look);
            foreach (var (path, shown) in Pages)
            {
                await visitor.GoAsync("/console/1" + path);
                await Assertions.Expect(visitor.Page.Locator(shown).First).ToBeVisibleAsync();
                await visitor.InspectAsync($"demo{path.Split('?')[0].Replace('/', '-')}");
            }

            await visitor.GoAsync("/console/1/customers?q=email:customer2@demo.example");
            await visitor.Page.Locator(".rows td.key a").First.ClickAsync();
            await visitor.InspectAsync("demo-customer");
            await visitor.GoAsync(visitor.Page.Url + "/timeline");
            await Assertions.Expect(visitor.Page.Locator(".timeline li").Nth(5)).ToBeVisibleAsync();
            await visitor.InspectAsync("demo-timeline");
        }

        await using var scripted = await EnterAsync(patron, new Look());
        await scripted.GoAsync("/console/1/sync");
        await scripted.PressAsync("Start a dry run");
        await Assertions.Expect(scripted.Page.Locator("#preview dt").First).ToBeVisibleAsync(); // Without loading the page again.

        await using var plain = await EnterAsync(patron, new Look(HasScript: false));
        await plain.GoAsync("/console/1/sync");
        await plain.PressAsync("Start a dry run");
        await Eventually.BecomeTrueAsync(async () =>
        {
            await plain.GoAsync("/console/1/sync");
            return await plain.Page.Locator("#preview dt").CountAsync() > 0;
        });
    }

    private async Task<Visitor> EnterAsync(PatronProcess patron, Look look)
    {
        var visitor = await Visitor.OpenAsync(chromium, patron.Address, look);
        await visitor.GoAsync("/login");
        await visitor.Page.Locator("#sign-in-login").FillAsync(DemoSettings.StaffEmail);
        await visitor.Page.Locator("#sign-in-password").FillAsync(DemoSettings.StaffPassword);
        await visitor.Page.Locator("#sign-in .actions button").ClickAsync();
        await visitor.ShouldBeAtAsync("/console/1");
        return visitor;
    }
}
