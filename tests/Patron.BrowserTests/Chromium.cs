using Microsoft.Playwright;
using Patron.BrowserTests;
using Patron.IntegrationTests;
using Patron.IntegrationTests.Hosting;

[assembly: AssemblyFixture(typeof(TestDatabase))]
[assembly: AssemblyFixture(typeof(Chromium))]

namespace Patron.BrowserTests;

/// <summary>The installed Chromium, started once for the test run; each test has its own browser context, like a new visitor.</summary>
public sealed class Chromium : IAsyncLifetime
{
    private static readonly string[] Flags =
    [
        "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync",
        "--in-process-gpu", "--renderer-process-limit=2", "--disable-site-isolation-trials", "--disable-features=Translate,MediaRouter,OptimizationHints,PaintHolding", "--disable-extensions",
    ];

    /// <summary>
    /// How long an action or an expectation may take before the test ends, in milliseconds. It says nothing about speed: several pages
    /// and servers share two cores.
    /// </summary>
    public const int Patience = 15_000;

    private IPlaywright? playwright;

    public IBrowser Browser { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        Assertions.SetDefaultExpectTimeout(Patience);
        playwright = await Playwright.CreateAsync();
        Browser = await playwright.Chromium.LaunchAsync(new() { ExecutablePath = InstalledBrowser.Find(), Args = Flags });
    }

    public async ValueTask DisposeAsync()
    {
        await Browser.DisposeAsync();
        playwright?.Dispose();
    }
}
