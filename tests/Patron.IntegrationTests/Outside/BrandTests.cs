using System.Net;
using System.Text.RegularExpressions;
using Patron.Hosting;
using Patron.IntegrationTests.Hosting;
using Patron.Shared;

namespace Patron.IntegrationTests.Outside;

/// <summary>The company's logo, colour, contact and legal links on the pages.</summary>
public sealed class BrandTests(BrandedPatron app) : IClassFixture<BrandedPatron>
{
    [Fact]
    public async Task Pages_show_the_logo_the_colour_the_contact_and_the_legal_links()
    {
        var page = WebUtility.HtmlDecode(await app.Accounts.Client.GetStringAsync("/login"));
        Assert.Contains("alt=\"Acme\"", page, StringComparison.Ordinal);
        Assert.Contains("href=\"mailto:help@acme.example\"", page, StringComparison.Ordinal);
        Assert.Contains("href=\"tel:+49301234567\"", page, StringComparison.Ordinal);
        Assert.Contains("Mon-Fri 8:00-17:00", page, StringComparison.Ordinal);
        foreach (var link in new[] { "imprint", "privacy", "terms" })
        {
            Assert.Contains($"href=\"https://acme.example/{link}\"", page, StringComparison.Ordinal);
        }

        using var style = await app.Accounts.Client.GetAsync(Find(page, "/assets/brand\\.[0-9a-f]+\\.css"));
        Assert.Contains("--accent:#8a1538", await style.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.Equal("text/css", style.Content.Headers.ContentType?.MediaType);
    }

    [Fact]
    public async Task Logo_is_cached_for_a_year_and_cannot_run_scripts()
    {
        using var logo = await app.Accounts.Client.GetAsync(Find(await app.Accounts.Client.GetStringAsync("/login"), "/assets/logo\\.[0-9a-f]+\\.svg"));
        Assert.Equal((HttpStatusCode.OK, "image/svg+xml"), (logo.StatusCode, logo.Content.Headers.ContentType?.MediaType));
        Assert.Contains("immutable", logo.Headers.CacheControl!.ToString(), StringComparison.Ordinal);
        var policy = Assert.Single(logo.Headers.GetValues("Content-Security-Policy"));
        Assert.Contains("default-src 'none'", policy, StringComparison.Ordinal);
        Assert.Contains("sandbox", policy, StringComparison.Ordinal);
        Assert.Equal("nosniff", Assert.Single(logo.Headers.GetValues("X-Content-Type-Options")));
    }

    [Theory]
    [InlineData("<html/>", "neither PNG nor SVG")]
    [InlineData("no markup", "neither PNG nor SVG")]
    [InlineData("", "neither PNG nor SVG")]
    [InlineData("large", "larger than 256 KB")]
    public void Other_files_are_refused_as_a_logo(string content, string sentence)
    {
        var file = Path.GetTempFileName();
        try
        {
            File.WriteAllText(file, content == "large" ? new string('x', 300_000) : content);
            var refused = Assert.Throws<CannotStartException>(() => RunningPatron.SettingsFor(
                Path.GetTempPath(), ProcessRole.All, new Dictionary<string, string?> { ["Portal:Brand:Logo"] = file }));
            Assert.Contains(sentence, refused.Message, StringComparison.Ordinal);
        }
        finally
        {
            File.Delete(file);
        }
    }

    private static string Find(string page, string pattern) => Regex.Match(page, pattern, RegexOptions.None, TimeSpan.FromSeconds(1)) is { Success: true } found
        ? found.Value
        : throw new InvalidOperationException($"The page has no {pattern}.");
}

/// <summary>Role all with every setting of the brand.</summary>
public sealed class BrandedPatron(TestDatabase database) : PatronApp(database), IAsyncDisposable
{
    private readonly string logo = Path.GetTempFileName();

    async ValueTask IAsyncDisposable.DisposeAsync()
    {
        await DisposeAsync();
        File.Delete(logo);
    }

    protected override async Task<(RunningPatron Accounts, RunningPatron Customers)> StartAsync()
    {
        await File.WriteAllTextAsync(logo, """<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 120 32"><rect width="120" height="32" fill="#8a1538"/></svg>""");
        var server = await StartAsync(ProcessRole.All, new Dictionary<string, string?>
        {
            ["Accounts:Brand"] = "Acme", ["Portal:Brand:Logo"] = logo, ["Portal:Brand:Accent"] = "#8a1538", ["Portal:Brand:SupportEmail"] = "help@acme.example",
            ["Portal:Brand:SupportPhone"] = "+49 30 1234567", ["Portal:Brand:SupportHours"] = "Mon-Fri 8:00-17:00", ["Portal:Brand:ImprintUrl"] = "https://acme.example/imprint",
            ["Portal:Brand:PrivacyUrl"] = "https://acme.example/privacy", ["Portal:Brand:TermsUrl"] = "https://acme.example/terms",
        });
        return (server, server);
    }
}
