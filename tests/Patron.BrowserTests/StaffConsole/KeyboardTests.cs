using Microsoft.Playwright;
using Patron.IntegrationTests.Hosting;

namespace Patron.BrowserTests.StaffConsole;

/// <summary>The flows of the console by keyboard alone: Tab reaches everything that is needed, and the focus can always be seen.</summary>
public sealed class KeyboardTests(OneProcess app, Chromium chromium) : IClassFixture<OneProcess>
{
    private const int MaxSteps = 150;

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Somebody_signs_in_and_changes_a_customer(bool hasScript)
    {
        var customer = await CustomerAsync();
        await using var visitor = await Visitor.OpenAsync(chromium, app, new Look(HasScript: hasScript));
        await visitor.GoAsync("/login");
        await TypeAsync(visitor, visitor.Page.Locator("#sign-in-login"), RunningPatron.AdminEmail);
        await TypeAsync(visitor, visitor.Page.Locator("#sign-in-password"), RunningPatron.AdminPassword);
        await visitor.Page.Keyboard.PressAsync("Enter");
        await visitor.ShouldBeAtAsync("/console/1");

        await TypeAsync(visitor, visitor.Page.Locator("#find"), $"id:{customer}");
        await visitor.Page.Keyboard.PressAsync("Enter");
        await visitor.ShouldBeAtAsync("/console/1/customers");
        await PressAsync(visitor, visitor.Page.Locator($".rows a[href$='/customers/{customer}']").First);
        await visitor.ShouldBeAtAsync($"/console/1/customers/{customer}");

        await PressAsync(visitor, visitor.Page.Locator("a[href$='/edit/business']"));
        await visitor.ShouldBeAtAsync($"/console/1/customers/{customer}/edit/business");
        await TypeAsync(visitor, visitor.Page.GetByLabel("Line of business", new() { Exact = true }), "Milling");
        await visitor.Page.Keyboard.PressAsync("Enter");
        await visitor.ShouldBeAtAsync($"/console/1/customers/{customer}");
        await visitor.ShouldSeeAsync("Milling");
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Ticked_customers_become_a_job_that_is_confirmed(bool hasScript)
    {
        var customer = await CustomerAsync();
        await using var visitor = await chromium.OpenAsAdministratorAsync(app, new Look(HasScript: hasScript));
        await visitor.GoAsync($"/console/1/customers?q=id:{customer}");
        await PressAsync(visitor, visitor.Page.Locator("input[name=ids]"), " ");
        await PressAsync(visitor, visitor.Page.Locator("button[data-many]"));
        await visitor.ShouldSeeAsync("For 1 customer you ticked.");
        await PressAsync(visitor, Link(visitor, "Add tags"));
        await TypeAsync(visitor, visitor.Page.Locator("#new-job-tags"), "gold");
        await visitor.Page.Keyboard.PressAsync("Enter");
        await Assertions.Expect(visitor.Page.Locator("h1")).ToContainTextAsync("Add tags, job");

        await Eventually.BecomeTrueAsync(async () =>
        {
            await visitor.Page.ReloadAsync();
            return await visitor.Page.Locator("form[action$='/confirm'] button").CountAsync() == 1;
        });
        await PressAsync(visitor, visitor.Page.Locator("form[action$='/confirm'] button"));
        await Eventually.BecomeTrueAsync(async () => await app.AccountsSqlAsync<bool>(
            "SELECT 'gold' = ANY (tags) FROM customers.customers WHERE customer_id = $1", customer));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Item_of_the_inbox_is_opened_and_decided(bool hasScript)
    {
        var (duplicate, _, _) = await app.AddDuplicateAsync();
        await using var visitor = await chromium.OpenAsAdministratorAsync(app, new Look(HasScript: hasScript));
        await PressAsync(visitor, visitor.Page.Locator("nav a[href='/console/1/inbox']").First);
        await visitor.ShouldBeAtAsync("/console/1/inbox");
        await PressAsync(visitor, visitor.Page.Locator($"a[href*='/inbox/{duplicate}']").First);
        await PressAsync(visitor, visitor.Page.GetByRole(AriaRole.Button, new() { Name = "Not the same", Exact = true }));
        await visitor.ShouldSeeAsync("They won't be suggested again.");
    }

    private static ILocator Link(Visitor visitor, string name) =>
        visitor.Page.GetByRole(AriaRole.Link, new() { Name = name, Exact = true });

    private static async Task TypeAsync(Visitor visitor, ILocator field, string text)
    {
        await ReachAsync(visitor, field);
        await visitor.Page.Keyboard.PressAsync("ControlOrMeta+a");
        await visitor.Page.Keyboard.TypeAsync(text);
    }

    private static async Task PressAsync(Visitor visitor, ILocator target, string key = "Enter")
    {
        await ReachAsync(visitor, target);
        await visitor.Page.Keyboard.PressAsync(key);
    }

    // Steps through the page as somebody without a mouse does.
    private static async Task ReachAsync(Visitor visitor, ILocator target)
    {
        await Assertions.Expect(target).ToBeVisibleAsync();
        for (var step = 0; step < MaxSteps; step++)
        {
            if (await target.EvaluateAsync<bool>("element => element === document.activeElement"))
            {
                Assert.True(
                    await target.EvaluateAsync<bool>(
                        """
                        element => {
                          const style = getComputedStyle(element);
                          return style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) > 0 || style.boxShadow !== 'none';
                        }
                        """),
                    $"The focus of {target} can't be seen.");
                return;
            }

            await visitor.Page.Keyboard.PressAsync("Tab");
        }

        Assert.Fail($"{target} can't be reached by Tab within {MaxSteps} steps.");
    }

    private async Task<string> CustomerAsync()
    {
        var person = await app.CustomerAsync();
        return (await app.AccountsSqlAsync<string>("SELECT customer_id FROM customers.customers WHERE email = $1", person.Email))!;
    }
}
