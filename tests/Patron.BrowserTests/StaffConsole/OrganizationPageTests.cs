using Microsoft.Playwright;
using Patron.IntegrationTests.Crm;
using Patron.IntegrationTests.Hosting;

namespace Patron.BrowserTests.StaffConsole;

/// <summary>Administrators find an organization and enter its console, with and without script.</summary>
public sealed class OrganizationPageTests(OneProcess app, Chromium chromium) : IClassFixture<OneProcess>
{
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task An_organization_is_found_by_a_part_of_its_name_and_entered(bool hasScript)
    {
        var word = $"Sägewerk{Guid.NewGuid():N}"[..16];
        var organization = await app.CreateOrganizationAsync(await app.RegisterAsync(), $"The {word} Company");
        await using var visitor = await chromium.OpenAsAdministratorAsync(app, new Look(HasScript: hasScript));
        await visitor.FollowAsync("Organizations");
        await visitor.FillAsync(("Name of the organization", word[1..10].Replace('ä', 'a')));
        await visitor.Page.Locator("main form.search button").ClickAsync();
        await visitor.FollowAsync($"The {word} Company");
        await Assertions.Expect(visitor.Page.Locator(".facts dt", new() { HasText = "Owners" }).Locator("+ dd")).ToHaveTextAsync("1");

        await visitor.FollowAsync("Open its console");
        await visitor.ShouldBeAtAsync($"/console/{organization.Number()}");
        await visitor.Page.Locator(".side .switch").ClickAsync();
        await visitor.ShouldBeAtAsync("/console/1/organizations");
        await visitor.FillAsync(("Name of the organization", "xyzzy nowhere"));
        await visitor.Page.Locator("main form.search button").ClickAsync();
        await visitor.ShouldSeeAsync("No organization has these words in its name.");
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Health_says_what_works(bool hasScript)
    {
        await using var visitor = await chromium.OpenAsAdministratorAsync(app, new Look(HasScript: hasScript));
        await visitor.FollowAsync("Health");
        await visitor.ShouldSeeAsync("Everything works.");
        await Assertions.Expect(visitor.Page.Locator("td.key", new() { HasText = "Database" })).ToBeVisibleAsync();
        await visitor.FollowAsync("Check again");
        await visitor.ShouldBeAtAsync("/console/1/health");
    }
}
