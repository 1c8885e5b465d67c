using Microsoft.Playwright;
using Patron.IntegrationTests.Hosting;

namespace Patron.BrowserTests;

/// <summary>Registration, first-time setup and forgotten passwords, from the first page to the last, with and without script.</summary>
public sealed class AccountFlowTests(OneProcess app, Chromium chromium) : IClassFixture<OneProcess>
{
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_person_registers_confirms_by_mail_and_has_a_profile(bool hasScript)
    {
        var email = Intents.NewEmail("tendai");
        await using var visitor = await Visitor.OpenAsync(chromium, app, new Look(HasScript: hasScript));
        await visitor.GoAsync("/login");
        await visitor.FollowAsync("Create account");
        await visitor.FillAsync(
            ("First name", "Tendai"), ("Last name", "Dube"), ("Email address", email), ("Password", "password123"), ("Confirm password", "password123"));
        await visitor.PressAsync("Create account");
        await Assertions.Expect(visitor.Page.GetByLabel("Password", new() { Exact = true })).ToHaveAccessibleDescriptionAsync(
            new System.Text.RegularExpressions.Regex("too common", System.Text.RegularExpressions.RegexOptions.None, TimeSpan.FromSeconds(1)));
        await visitor.FillAsync(("Password", Intents.GoodPassword), ("Confirm password", Intents.GoodPassword));
        await visitor.PressAsync("Create account");
        await visitor.ShouldBeAtAsync("/dashboard");
        await visitor.ShouldSeeAsync("Welcome, Tendai Dube");
        await visitor.ShouldSeeAsync("Open the link in it to confirm your address.");

        var link = (await app.MailAsync(email, "confirm")).LinkTo("/verify-email");
        await visitor.GoAsync(link);
        await visitor.GoAsync(link); // Opening the link does not consume it.
        await visitor.PressAsync("Confirm email address");
        await visitor.ShouldBeAtAsync("/dashboard");
        await visitor.ShouldSeeAsync("Your email address is confirmed.");
        Assert.Equal(0, await visitor.Page.GetByText("Open the link in it to confirm your address.").CountAsync());
        await visitor.FollowAsync("Profile");
        await Assertions.Expect(visitor.Page.Locator("#name")).ToContainTextAsync("Tendai");

        await visitor.GoAsync(link);
        await visitor.ShouldSeeAsync("You've already confirmed this email address.");
        await visitor.FollowAsync("Go to your overview");
        await visitor.ShouldBeAtAsync("/dashboard");
    }

