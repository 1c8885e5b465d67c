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
    public async Task The_session_outlives_the_browser_only_where_that_was_asked_for(bool remember, bool hasScript)
    {
        var person = await app.RegisterAsync();
        await using var visitor = await Visitor.ComeAsync(chromium, app, new Look(HasScript: hasScript));
        await visitor.GoAsync("/profile");
        await visitor.ArriveAsync("/login");
        await visitor.FillAsync(("E-mail address or user name", person.Email), ("Password", person.Password));
        if (remember)
        {
            await visitor.Page.GetByLabel("Remember me on this device").CheckAsync();
        }

        await visitor.PressAsync("Sign in");
        await visitor.ArriveAsync("/profile");

        var cookie = Assert.Single(await visitor.CookiesAsync(), cookie => cookie.Name == "sid");
        Assert.True(cookie.HttpOnly);
        Assert.Equal(SameSiteAttribute.Lax, cookie.SameSite);
        Assert.Equal(remember, cookie.Expires > 0);

        await visitor.GoAsync("/login");
        await visitor.ArriveAsync("/dashboard");
        await visitor.PressAsync("Sign out");
        await visitor.ArriveAsync("/login");
        await visitor.SeesAsync("You are signed out.");
        Assert.DoesNotContain(await visitor.CookiesAsync(), left => left.Name == "sid");
        await visitor.GoAsync("/profile");
        await visitor.ArriveAsync("/login");
        Assert.Equal(0, await visitor.Page.Locator(".notice").CountAsync()); // Said once.
        var sent = new HttpRequestMessage(HttpMethod.Get, "/profile") { Headers = { { "Cookie", $"sid={cookie.Value}" } } };
        Assert.Equal(System.Net.HttpStatusCode.Found, (await app.Accounts.Client.SendAsync(sent)).StatusCode); // The session has ended, not only its cookie.
    }

    [Fact]
    public async Task A_wrong_password_is_said_beside_the_field_and_the_address_stays()
    {
        var person = await app.RegisterAsync();
        await using var visitor = await Visitor.ComeAsync(chromium, app);
        await visitor.GoAsync("/login");
        await visitor.FillAsync(("E-mail address or user name", person.Email), ("Password", "not this one"));
        await visitor.PressAsync("Sign in");

        var password = visitor.Page.GetByLabel("Password", new() { Exact = true });
        await Assertions.Expect(password).ToHaveAccessibleDescriptionAsync("The e-mail address or the password is wrong.");
        await Assertions.Expect(password).ToHaveAttributeAsync("aria-invalid", "true");
        await Assertions.Expect(password).ToHaveValueAsync("");
        await Assertions.Expect(visitor.Page.GetByLabel("E-mail address or user name")).ToHaveValueAsync(person.Email);
        await Assertions.Expect(visitor.Page.GetByRole(AriaRole.Alert)).ToBeFocusedAsync();
        await Assertions.Expect(visitor.Page).ToHaveTitleAsync("Error: Sign in · Patron");

        await visitor.FillAsync(("Password", person.Password));
        await visitor.PressAsync("Sign in");
        await visitor.ArriveAsync("/dashboard");
    }

    [Fact]
    public async Task What_is_left_empty_is_named_and_linked()
    {
        await using var visitor = await Visitor.ComeAsync(chromium, app);
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
    public async Task The_address_to_return_to_cannot_leave_the_site(string address)
    {
        var person = await app.RegisterAsync();
        await using var visitor = await Visitor.ComeAsync(chromium, app);
        await visitor.GoAsync("/login?return_url=" + (address.Contains('%', StringComparison.Ordinal) ? address : Uri.EscapeDataString(address)));
        await visitor.FillAsync(("E-mail address or user name", person.Email), ("Password", person.Password));
        await visitor.PressAsync("Sign in");

        await visitor.ArriveAsync("/dashboard");
    }

    [Fact]
    public async Task Somebody_who_reads_German_is_spoken_to_in_German_and_may_choose_otherwise()
    {
        await using var visitor = await Visitor.ComeAsync(chromium, app, new Look(Locale: "de-AT"));
        await visitor.GoAsync("/login");
        await Assertions.Expect(visitor.Page.Locator("html")).ToHaveAttributeAsync("lang", "de");
        await visitor.FillAsync(("E-Mail-Adresse oder Benutzername", "nobody@tests.example"), ("Passwort", "not this one"));
        await visitor.PressAsync("Anmelden");
        await visitor.SeesAsync("Die E-Mail-Adresse oder das Passwort ist falsch.");

        await visitor.PressAsync("English");
        await visitor.ArriveAsync("/login");
        await visitor.SeesAsync("First time login?");
        await visitor.GoAsync("/register");
        await Assertions.Expect(visitor.Page.Locator("html")).ToHaveAttributeAsync("lang", "en");
    }
}
