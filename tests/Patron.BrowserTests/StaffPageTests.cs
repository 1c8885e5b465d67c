using Microsoft.Playwright;
using Patron.IntegrationTests.Hosting;

namespace Patron.BrowserTests;

/// <summary>The first page of staff.</summary>
public sealed class StaffPageTests(OneProcess app, Chromium chromium) : IClassFixture<OneProcess>
{
    [Theory]
    [InlineData(390)]
    [InlineData(1280)]
    public async Task An_administrator_is_led_to_the_page_for_staff_and_not_offered_a_record(int width)
    {
        await using var visitor = await Visitor.OpenAsync(chromium, app, new Look(width));
        await visitor.GoAsync("/login");
        await visitor.FillAsync(("Email address or username", RunningPatron.AdminEmail), ("Password", RunningPatron.AdminPassword));
        await visitor.PressAsync("Sign in");

        await visitor.ShouldBeAtAsync("/staff");
        await visitor.ShouldSeeAsync("patron --help");
        await visitor.InspectAsync("staff");
        await visitor.GoAsync("/profile");
        Assert.Equal(0, await visitor.Page.Locator("#create-form").CountAsync());
        await visitor.GoAsync("/staff");
        await visitor.FollowAsync("Open API documentation");
        await visitor.ShouldBeAtAsync("/docs/index.html");
    }

    [Fact]
    public async Task A_customer_who_is_staff_sees_the_overview_and_the_page_for_staff()
    {
        var person = await app.CustomerAsync();
        await app.MakeMemberAsync(person.Email, Patron.Shared.Callers.OrganizationRole.Employee, await app.AccountsSqlAsync<Guid>("SELECT id FROM accounts.organizations WHERE is_home"));
        await using var visitor = await Visitor.OpenAsync(chromium, app);
        await visitor.SignInAsync(person.Email);

        await visitor.FollowAsync("Staff");

        await visitor.ShouldBeAtAsync("/staff");
    }

    [Fact]
    public async Task A_customer_is_led_from_the_page_for_staff_to_the_overview()
    {
        var person = await app.RegisterAsync();
        await using var visitor = await Visitor.OpenAsync(chromium, app);
        await visitor.SignInAsync(person.Email);
        await Assertions.Expect(visitor.Page.GetByRole(AriaRole.Link, new() { Name = "Staff" })).ToHaveCountAsync(0);

        await visitor.GoAsync("/staff");

        await visitor.ShouldBeAtAsync("/dashboard");
    }
}
