using Microsoft.Playwright;
using Patron.IntegrationTests.Hosting;

namespace Patron.BrowserTests.StaffConsole;

/// <summary>Finding customers in the console and starting to change many, with and without script.</summary>
public sealed class CustomerListTests(OneProcess app, Chromium chromium) : IClassFixture<OneProcess>
{
    private const string List = "/console/1/customers";

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_filter_is_typed_saved_as_a_segment_and_removed_by_its_chip(bool hasScript)
    {
        var word = await CustomersAsync(3);
        await using var visitor = await chromium.OpenAsAdministratorAsync(app, new Look(HasScript: hasScript));
        await visitor.Page.Locator("#find").FillAsync($"tag:{word}");
        await visitor.Page.Locator("#find").PressAsync("Enter");
        await visitor.ShouldBeAtAsync(List);
        await Assertions.Expect(visitor.Page.Locator("#found-title")).ToHaveTextAsync("3 customers");

        await visitor.Page.GetByText("Save filter").ClickAsync();
        await visitor.FillAsync(("Name of the segment", $"All {word}"));
        await visitor.PressAsync("Save");
        await visitor.ShouldSeeAsync("Segment saved.");
        await Assertions.Expect(visitor.Page.Locator(".tabs [aria-current]")).ToHaveTextAsync($"All {word}3");

        await visitor.Page.Locator(".chip").ClickAsync();
        await Assertions.Expect(visitor.Page.Locator(".chip")).ToHaveCountAsync(0);

        await visitor.FollowAsync("Manage");
        await visitor.FollowAsync($"Edit: All {word}");
        await visitor.PressAsync("Share with everybody");
        await visitor.ShouldSeeAsync("Everybody in the organization sees the segment now.");
        await visitor.PressAsync("Delete segment");
        await visitor.ShouldSeeAsync("Segment deleted.");
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Ticked_customers_and_all_that_match_are_two_jobs(bool hasScript)
    {
        var word = await CustomersAsync(3);
        await using var visitor = await chromium.OpenAsAdministratorAsync(app, new Look(HasScript: hasScript));
        await visitor.GoAsync($"{List}?q=tag:{word}");
        await visitor.Page.Locator("input[name=ids]").First.CheckAsync();
        await visitor.PressAsync(hasScript ? "Change 1 ticked" : "Change ticked");
        await visitor.ShouldSeeAsync("For 1 customer you ticked.");
        await visitor.FollowAsync("Add tags");
        await visitor.Page.Locator("#new-job-tags").FillAsync("gold");
        await visitor.PressAsync("Show preview");
        await Assertions.Expect(visitor.Page.Locator("h1")).ToContainTextAsync("Add tags, job");

        await visitor.GoAsync($"{List}?q=tag:{word}");
        await visitor.PressAsync("Change all 3 that match");
        await visitor.ShouldSeeAsync($"For every customer that matches tag:{word}.");
        await visitor.FollowAsync("Set fields");
        await visitor.Page.Locator("#new-job-city").FillAsync("Harare");
        if (!hasScript)
        {
            await visitor.Page.GetByLabel("Set: City").CheckAsync();
        }

        await visitor.PressAsync("Show preview");
        await Assertions.Expect(visitor.Page.Locator("h1")).ToContainTextAsync("Set fields, job");
    }

    [Fact]
    public async Task Without_a_tick_and_with_a_wrong_filter_nothing_is_changed()
    {
        await using var visitor = await chromium.OpenAsAdministratorAsync(app, new Look(HasScript: false));
        await CustomersAsync(1);
        await visitor.GoAsync(List);
        await visitor.PressAsync("Change ticked");
        await visitor.ShouldSeeAsync("Tick at least one customer first.");

        await visitor.GoAsync($"{List}?q=citi:harare");
        await Assertions.Expect(visitor.Page.Locator("#find-error")).ToContainTextAsync("There's no term citi:.");
        await Assertions.Expect(visitor.Page.Locator(".rows")).ToHaveCountAsync(0);
        await visitor.FollowAsync("Use city instead");
        await Assertions.Expect(visitor.Page.Locator("#find")).ToHaveValueAsync("city:harare");
        await Assertions.Expect(visitor.Page.Locator("#find-error")).ToHaveCountAsync(0);
    }

    [Fact]
    public async Task A_slash_two_letters_and_Enter_lead_to_a_customer()
    {
        var person = await app.CustomerAsync();
        var id = await app.AccountsSqlAsync<string>($"SELECT customer_id FROM customers.customers WHERE email = '{person.Email}'");
        await using var visitor = await chromium.OpenAsAdministratorAsync(app);
        await visitor.GoAsync("/console/1/jobs");
        await visitor.Page.Keyboard.PressAsync("/");
        await visitor.Page.Keyboard.TypeAsync(person.Email);
        await Assertions.Expect(visitor.Page.Locator("#found [role=option]").First).ToContainTextAsync(person.Email);
        await visitor.InspectAsync("console-find");
        await visitor.Page.Keyboard.PressAsync("Escape");
        await Assertions.Expect(visitor.Page.Locator("#found")).ToBeHiddenAsync();

        await visitor.Page.Locator("#find").FillAsync("cit");
        await visitor.Page.Locator("#found [data-text]", new() { HasText = "city:" }).First.ClickAsync();
        await Assertions.Expect(visitor.Page.Locator("#find")).ToHaveValueAsync("city:");

        await visitor.Page.Locator("#find").FillAsync(person.Email);
        await Assertions.Expect(visitor.Page.Locator("#found [role=option]").First).ToContainTextAsync(person.Email);
        await visitor.Page.Keyboard.PressAsync("ArrowDown");
        await visitor.Page.Keyboard.PressAsync("Enter");
        await visitor.ShouldBeAtAsync($"{List}/{id}");
    }

    [Fact]
    public async Task Columns_and_density_are_in_the_address_and_remembered()
    {
        var word = await CustomersAsync(1);
        await using var visitor = await chromium.OpenAsAdministratorAsync(app);
        await visitor.GoAsync($"{List}?q=tag:{word}");
        await visitor.Page.GetByText("View", new() { Exact = true }).ClickAsync();
        await visitor.Page.Locator(".menu input[value=company]").CheckAsync();
        await visitor.Page.Locator(".menu input[value=tags]").UncheckAsync();
        await visitor.Page.Locator("#density").SelectOptionAsync("dense");
        await visitor.PressAsync("Apply");
        await Assertions.Expect(visitor.Page.GetByRole(AriaRole.Columnheader, new() { Name = "Company name" })).ToBeVisibleAsync();

        await visitor.GoAsync(List);
        await Assertions.Expect(visitor.Page.GetByRole(AriaRole.Columnheader, new() { Name = "Company name" })).ToBeVisibleAsync();
        await Assertions.Expect(visitor.Page.GetByRole(AriaRole.Columnheader, new() { Name = "Tags" })).ToHaveCountAsync(0);
        await Assertions.Expect(visitor.Page.Locator(".rows.dense")).ToHaveCountAsync(1);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_new_customer_is_compared_with_those_that_exist(bool hasScript)
    {
        var person = await app.CustomerAsync();
        await using var visitor = await chromium.OpenAsAdministratorAsync(app, new Look(HasScript: hasScript));
        await visitor.GoAsync(List);
        await visitor.FollowAsync("New customer");
        await visitor.Page.Locator("#new-customer-first_name").FillAsync("Amara");
        await visitor.Page.Locator("#new-customer-last_name").FillAsync("Moyo");
        await visitor.Page.Locator("#new-customer-email").FillAsync(person.Email);
        await visitor.PressAsync("Create customer");
        await Assertions.Expect(visitor.Page.Locator(".ask")).ToContainTextAsync("Amara Moyo");

        await visitor.PressAsync("Create anyway");
        await visitor.ShouldBeAtAsync(List + "/new");
        await Assertions.Expect(visitor.Page.Locator(".alert")).ToBeVisibleAsync(); // The address belongs to the other one.
        await visitor.Page.Locator("#new-customer-email").FillAsync($"new-{person.Email}");
        await visitor.PressAsync("Create customer");
        await visitor.PressAsync("Create anyway");
        await visitor.ShouldSeeAsync("Customer created.");
    }

    // Customers with a tag of their own, by which a test finds only them.
    private async Task<string> CustomersAsync(int number)
    {
        var word = $"t{Guid.NewGuid():N}"[..12];
        for (var made = 0; made < number; made++)
        {
            var person = await app.CustomerAsync();
            await app.AccountsSqlAsync<int>(
                $"UPDATE customers.customers SET tags = ARRAY['{word}'] WHERE email = '{person.Email}' RETURNING 1");
        }

        return word;
    }
}