    [Fact]
    public async Task A_taken_address_is_reported_at_its_field()
    {
        var person = await app.RegisterAsync();
        await using var visitor = await Visitor.OpenAsync(chromium, app);
        await visitor.GoAsync("/register");
        await visitor.FillAsync(
            ("First name", "Jane"), ("Last name", "Doe"), ("Email address", person.Email), ("Password", Intents.GoodPassword), ("Confirm password", Intents.GoodPassword));
        await visitor.PressAsync("Create account");

        await Assertions.Expect(visitor.Page.Locator("#register-email-error")).ToContainTextAsync("already have an account");
        await Assertions.Expect(visitor.Page.GetByLabel("First name")).ToHaveValueAsync("Jane");
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_customer_sets_the_first_password_with_the_mailed_code(bool hasScript)
    {
        var email = await app.WaitingCompanyAsync();
        await using var visitor = await Visitor.OpenAsync(chromium, app, new Look(HasScript: hasScript));
        await visitor.GoAsync("/login");
        await visitor.FollowAsync("First time signing in?");
        await visitor.FillAsync(("Email address", email));
        await visitor.PressAsync("Continue");
        await visitor.ShouldBeAtAsync("/first-time-setup/password");
        await visitor.ShouldSeeAsync(email);
        Assert.DoesNotContain(email, visitor.Page.Url, StringComparison.Ordinal);
        var code = (await app.MailAsync(email, "code")).Code();
        var wrong = (char)('0' + ((code[0] - '0' + 1) % 10)) + code[1..];
        await visitor.FillAsync(("Code from the email", wrong), ("Password", "password123"), ("Confirm password", "password124"));
        await visitor.PressAsync("Set password and sign in");
        await Assertions.Expect(visitor.Page.Locator("#finish-password-error")).ToContainTextAsync("too common");
        await Assertions.Expect(visitor.Page.Locator("#finish-password_confirmation-error")).ToContainTextAsync("don't match");
        await Assertions.Expect(visitor.Page.GetByLabel("Code from the email")).ToHaveAccessibleDescriptionAsync(
            "That code isn't right. Use the most recent email, or open the link in it.");

        await visitor.FillAsync(("Code from the email", code), ("Password", Intents.GoodPassword), ("Confirm password", Intents.GoodPassword));
        await visitor.PressAsync("Set password and sign in");

        await visitor.ShouldBeAtAsync("/profile/name");
        await visitor.ShouldSeeAsync("Tell us who we should contact.");
        await Assertions.Expect(visitor.Page.GetByLabel("First name")).ToHaveValueAsync("");
        await visitor.FillAsync(("First name", "Chipo"), ("Last name", "Moyo"));
        await visitor.PressAsync("Save");
        await visitor.GoAsync("/dashboard");
        await Assertions.Expect(visitor.Page.GetByRole(AriaRole.Heading, new() { Level = 1 })).ToHaveTextAsync("Baobab Trading (Pvt) Ltd");
        await visitor.FollowAsync("Profile");
        await visitor.ShouldSeeAsync("VAT number");
        Assert.Equal(0, await visitor.Page.GetByLabel("Date of birth").CountAsync());
    }

    [Fact]
    public async Task A_customer_sets_the_first_password_once_by_the_mailed_link()
    {
        var email = await app.WaitingCompanyAsync();
        await using var visitor = await Visitor.OpenAsync(chromium, app);
        await visitor.GoAsync($"/first-time-setup?email={Uri.EscapeDataString(email)}");
        await visitor.PressAsync("Continue");
        await visitor.ShouldBeAtAsync("/first-time-setup/password");
        var link = (await app.MailAsync(email, "code")).LinkTo("/set-password");
        await visitor.GoAsync(link);
        await visitor.ShouldSeeAsync("Baobab Trading (Pvt) Ltd");
        await visitor.FillAsync(("Password", Intents.GoodPassword), ("Confirm password", "another one"));
        await visitor.PressAsync("Set password and sign in");
        await Assertions.Expect(visitor.Page.Locator("#set-password_confirmation-error")).ToContainTextAsync("don't match");
        await visitor.FillAsync(("Password", Intents.GoodPassword), ("Confirm password", Intents.GoodPassword));
        await visitor.PressAsync("Set password and sign in");
        await visitor.ShouldBeAtAsync("/profile/name");

        await visitor.GoAsync(link);
        await visitor.ShouldSeeAsync("This link has expired or has already been used.");
    }

    [Fact]
    public async Task An_address_with_a_password_leads_to_sign_in_and_an_unknown_one_is_refused()
    {
        var person = await app.RegisterAsync();
        await app.ProveAsync(person);
        await using var visitor = await Visitor.OpenAsync(chromium, app);
        await visitor.GoAsync("/first-time-setup");
        await visitor.FillAsync(("Email address", "nobody@tests.example"));
        await visitor.PressAsync("Continue");
        await Assertions.Expect(visitor.Page.Locator("#setup-email-error")).ToContainTextAsync("We don't know this email address");

        await visitor.FillAsync(("Email address", person.Email));
        await visitor.PressAsync("Continue");
        await visitor.ShouldBeAtAsync("/login");
        await visitor.ShouldSeeAsync("You've already set a password.");
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_forgotten_password_is_replaced_by_mail(bool hasScript)
    {
        var person = await app.RegisterAsync();
        await using var visitor = await Visitor.OpenAsync(chromium, app, new Look(HasScript: hasScript));
        await visitor.GoAsync("/login");
        await visitor.FillAsync(("Email address or username", person.Email));
        await visitor.PressAsync("Forgot password?");
        await visitor.ShouldBeAtAsync("/forgot-password");
        await Assertions.Expect(visitor.Page.GetByLabel("Email address")).ToHaveValueAsync(person.Email);
        await visitor.PressAsync("Send reset link");
        await visitor.ShouldSeeAsync("we've sent a reset link");
        var link = (await app.MailAsync(person.Email, "reset your")).LinkTo("/reset-password");
        await visitor.GoAsync(link);
        await visitor.FillAsync(("New password", "password123"), ("Confirm password", "password124"));
        await visitor.PressAsync("Set password");
        await Assertions.Expect(visitor.Page.Locator("#reset-password-error")).ToContainTextAsync("too common");
        await Assertions.Expect(visitor.Page.Locator("#reset-password_confirmation-error")).ToContainTextAsync("don't match");
        await Assertions.Expect(visitor.Page.Locator("[name=token]")).ToBeHiddenAsync();
        await visitor.FillAsync(("New password", "quiet harbour 9"), ("Confirm password", "quiet harbour 9"));
        await visitor.PressAsync("Set password");
        await visitor.ShouldBeAtAsync("/dashboard");
        await visitor.ShouldSeeAsync("Your new password is set, and you're signed in.");

        await visitor.GoAsync(link);
        await visitor.ShouldSeeAsync("This link has expired or has already been used.");
        await visitor.FollowAsync("Request a new link");
        await visitor.ShouldBeAtAsync("/forgot-password");
    }

    [Fact]
    public async Task The_strength_of_a_password_is_shown_while_it_is_typed()
    {
        await using var visitor = await Visitor.OpenAsync(chromium, app);
        await visitor.GoAsync("/register");
        await Assertions.Expect(visitor.Page.Locator(".strength")).ToBeHiddenAsync();
        await visitor.FillAsync(("First name", "Clementine"), ("Password", "clementine1"));
        await visitor.ShouldSeeAsync("Don't use your email address");
        await visitor.FillAsync(("Password", "purple harbour lantern 42"));
        await visitor.ShouldSeeAsync("Very strong");
        await visitor.FillAsync(("Password", "short"));
        await visitor.ShouldSeeAsync("at least 8 characters.");

        await visitor.Page.GetByRole(AriaRole.Button, new() { Name = "Show: Password", Exact = true }).ClickAsync();
        await Assertions.Expect(visitor.Page.GetByLabel("Password", new() { Exact = true })).ToHaveAttributeAsync("type", "text");
    }
}
