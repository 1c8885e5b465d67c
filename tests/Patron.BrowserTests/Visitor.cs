using System.Collections.Concurrent;
using System.Text.RegularExpressions;
using Deque.AxeCore.Commons;
using Microsoft.Playwright;
using Patron.IntegrationTests.Hosting;

namespace Patron.BrowserTests;

/// <summary>The screen, color scheme, script setting and language of a visitor.</summary>
public sealed record Look(int Width = 1280, ColorScheme Colors = ColorScheme.Light, bool HasScript = true, string Locale = "en-GB");

/// <summary>
/// A visitor with a browser context. Every browser error while the test runs (a violated content security policy, a script error, a missing
/// file) fails the test at its end.
/// </summary>
public sealed class Visitor : IAsyncDisposable
{
    private const int MaxPageBytes = 100_000;

    private static readonly string Axe = new BundledAxeScriptProvider().GetScript();
    private static readonly string? Pictures = Environment.GetEnvironmentVariable("PATRON_PICTURES");
    private readonly IBrowserContext context;
    private readonly Look look;
    private readonly ConcurrentQueue<string> errors = new();

    private Visitor(IBrowserContext context, IPage page, Uri site, Look look) => (this.context, Page, Site, this.look) = (context, page, site, look);

    public IPage Page { get; }

    public Uri Site { get; }

    public static Task<Visitor> OpenAsync(Chromium chromium, PatronApp app, Look? look = null) =>
        OpenAsync(chromium, app.Accounts.Address, look);

    public static async Task<Visitor> OpenAsync(Chromium chromium, Uri site, Look? look = null)
    {
        look ??= new Look();
        var newContext = await chromium.Browser.NewContextAsync(new()
        {
            BaseURL = site.ToString(),
            ViewportSize = new() { Width = look.Width, Height = look.Width < 600 ? 844 : 900 },
            ColorScheme = look.Colors,
            JavaScriptEnabled = look.HasScript,
            Locale = look.Locale,
            TimezoneId = "Europe/Berlin",
        });
        newContext.SetDefaultTimeout(Chromium.Patience);
        var page = await newContext.NewPageAsync();
        var visitor = new Visitor(newContext, page, site, look);
        page.PageError += (_, error) => visitor.errors.Enqueue(error);
        page.Console += (_, message) =>
        {
            // Browsers log the error status of a refused form.
            if (message.Type is "error" or "warning" && !message.Text.Contains("the server responded with a status of 4", StringComparison.Ordinal))
            {
                visitor.errors.Enqueue(message.Text);
            }
        };
        return visitor;
    }

    public Task GoAsync(string path) => Page.GotoAsync(path);

    /// <summary>Types into the fields with these labels.</summary>
    public async Task FillAsync(params (string Label, string Text)[] fields)
    {
        foreach (var (label, text) in fields)
        {
            await Page.GetByLabel(label, new() { Exact = true }).FillAsync(text);
        }
    }

    public Task PressAsync(string button) => Page.GetByRole(AriaRole.Button, new() { Name = button, Exact = true }).ClickAsync();

    public Task FollowAsync(string link) => Page.GetByRole(AriaRole.Link, new() { Name = link, Exact = true }).ClickAsync();

    /// <summary>Waits for a page at this path.</summary>
    public Task ShouldBeAtAsync(string path) => Assertions.Expect(Page).ToHaveURLAsync(new Regex(
        $"^{Regex.Escape(new Uri(Site, path).ToString())}([?#].*)?$", RegexOptions.None, TimeSpan.FromSeconds(1)));

    /// <summary>Waits until the page shows this text.</summary>
    public Task ShouldSeeAsync(string text) => Assertions.Expect(Page.GetByText(text).First).ToBeVisibleAsync();

    public async Task SignInAsync(string login, string password = Intents.GoodPassword)
    {
        await GoAsync("/login");
        await Page.Locator("#sign-in-login").FillAsync(login);
        await Page.Locator("#sign-in-password").FillAsync(password);
        await Page.Locator("#sign-in .actions button").ClickAsync();
        await ShouldBeAtAsync("/dashboard");
    }

    /// <summary>
    /// Checks the current page: no findings of axe, nothing wider than the screen. Takes a screenshot if PATRON_PICTURES is a folder.
    /// </summary>
    public async Task InspectAsync(string name)
    {
        Assert.True(look.HasScript, "axe never ends on a page without script.");
        if (Pictures is not null)
        {
            var path = Path.Combine(Pictures, $"{name}-{look.Width}-{look.Colors.ToString().ToLowerInvariant()}.png");
            await Page.ScreenshotAsync(new() { Path = path, FullPage = true });
        }

        var wide = await Page.EvaluateAsync<int>("document.documentElement.scrollWidth");
        Assert.True(wide <= look.Width, $"{name} is {wide} wide on a screen of {look.Width}.");
        var bytes = await Page.EvaluateAsync<int>(
            "[...performance.getEntriesByType('navigation'), ...performance.getEntriesByType('resource')].reduce((sum, entry) => sum + entry.decodedBodySize, 0)");
        Assert.True(bytes is > 0 and < MaxPageBytes, $"{name} takes {bytes} bytes with its style and script.");
        Assert.Empty((await FindingsOfAxeAsync()).Select(finding => $"{name}: {finding}"));
    }

    // Not with the package for Playwright, which opens a second page for every check: that doubled the time of these tests.
    private async Task<string[]> FindingsOfAxeAsync()
    {
        if (!await Page.EvaluateAsync<bool>("typeof axe !== 'undefined'"))
        {
            await Page.EvaluateAsync(Axe);
        }

        return await Page.EvaluateAsync<string[]>(
            """
            async () => (await axe.run({ resultTypes: ['violations'] })).violations
                .map(found => `${found.id} (${found.help}) at ${found.nodes.map(node => node.target).join(', ')}`)
            """);
    }

    public async Task<IReadOnlyList<BrowserContextCookiesResult>> CookiesAsync() => await context.CookiesAsync();

    public async ValueTask DisposeAsync()
    {
        await context.DisposeAsync();
        Assert.True(errors.IsEmpty, string.Join("\n", errors));
    }
}
