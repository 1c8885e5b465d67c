using Microsoft.Playwright;
using Patron.IntegrationTests.Hosting;

namespace Patron.BrowserTests;

/// <summary>Changes of password and email address, and sessions.</summary>
public sealed class SecurityFlowTests(OneProcess app, Chromium chromium) : IClassFixture<OneProcess>
{
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_changed_password_takes_effect_at_once_and_signs_other_devices_out(bool hasScript)
    {
        var person = await app.RegisterAsync();
        await using var elsewhere = await Visitor.OpenAsync(chromium, app);
        await elsewhere.SignInAsync(person.Email);
        await using var visitor = await Visitor.OpenAsync(chromium, app, new Look(HasScript: hasScript));
        await visitor.SignInAsync(person.Email);
        await visitor.FollowAsync("Security");
        await ChangePasswordAsync(visitor, "not this one", "password123");
        await Assertions.Expect(visitor.Page.Locator("#password-form-password-error")).ToContainTextAsync("too common");
        await Assertions.Expect(visitor.Page.Locator("#password-form-current_password")).ToHaveAccessibleDescriptionAsync("Your current password isn't right.");
        await ChangePasswordAsync(visitor, person.Password);
        await visitor.ShouldSeeAsync("Password changed.");

        await elsewhere.GoAsync("/profile");
        await elsewhere.ShouldBeAtAsync("/login");
        await elsewhere.SignInAsync(person.Email, "quiet harbour 9");
    }

    [Fact]
    public async Task A_new_address_is_pending_until_it_is_proven()
    {
        var person = await app.RegisterAsync();
        var address = Intents.NewEmail("new");
        await using var visitor = await Visitor.OpenAsync(chromium, app);
        await visitor.SignInAsync(person.Email);
        await visitor.GoAsync("/security");
        await ChangeEmailAsync(visitor, person, address);
        await visitor.ShouldSeeAsync("We've sent an email to the new address.");
        await visitor.ShouldSeeAsync("Waiting for confirmation.");

        await visitor.GoAsync((await app.MailAsync(address, "confirm")).LinkTo("/verify-email"));
        await visitor.PressAsync("Confirm email address");
        await visitor.GoAsync("/security");
        await Assertions.Expect(visitor.Page.Locator("#email dd")).ToContainTextAsync(address);
    }

    [Fact]
    public async Task A_pending_address_is_cancelled_and_its_link_ends()
    {
        var person = await app.RegisterAsync();
        await using var visitor = await Visitor.OpenAsync(chromium, app);
        await visitor.SignInAsync(person.Email);
        await visitor.GoAsync("/security");
        await ChangeEmailAsync(visitor, person, person.Email.ToUpperInvariant());
        await Assertions.Expect(visitor.Page.Locator("#email-form-email-error")).ToContainTextAsync("This is already your email address.");
        var address = Intents.NewEmail("new");
        await ChangeEmailAsync(visitor, person, address);
        await visitor.ShouldSeeAsync("Waiting for confirmation.");
        var link = (await app.MailAsync(address, "confirm")).LinkTo("/verify-email");

        await visitor.PressAsync("Cancel email change");

        await visitor.ShouldSeeAsync("Email change cancelled.");
        Assert.Equal(0, await visitor.Page.GetByText("Waiting for confirmation.").CountAsync());
        await visitor.GoAsync(link);
        await visitor.ShouldSeeAsync("This link has expired or has already been used.");
        await visitor.GoAsync("/security");
        await Assertions.Expect(visitor.Page.Locator("#email dd")).ToContainTextAsync(person.Email);
    }

    [Fact]
    public async Task Sessions_are_listed_and_ended_one_by_one_or_all_others()
    {
        var person = await app.RegisterAsync();
        await app.SignInAsync(person.Email);
        await using var elsewhere = await Visitor.OpenAsync(chromium, app);
        await elsewhere.SignInAsync(person.Email);
        await using var visitor = await Visitor.OpenAsync(chromium, app);
        await visitor.SignInAsync(person.Email);
        await visitor.GoAsync("/security");
        var sessions = visitor.Page.Locator("#sessions li");
        await Assertions.Expect(sessions).ToHaveCountAsync(4);
        await Assertions.Expect(sessions.Filter(new() { HasText = "this device" })).ToHaveCountAsync(1);

        await sessions.Filter(new() { HasText = "Chrome" }).GetByRole(AriaRole.Button).ClickAsync();
        await visitor.ShouldSeeAsync("Signed out of that device.");
        await elsewhere.GoAsync("/profile");
        await elsewhere.ShouldBeAtAsync("/login");
        await visitor.PressAsync("Sign out all other devices");
        await visitor.ShouldSeeAsync("Signed out of all other devices.");
        await Assertions.Expect(sessions).ToHaveCountAsync(1);
    }

    private static async Task ChangeEmailAsync(Visitor visitor, Person person, string address)
    {
        await visitor.Page.Locator("#email-form-email").FillAsync(address);
        await visitor.Page.Locator("#email-form-current_password").FillAsync(person.Password);
        await visitor.PressAsync("Change email address");
    }

    private static async Task ChangePasswordAsync(Visitor visitor, string current, string password = "quiet harbour 9")
    {
        await visitor.Page.Locator("#password-form-current_password").FillAsync(current);
        await visitor.FillAsync(("New password", password), ("Confirm password", password));
        await visitor.PressAsync("Change password");
    }
}
