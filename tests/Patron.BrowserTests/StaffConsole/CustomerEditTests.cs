using Microsoft.Playwright;
using Patron.IntegrationTests.Hosting;

namespace Patron.BrowserTests.StaffConsole;

/// <summary>Changing one customer in the console, alone and while somebody else does, with and without script.</summary>
public sealed class CustomerEditTests(OneProcess app, Chromium chromium) : IClassFixture<OneProcess>
{
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Fields_tags_and_state_are_changed(bool hasScript)
    {
        var page = await CustomerAsync();
        await using var visitor = await chromium.OpenAsAdministratorAsync(app, new Look(HasScript: hasScript));
        await visitor.GoAsync(page + "/edit/business");
        await visitor.FillAsync(("Line of business", "Milling"));
        await visitor.PressAsync("Save");
        await visitor.ShouldBeAtAsync(page);
        await visitor.ShouldSeeAsync("Milling");

        await visitor.Page.Locator("#tags-form-tags").FillAsync("premium, gold");
        await visitor.Page.Locator("#tags-form button").ClickAsync();
        await Assertions.Expect(visitor.Page.Locator("#tags .notice")).ToBeVisibleAsync();
        await Assertions.Expect(visitor.Page.Locator("#tags-form-tags")).ToHaveValueAsync("premium,gold");
        await Assertions.Expect(visitor.Page.Locator("#lately li").First).ToContainTextAsync("Changed");

        await visitor.PressAsync("Deactivate");
        await visitor.ShouldSeeAsync("You can restore the customer at any time.");
        await visitor.PressAsync("Restore");
        await visitor.ShouldSeeAsync("Restored.");
        await visitor.FollowAsync("Block");
        await visitor.FillAsync(("Reason", "Unpaid since March."));
        await visitor.PressAsync("Block");
        await Assertions.Expect(visitor.Page.Locator(".page-head .tag")).ToHaveTextAsync("Blocked");
    }

    [Fact]
    public async Task A_refused_form_shows_its_error_and_what_was_typed()
    {
        var page = await CustomerAsync();
        await using var visitor = await chromium.OpenAsAdministratorAsync(app);
        await visitor.GoAsync(page + "/edit/contact");
        await visitor.FillAsync(("Mobile phone", "none"));
        await visitor.PressAsync("Save");

        await visitor.ShouldBeAtAsync(page + "/edit/contact");
        await Assertions.Expect(visitor.Page.Locator("#edit-mobile-error")).ToBeVisibleAsync();
        await Assertions.Expect(visitor.Page.Locator("#edit-mobile")).ToHaveValueAsync("none");
    }

    [Fact]
    public async Task Two_who_edit_at_once_choose_only_between_what_both_changed()
    {
        var page = await CustomerAsync();
        await using var one = await chromium.OpenAsAdministratorAsync(app);
        await using var other = await chromium.OpenAsAdministratorAsync(app);
        await one.GoAsync(page + "/edit/business");
        await other.GoAsync(page + "/edit/business");

        await other.FillAsync(("Line of business", "Baking"), ("Territory", "North"));
        await other.PressAsync("Save");
        await other.ShouldBeAtAsync(page);
        await one.FillAsync(("Line of business", "Milling"), ("VAT number", "DE136695976"));
        await one.PressAsync("Save");

        await one.ShouldSeeAsync("Somebody changed this meanwhile");
        await Assertions.Expect(one.Page.Locator("fieldset")).ToHaveCountAsync(1);
        await one.Page.GetByText("Baking").ClickAsync();
        await one.PressAsync("Save");
        await one.ShouldBeAtAsync(page);
        foreach (var kept in new[] { "Baking", "North", "DE136695976" })
        {
            await one.ShouldSeeAsync(kept);
        }
    }

    [Fact]
    public async Task Erasing_needs_the_name()
    {
        var page = await CustomerAsync();
        await using var visitor = await chromium.OpenAsAdministratorAsync(app);
        await visitor.GoAsync(page);
        await visitor.FollowAsync("Erase this person's data …");
        await visitor.Page.Locator("#erase-name").FillAsync("Somebody Else");
        await visitor.PressAsync("Erase for good");
        await visitor.ShouldSeeAsync("This isn't the customer's name.");
        await visitor.Page.Locator("#erase-name").FillAsync("amara moyo");
        await visitor.PressAsync("Erase for good");
        await visitor.ShouldSeeAsync("The person's data is erased.");
        await visitor.GoAsync(page);
        await visitor.ShouldSeeAsync("Page not found");
    }

    [Fact]
    public async Task A_comment_is_written_changed_and_deleted_in_the_timeline()
    {
        var page = await CustomerAsync();
        await using var visitor = await chromium.OpenAsAdministratorAsync(app, new Look(HasScript: false));
        await visitor.GoAsync(page + "/timeline");
        await visitor.ShouldSeeAsync("Account created");
        await visitor.Page.Locator("#comment-text").FillAsync("Calls in the evening.");
        await visitor.PressAsync("Add comment");
        await visitor.ShouldSeeAsync("Comment added.");

        await visitor.Page.Locator("summary").ClickAsync();
        await visitor.Page.Locator("details textarea").FillAsync("Calls at noon.");
        await visitor.Page.Locator("details").GetByRole(AriaRole.Button, new() { Name = "Save" }).ClickAsync();
        await visitor.ShouldSeeAsync("Comment changed.");
        await visitor.ShouldSeeAsync("Calls at noon.");

        await visitor.Page.Locator("summary").ClickAsync();
        await visitor.PressAsync("Delete comment");
        await visitor.ShouldSeeAsync("Comment deleted.");
    }

    private async Task<string> CustomerAsync()
    {
        var person = await app.CustomerAsync();
        var id = await app.AccountsSqlAsync<string>($"SELECT customer_id FROM customers.customers WHERE email = '{person.Email}'");
        return $"/console/1/customers/{id}";
    }
}
