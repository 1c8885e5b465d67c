using Microsoft.Playwright;
using Patron.IntegrationTests.Hosting;

namespace Patron.BrowserTests;

/// <summary>What was typed survives a refusal, an ended session, a change of language, and going back.</summary>
public sealed class KeptFormTests(OneProcess app, Chromium chromium) : IClassFixture<OneProcess>
{
    [Fact]
    public async Task All_mistakes_of_a_registration_are_reported_at_once()
    {
        await using var visitor = await Visitor.OpenAsync(chromium, app, new Look(HasScript: false));
        await visitor.GoAsync("/register");
        await visitor.FillAsync(("Last name", "Dube"), ("Email address", "nobody"), ("Password", "password123"), ("Confirm password", "password124"));
        await visitor.PressAsync("Create account");

        foreach (var field in new[] { "first_name", "email", "password", "password_confirmation" })
        {
            await Assertions.Expect(visitor.Page.Locator($"#register-{field}-error")).ToBeVisibleAsync();
        }

        await Assertions.Expect(visitor.Page.GetByLabel("Last name")).ToHaveValueAsync("Dube");
        await Assertions.Expect(visitor.Page.GetByLabel("Email address")).ToHaveValueAsync("nobody");
        await Assertions.Expect(visitor.Page).ToHaveTitleAsync("Error: Create your account · Patron");
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Valid_passwords_stay_in_the_form_with_script_and_are_asked_for_again_without(bool hasScript)
    {
        var taken = await app.RegisterAsync();
        await using var visitor = await Visitor.OpenAsync(chromium, app, new Look(HasScript: hasScript));
        await RegisterAsync(visitor, taken.Email);
        await Assertions.Expect(visitor.Page.Locator("#register-email-error")).ToContainTextAsync("already have an account");
        await Assertions.Expect(visitor.Page.GetByLabel("Password", new() { Exact = true })).ToHaveValueAsync(hasScript ? Intents.GoodPassword : "");
        await Assertions.Expect(visitor.Page.GetByText("Enter your password again.")).ToHaveCountAsync(hasScript ? 0 : 2);
        await visitor.FillAsync(("Email address", Intents.NewEmail("free")));
        if (!hasScript)
        {
            await visitor.FillAsync(("Password", Intents.GoodPassword), ("Confirm password", Intents.GoodPassword));
        }

        await visitor.PressAsync("Create account");
        await visitor.ShouldBeAtAsync("/dashboard");
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Going_back_over_a_refused_form_shows_its_page(bool hasScript)
    {
        await using var visitor = await Visitor.OpenAsync(chromium, app, new Look(HasScript: hasScript));
        await visitor.GoAsync("/login");
        await RegisterAsync(visitor, "nobody");
        await Assertions.Expect(visitor.Page.Locator("#register-email-error")).ToBeVisibleAsync();
        await visitor.Page.Locator("main").GetByRole(AriaRole.Link, new() { Name = "Sign in" }).ClickAsync();
        await visitor.ShouldBeAtAsync("/login");

        await visitor.Page.GoBackAsync();

        await visitor.ShouldBeAtAsync("/register");
        await Assertions.Expect(visitor.Page.GetByRole(AriaRole.Heading, new() { Level = 1 })).ToHaveTextAsync("Create your account");
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_change_of_language_keeps_what_was_typed_but_no_password(bool hasScript)
    {
        await using var visitor = await Visitor.OpenAsync(chromium, app, new Look(HasScript: hasScript));
        await visitor.GoAsync("/register?from=mail");
        await visitor.FillAsync(("First name", "Jörg"), ("Email address", "joerg@tests.example"), ("Password", Intents.GoodPassword));
        await visitor.PressAsync("Deutsch");

        await visitor.ShouldBeAtAsync("/register");
        await Assertions.Expect(visitor.Page.GetByLabel("Vorname")).ToHaveValueAsync("Jörg");
        await Assertions.Expect(visitor.Page.GetByLabel("E-Mail-Adresse")).ToHaveValueAsync("joerg@tests.example");
        await Assertions.Expect(visitor.Page.GetByLabel("Passwort", new() { Exact = true })).ToHaveValueAsync("");
        Assert.Equal(0, await visitor.Page.GetByRole(AriaRole.Alert).CountAsync());
        await visitor.Page.ReloadAsync();
        await Assertions.Expect(visitor.Page.GetByLabel("Vorname")).ToHaveValueAsync(""); // It is shown once.
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_form_of_an_ended_session_is_filled_again_after_sign_in(bool hasScript)
    {
        var person = await app.RegisterAsync();
        await using var visitor = await Visitor.OpenAsync(chromium, app, new Look(HasScript: hasScript));
        await TypeAndLoseSessionAsync(visitor, person, "new@tests.example");
        await visitor.ShouldBeAtAsync("/login");
        await visitor.ShouldSeeAsync("You've been signed out because someone ended this session from another device.");
        await visitor.FillAsync(("Email address or username", person.Email), ("Password", person.Password));
        await visitor.PressAsync("Sign in");

        await visitor.ShouldBeAtAsync("/security");
        await Assertions.Expect(visitor.Page.Locator("#email-form-email")).ToHaveValueAsync("new@tests.example");
        await Assertions.Expect(visitor.Page.Locator("#email-form-current_password")).ToHaveValueAsync("");
    }

    [Fact]
    public async Task A_form_of_an_ended_session_is_not_shown_to_another_person()
    {
        var (person, other) = (await app.RegisterAsync(), await app.RegisterAsync());
        await using var visitor = await Visitor.OpenAsync(chromium, app);
        await TypeAndLoseSessionAsync(visitor, person, "private@tests.example");
        await visitor.FillAsync(("Email address or username", other.Email), ("Password", other.Password));
        await visitor.PressAsync("Sign in");

        await visitor.ShouldBeAtAsync("/security");
        await Assertions.Expect(visitor.Page.Locator("#email-form-email")).ToHaveValueAsync("");
    }

    [Fact]
    public async Task A_changed_password_is_named_as_the_reason_for_signing_out()
    {
        var person = await app.RegisterAsync();
        await using var visitor = await Visitor.OpenAsync(chromium, app);
        await visitor.SignInAsync(person.Email);
        await using var elsewhere = await Visitor.OpenAsync(chromium, app);
        await elsewhere.SignInAsync(person.Email);
        await elsewhere.GoAsync("/security");
        await elsewhere.Page.Locator("#password-form-current_password").FillAsync(person.Password);
        await elsewhere.FillAsync(("New password", "quiet harbour 9"), ("Confirm password", "quiet harbour 9"));
        await elsewhere.PressAsync("Change password");
        await elsewhere.ShouldSeeAsync("Password changed.");

        await visitor.GoAsync("/profile");

        await visitor.ShouldSeeAsync("You've been signed out because your password was changed.");
    }

    private static async Task RegisterAsync(Visitor visitor, string email)
    {
        await visitor.GoAsync("/register");
        await visitor.FillAsync(
            ("First name", "Jane"), ("Last name", "Doe"), ("Email address", email), ("Password", Intents.GoodPassword), ("Confirm password", Intents.GoodPassword));
        await visitor.PressAsync("Create account");
    }

    private async Task TypeAndLoseSessionAsync(Visitor visitor, Person person, string typed)
    {
        await visitor.SignInAsync(person.Email);
        await visitor.GoAsync("/security");
        await visitor.Page.Locator("#email-form-email").FillAsync(typed);
        await visitor.Page.Locator("#email-form-current_password").FillAsync(person.Password);
        await using var elsewhere = await Visitor.OpenAsync(chromium, app);
        await elsewhere.SignInAsync(person.Email);
        await elsewhere.GoAsync("/security");
        await elsewhere.PressAsync("Sign out all other devices");
        await elsewhere.ShouldSeeAsync("Signed out of all other devices.");
        await visitor.PressAsync("Change email address");
    }
}
