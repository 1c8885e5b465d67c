using Microsoft.Playwright;
using Patron.IntegrationTests.Accounts;
using Patron.IntegrationTests.Hosting;

namespace Patron.BrowserTests;

/// <summary>A browser at a portal with a path prefix, and at the API's reference.</summary>
public sealed class PathPrefixTests(OneProcess app, Chromium chromium) : IClassFixture<OneProcess>
{
    private const string Prefix = "/portal";

    [Fact]
    public async Task Person_uses_the_portal_behind_a_path_prefix()
    {
        var person = await app.RegisterAsync();
        await using var server = await app.StartAnotherAsync(("Portal:Url", "http://shop.example.com/portal"));
        await using var visitor = await Visitor.OpenAsync(chromium, server.Address);

        await visitor.GoAsync(Prefix + "/register");
        await visitor.Page.Locator("#register-password").FillAsync("orange mountain");
        await visitor.Page.Locator(".strength").WaitForAsync();
        await visitor.GoAsync(Prefix + "/profile");
        await visitor.ShouldBeAtAsync(Prefix + "/login");
        await visitor.FillAsync(("Email address or username", person.Email), ("Password", person.Password));
        await visitor.PressAsync("Sign in");
        await visitor.ShouldBeAtAsync(Prefix + "/profile");
        await visitor.PressAsync("Deutsch");
        await visitor.ShouldBeAtAsync(Prefix + "/profile");
        await visitor.PressAsync("English");
        await visitor.InspectAsync("profile-behind-prefix");
        Assert.All(await visitor.CookiesAsync(), cookie => Assert.Equal(Prefix, cookie.Path));
        await visitor.PressAsync("Sign out");
        await visitor.ShouldBeAtAsync(Prefix + "/login");
        await visitor.ShouldSeeAsync("You're signed out.");
    }

    [Theory]
    [InlineData("")]
    [InlineData(Prefix)]
    public async Task Reference_of_the_API_sends_requests_to_this_server(string prefix)
    {
        await using var server = await app.StartAnotherAsync(("Portal:Url", "http://shop.example.com" + prefix));
        await using var visitor = await Visitor.OpenAsync(chromium, server.Address);

        await visitor.GoAsync(prefix + "/docs");
        await visitor.Page.Locator("#operations-tag-Operations").ClickAsync();
        await visitor.Page.GetByText("Check if the process runs").ClickAsync();
        await visitor.PressAsync("Try it out");
        await visitor.PressAsync("Execute");

        await Assertions.Expect(visitor.Page.Locator(".live-responses-table .response-col_status").Last).ToContainTextAsync("200");
        await Assertions.Expect(visitor.Page.Locator(".request-url pre")).ToHaveTextAsync(new Uri(server.Address, prefix + "/health/live").ToString());
    }
}
