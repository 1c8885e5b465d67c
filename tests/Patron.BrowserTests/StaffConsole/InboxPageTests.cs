using Microsoft.Playwright;
using Patron.IntegrationTests.Hosting;

namespace Patron.BrowserTests.StaffConsole;

/// <summary>The pages of the inbox with items of several kinds, on a phone and a desktop, in light and dark.</summary>
public sealed class InboxPageTests(OneProcess app, Chromium chromium) : IClassFixture<OneProcess>
{
    [Theory]
    [InlineData(390, ColorScheme.Light, "en-GB")]
    [InlineData(1280, ColorScheme.Light, "en-GB")]
    [InlineData(1280, ColorScheme.Dark, "de-DE")]
    public async Task Pages_of_the_inbox_are_accessible_and_fit(int width, ColorScheme colors, string locale)
    {
        var (duplicate, one, other) = await app.AddDuplicateAsync();
        var items = new (string Name, long Item)[]
        {
            ("duplicate", duplicate), ("request", await app.AddChangeRequestAsync(one, "Hallorann & Sons")),
            ("conflict", await app.AddConflictAsync(other, $"42{width}{locale}")), ("mail", await app.AddGivenUpMailAsync()), ("import", await app.AddImportAsync()),
        };
        await using var visitor = await chromium.OpenAsAdministratorAsync(app, new Look(width, colors, Locale: locale));
        await visitor.GoAsync("/console/1/inbox");
        await visitor.InspectAsync("inbox-list");
        foreach (var (name, item) in items)
        {
            await visitor.GoAsync($"/console/1/inbox/{item}");
            await visitor.InspectAsync("inbox-" + name);
        }

        await visitor.GoAsync($"/console/1/merges/new?item={duplicate}&survivor={one}&other={other}");
        await visitor.InspectAsync("inbox-merge");
        await visitor.GoAsync("/console/1");
        await visitor.InspectAsync("home-filled");
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Items_are_decided_one_after_the_other(bool hasScript)
    {
        var (duplicate, one, other) = await app.AddDuplicateAsync();
        var request = await app.AddChangeRequestAsync(one, "Hallorann & Sons");
        var conflict = await app.AddConflictAsync(other, $"43{hasScript}");
        await using var visitor = await chromium.OpenAsAdministratorAsync(app, new Look(HasScript: hasScript));
        await visitor.GoAsync($"/console/1/inbox/{duplicate}");
        await visitor.PressAsync("Not the same");
        await visitor.ShouldBeAtAsync($"/console/1/inbox/{request}");
        await Assertions.Expect(visitor.Page.Locator("#copy")).ToHaveValueAsync("Hallorann & Sons");
        await visitor.PressAsync("Assign to me");
        await visitor.ShouldSeeAsync("Assigned to you.");
        await visitor.PressAsync("It's done");
        await visitor.ShouldBeAtAsync($"/console/1/inbox/{conflict}");
        await visitor.ShouldSeeAsync("office@x.example");
        await visitor.PressAsync("Keep both");
        await visitor.ShouldSeeAsync("Decided.");
        await visitor.GoAsync($"/console/1/inbox/{conflict}");
        await visitor.ShouldBeAtAsync("/console/1/inbox");
        await visitor.ShouldSeeAsync("Somebody has settled that item already.");
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Duplicates_are_merged_by_choices_and_separated_again(bool hasScript)
    {
        var (item, _, other) = await app.AddDuplicateAsync();
        await using var visitor = await chromium.OpenAsAdministratorAsync(app, new Look(HasScript: hasScript));
        await visitor.GoAsync($"/console/1/inbox/{item}?kind=duplicate");
        await visitor.FollowAsync("Merge …");
        await visitor.Page.Locator($"input[name=choice_email]").Nth(1).CheckAsync();
        await visitor.PressAsync("Merge");
        await visitor.ShouldSeeAsync("Merged. You can undo this later.");
        await visitor.GoAsync($"/console/1/customers/{other}");

        await visitor.GoAsync("/console/1/merges");
        await visitor.Page.Locator("td.key a").First.ClickAsync();
        await visitor.PressAsync("Undo the merge");
        await visitor.ShouldSeeAsync("Both records are as before.");
    }

    [Fact]
    public async Task Snoozed_item_is_hidden_and_can_be_shown_again()
    {
        var item = await app.AddImportAsync();
        await using var visitor = await chromium.OpenAsAdministratorAsync(app);
        await visitor.GoAsync($"/console/1/inbox/{item}?kind=job_rejected");
        await visitor.Page.Locator("summary", new() { HasText = "Snooze" }).ClickAsync();
        await visitor.PressAsync("Until tomorrow");
        await visitor.ShouldSeeAsync("It comes back by itself.");
        await Assertions.Expect(visitor.Page.Locator($"a[href*='/inbox/{item}']")).ToHaveCountAsync(0);
        await visitor.FollowAsync("Show snoozed");
        await visitor.Page.Locator($"a[href*='/inbox/{item}']").First.ClickAsync();
        await visitor.PressAsync("Show again now");
        await visitor.ShouldSeeAsync("It's back in the inbox.");
        await visitor.PressAsync("I've seen it");
        await visitor.ShouldSeeAsync("Done.");
    }
}
