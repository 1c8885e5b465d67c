using Patron.IntegrationTests.Hosting;

namespace Patron.BrowserTests.StaffConsole;

/// <summary>Visitors of the console.</summary>
internal static class ConsoleIntents
{
    /// <summary>A browser in which the administrator has signed in.</summary>
    public static async Task<Visitor> OpenAsAdministratorAsync(this Chromium chromium, PatronApp app, Look? look = null)
    {
        var visitor = await Visitor.OpenAsync(chromium, app, look);
        await visitor.GoAsync("/login");
        await visitor.Page.Locator("#sign-in-login").FillAsync(RunningPatron.AdminEmail);
        await visitor.Page.Locator("#sign-in-password").FillAsync(RunningPatron.AdminPassword);
        await visitor.Page.Locator("#sign-in .actions button").ClickAsync();
        await visitor.ShouldBeAtAsync("/console/1");
        return visitor;
    }
}
