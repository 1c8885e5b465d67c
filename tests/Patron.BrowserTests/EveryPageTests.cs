using Microsoft.Playwright;
using Patron.IntegrationTests.Crm;
using Patron.IntegrationTests.Hosting;

namespace Patron.BrowserTests;

/// <summary>
/// Every page, in light and dark, on a phone and on a desktop: no findings of axe, nothing wider than the screen, no browser errors. If
/// PATRON_PICTURES is a folder, it gets a screenshot of each page.
/// </summary>
public sealed class EveryPageTests(OneProcess app, Chromium chromium) : IClassFixture<OneProcess>
{
    private const int Phone = 390;
    private const int Desktop = 1280;

    public static TheoryData<int, ColorScheme, string> Looks => new()
    {
        { Phone, ColorScheme.Light, "en-GB" },
        { Desktop, ColorScheme.Light, "en-GB" },
        { Desktop, ColorScheme.Dark, "de-DE" },
        { 320, ColorScheme.Light, "de-DE" },
    };

    [Theory]
    [MemberData(nameof(Looks))]
    public async Task Public_pages_are_accessible_and_fit(int width, ColorScheme colors, string locale)
    {
        await using var visitor = await Visitor.OpenAsync(chromium, app, new Look(width, colors, Locale: locale));
        string[] pages =
        [
            "/login", "/register", "/first-time-setup", "/set-password?token=over", "/forgot-password", "/reset-password?token=abc", "/verify-email?token=abc", "/unsubscribe?token=abc", "/nothing-here",
        ];
        foreach (var page in pages)
        {
            await visitor.GoAsync(page);
            await visitor.InspectAsync(page.Trim('/').Split('?')[0]);
        }

        await visitor.GoAsync("/register");
        await visitor.Page.Locator("#register-password").FillAsync("orange mountain");
        await visitor.Page.Locator(".strength").WaitForAsync();
        await visitor.Page.Locator("main button:not([type])").ClickAsync();
        await visitor.Page.Locator(".alert").WaitForAsync();
        await visitor.InspectAsync("register-refused");
    }

    [Theory]
    [MemberData(nameof(Looks))]
    public async Task Pages_of_a_person_are_accessible_and_fit(int width, ColorScheme colors, string locale)
    {
        var person = await app.CustomerAsync();
        await app.OfferedAsync(person);
        await using var visitor = await Visitor.OpenAsync(chromium, app, new Look(width, colors, Locale: locale));
        await visitor.SignInAsync(person.Email);
        await visitor.InspectAsync("dashboard");
        await visitor.GoAsync("/profile");
        await visitor.InspectAsync("profile");
        foreach (var form in new[] { "name", "details", "address", "preferences", "emergency" })
        {
            await visitor.GoAsync($"/profile/{form}");
            await visitor.InspectAsync($"profile-{form}");
        }

        await visitor.Page.Locator("#emergency-form-emergency_contact_phone").FillAsync("none");
        await visitor.Page.Locator("#emergency-form button").ClickAsync();
        await visitor.Page.Locator(".alert").WaitForAsync();
        await visitor.InspectAsync("profile-refused");
        await visitor.Page.Locator("#emergency-form-emergency_contact_phone").FillAsync("+263 77 123 4567");
        await visitor.Page.Locator("#emergency-form button").ClickAsync();
        await visitor.Page.Locator("#emergency .notice").WaitForAsync();
        await visitor.InspectAsync("profile-saved");
        await visitor.GoAsync("/profile/addresses/new");
        await visitor.InspectAsync("address-new");
        await visitor.GoAsync("/profile");
        await visitor.Page.Locator("#addresses a.danger").ClickAsync();
        await visitor.Page.Locator("#remove").WaitForAsync();
        await visitor.InspectAsync("address-remove");
        await visitor.GoAsync("/security");
        await visitor.InspectAsync("security");
    }

    [Theory]
    [InlineData(Phone, ColorScheme.Light)]
    [InlineData(Desktop, ColorScheme.Dark)]
    public async Task Pages_of_a_new_company_are_accessible_and_fit(int width, ColorScheme colors)
    {
        var email = await app.WaitingCompanyAsync();
        await using var visitor = await Visitor.OpenAsync(chromium, app, new Look(width, colors));
        await visitor.GoAsync("/first-time-setup");
        await visitor.FillAsync(("Email address", email));
        await visitor.PressAsync("Continue");
        await visitor.ShouldBeAtAsync("/first-time-setup/password");
        await visitor.InspectAsync("first-time-setup-password");
        var mail = await app.MailAsync(email, "code");
        await visitor.GoAsync(mail.LinkTo("/set-password"));
        await visitor.InspectAsync("set-password-good");
        await visitor.FillAsync(("Password", Intents.GoodPassword), ("Confirm password", Intents.GoodPassword));
        await visitor.PressAsync("Set password and sign in");
        await visitor.ShouldBeAtAsync("/profile/name");
        await visitor.InspectAsync("profile-contact");
        await visitor.GoAsync("/dashboard");
        await visitor.InspectAsync("dashboard-company");
        await visitor.GoAsync("/profile");
        await visitor.InspectAsync("profile-company");
    }
}
