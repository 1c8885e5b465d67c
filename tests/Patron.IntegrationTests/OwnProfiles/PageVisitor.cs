using System.Net;
using System.Text.RegularExpressions;
using Patron.IntegrationTests.Hosting;

namespace Patron.IntegrationTests.OwnProfiles;

/// <summary>A visitor of the portal's pages without script, who reads their cards.</summary>
internal sealed class PageVisitor(PageClient browser)
{
    public PageVisitor(PatronApp app)
        : this(new PageClient(app.Accounts))
    {
    }

    public static async Task<PageVisitor> SignInAsync(PatronApp app, Person person, string language = "en") =>
        new(await PageClient.SignInAsync(app, person, language));

    /// <summary>Opens a page and returns its HTML.</summary>
    public async Task<string> OpenAsync(string path, HttpStatusCode status = HttpStatusCode.OK)
    {
        using var response = await browser.GetAsync(path);
        Assert.Equal(status, response.StatusCode);
        return await response.Content.ReadAsStringAsync();
    }

    /// <summary>Sends a form of a page and returns where the answer leads.</summary>
    public async Task<string?> PostAsync(string page, string action, params (string Name, string Value)[] fields)
    {
        using var response = await browser.PostAsync(page, action, fields);
        Assert.Equal(HttpStatusCode.SeeOther, response.StatusCode);
        return response.Headers.Location?.ToString();
    }

    /// <summary>Sends a form of a page that is refused, and returns the page with the mistakes.</summary>
    public async Task<string> RefusedAsync(string page, string action, params (string Name, string Value)[] fields)
    {
        var shown = await PostAsync(page, action, [.. fields, ("form_page", page), ("form_id", $"{page.Split('/')[^1]}-form")]);
        return await OpenAsync(shown!.Split('#')[0]);
    }

    /// <summary>The card with this id, or null.</summary>
    public static string? Card(string page, string id) =>
        Regex.Match(page, $"<section class=\"card\" id=\"{id}\".*?</section>", RegexOptions.Singleline, TimeSpan.FromSeconds(1)) is { Success: true } found
            ? WebUtility.HtmlDecode(found.Value)
            : null;
}
