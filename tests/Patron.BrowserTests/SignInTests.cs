using Microsoft.Playwright;
using Patron.IntegrationTests.Hosting;

namespace Patron.BrowserTests;

/// <summary>Signing in and out with a browser, with and without script.</summary>
public sealed class SignInTests(OneProcess app, Chromium chromium) : IClassFixture<OneProcess>
{
    [Theory]
    [InlineData(true, true)]
    [InlineData(false, true)]
    [InlineData(false, false)]
    public async Task The_session_survives_the_browser_only_with_remember_me(bool remember, bool hasScript)
    {
        var person = await app.RegisterAsync();
        await using var visitor = await Visitor.OpenAsync(chromium, app, new Look(HasScript: hasScript));
        await visitor.GoAsync("/profile");
        await visitor.ShouldBeAtAsync("/login");
        await visitor.FillAsync(("Email address or username", person.Email), ("Password", person.Password));
        if (remember)
        {
            await visitor.Page.GetByLabel("Keep me signed in").CheckAsync();
        }

        await visitor.PressAsync("Sign in");
        await visitor.ShouldBeAtAsync("/profile");

        var cookie = Assert.Single(await visitor.CookiesAsync(), cookie => cookie.Name == "sid");
        Assert.True(cookie.HttpOnly);
        Assert.Equal(SameSiteAttribute.Lax, cookie.SameSite);
        Assert.Equal(remember, cookie.Expires > 0);

        await visitor.GoAsync("/login");
        await visitor.ShouldBeAtAsync("/dashboard");
        await visitor.PressAsync("Sign out");
        await visitor.ShouldBeAtAsync("/login");
        await visitor.ShouldSeeAsync("You're signed out.");
        Assert.DoesNotContain(await visitor.CookiesAsync(), left => left.Name == "sid");
        await visitor.GoAsync("/profile");
        await visitor.ShouldBeAtAsync("/login");
        Assert.Equal(0, await visitor.Page.Locator(".notice").CountAsync()); // The notice is shown only once.
        var sent = new HttpRequestMessage(HttpMethod.Get, "/profile") { Headers = { { "Cookie", $"sid={cookie.Value}" } } };
        // The session has ended, not only its cookie.
        Assert.Equal(System.Net.HttpStatusCode.Found, (await app.Accounts.Client.SendAsync(sent)).StatusCode);
    }

    [Fact]
    public async Task A_wrong_password_is_reported_at_its_field_and_the_address_stays()
    {
        var person = await app.RegisterAsync();
        await using var visitor = await Visitor.OpenAsync(chromium, app);
        await visitor.GoAsync("/login");
        await visitor.FillAsync(("Email address or username", person.Email), ("Password", "not this one"));
        await visitor.PressAsync("Sign in");

        var password = visitor.Page.GetByLabel("Password", new() { Exact = true });
        await Assertions.Expect(password).ToHaveAccessibleDescriptionAsync("Your email or password isn't right.");
        await Assertions.Expect(password).ToHaveAttributeAsync("aria-invalid", "true");
        await Assertions.Expect(password).ToHaveValueAsync("");
        await Assertions.Expect(visitor.Page.GetByLabel("Email address or username")).ToHaveValueAsync(person.Email);
        await Assertions.Expect(visitor.Page.GetByRole(AriaRole.Alert)).ToBeFocusedAsync();
        await Assertions.Expect(visitor.Page).ToHaveTitleAsync("Error: Sign in · Patron");

        await visitor.FillAsync(("Password", person.Password));
        await visitor.PressAsync("Sign in");
        await visitor.ShouldBeAtAsync("/dashboard");
    }

    [Fact]
    public async Task Empty_fields_are_named_and_linked()
    {
        await using var visitor = await Visitor.OpenAsync(chromium, app);
        await visitor.GoAsync("/login");
        await visitor.PressAsync("Sign in");

        await visitor.Page.GetByRole(AriaRole.Alert).GetByRole(AriaRole.Link, new() { Name = "Password" }).ClickAsync();

        await Assertions.Expect(visitor.Page.GetByLabel("Password", new() { Exact = true })).ToBeFocusedAsync();
    }

    [Theory]
    [InlineData("https://elsewhere.example/")]
    [InlineData("//elsewhere.example/")]
    [InlineData("/\\elsewhere.example/")]
    [InlineData("/%09/elsewhere.example/")]
    [InlineData("javascript:alert(1)")]
    [InlineData("profile")]
    public async Task The_return_address_cannot_leave_the_site(string address)
    {
        var person = await app.RegisterAsync();
        await using var visitor = await Visitor.OpenAsync(chromium, app);
        await visitor.GoAsync("/login?return_url=" + (address.Contains('%', StringComparison.Ordinal) ? address : Uri.EscapeDataString(address)));
        await visitor.FillAsync(("Email address or username", person.Email), ("Password", person.Password));
        await visitor.PressAsync("Sign in");

        await visitor.ShouldBeAtAsync("/dashboard");
    }

    [Fact]
    public async Task A_German_browser_gets_German_pages_and_can_choose_another_language()
    {
        await using var visitor = await Visitor.OpenAsync(chromium, app, new Look(Locale: "de-AT"));
        await visitor.GoAsync("/login");
        await Assertions.Expect(visitor.Page.Locator("html")).ToHaveAttributeAsync("lang", "de");
        await visitor.FillAsync(("E-Mail-Adresse oder Benutzername", "nobody@tests.example"), ("Passwort", "not this one"));
        await visitor.PressAsync("Anmelden");
        await visitor.ShouldSeeAsync("E-Mail-Adresse oder Passwort stimmt nicht.");

        await visitor.PressAsync("English");
        await visitor.ShouldBeAtAsync("/login");
        await visitor.ShouldSeeAsync("First time signing in?");
        await visitor.GoAsync("/register");
        await Assertions.Expect(visitor.Page.Locator("html")).ToHaveAttributeAsync("lang", "en");
    }
}
