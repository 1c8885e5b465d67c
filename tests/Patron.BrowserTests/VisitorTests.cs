using Patron.IntegrationTests.PrivatePostgres;
using Xunit.Sdk;

namespace Patron.BrowserTests;

/// <summary>The inspection of pages finds what it looks for, so that tests of pages without findings mean something.</summary>
public sealed class VisitorTests(Chromium chromium)
{
    [Theory]
    [InlineData("<img src='data:,'>", "page: image-alt")]
    [InlineData("<p style='color: #aaa; background: #fff'>pale</p>", "page: color-contrast")]
    [InlineData("<p style='width: 2000px'>wide</p>", "page is 20")]
    public async Task Faulty_page_fails_its_inspection(string html, string finding)
    {
        using var folder = new DataFolder();
        Directory.CreateDirectory(folder.Location);
        var file = Path.Combine(folder.Location, "page.html");
        await File.WriteAllTextAsync(file, $"<!doctype html><html lang='en'><title>Page</title><main><h1>Page</h1>{html}</main></html>", TestContext.Current.CancellationToken);
        await using var visitor = await Visitor.OpenAsync(chromium, new Uri("file:///"));
        await visitor.GoAsync($"file://{file}");

        var failure = await Assert.ThrowsAnyAsync<XunitException>(() => visitor.InspectAsync("page"));

        Assert.Contains(finding, failure.Message, StringComparison.Ordinal);
    }
}
