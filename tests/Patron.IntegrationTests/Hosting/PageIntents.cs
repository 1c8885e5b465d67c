namespace Patron.IntegrationTests.Hosting;

/// <summary>Posts the forms of pages as a browser does, without following the redirect.</summary>
public static class PageIntents
{
    /// <summary>Opens a page as this person and posts a form of it.</summary>
    public static async Task<HttpResponseMessage> PostPageAsync(
        this PatronApp app, Person person, string page, string action, params (string Name, string Value)[] fields)
    {
        using var browser = await PageClient.SignInAsync(app, person);
        return await browser.PostAsync(page, action, fields);
    }
}
