using System.Net;
using Microsoft.Playwright;
using Patron.IntegrationTests.Hosting;

namespace Patron.BrowserTests.StaffConsole;

/// <summary>The audit log of the console: searching, following what is found, and the file, with and without script.</summary>
public sealed class AuditPageTests(OneProcess app, Chromium chromium) : IClassFixture<OneProcess>
{
    private const string Log = "/console/1/audit";

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Entries_are_found_by_customer_and_lead_to_the_customer_and_to_the_colleague(bool hasScript)
    {
        var person = await app.CustomerAsync();
        var id = await app.AccountsSqlAsync<string>($"SELECT customer_id FROM customers.customers WHERE email = '{person.Email}'");
        await using var visitor = await chromium.OpenAsAdministratorAsync(app, new Look(HasScript: hasScript));
        await visitor.GoAsync($"/console/1/customers/{id}/edit/notes");
        await visitor.Page.Locator("main textarea").First.FillAsync("Called back");
        await visitor.PressAsync("Save");

        await visitor.FollowAsync("Audit log");
        await visitor.FillAsync(("Customer", id!));
        await visitor.Page.Locator(".sieve button").ClickAsync();
        await visitor.ShouldBeAtAsync(Log);
        var newest = visitor.Page.Locator(".timeline > li").First;
        await Assertions.Expect(newest.Locator("strong")).ToHaveTextAsync("Changed");
        await newest.Locator("summary").ClickAsync();
        await Assertions.Expect(newest.Locator("ins").First).ToHaveTextAsync("Called back");

        await visitor.Page.Locator("#action").SelectOptionAsync("job.");
        await visitor.Page.Locator(".sieve button").ClickAsync();
        await visitor.ShouldSeeAsync("Nothing matches. Leave out a condition.");
        await visitor.FollowAsync("Clear");
        await visitor.FillAsync(("Who did it", RunningPatron.AdminEmail), ("Customer", id!));
        await visitor.Page.Locator(".sieve button").ClickAsync();
        await Assertions.Expect(visitor.Page.Locator(".timeline > li")).ToHaveCountAsync(1);
        await visitor.Page.Locator(".timeline p > a").First.ClickAsync();
        await visitor.ShouldBeAtAsync($"/console/1/customers/{id}");
    }

    [Fact]
    public async Task File_has_the_entries_of_the_same_filter()
    {
        var person = await app.CustomerAsync();
        var uid = await app.AccountsSqlAsync<Guid>($"SELECT uid FROM customers.customers WHERE email = '{person.Email}'");
        using var browser = await Browser.SignedInAsync(app, RunningPatron.AdminEmail, RunningPatron.AdminPassword);
        var page = await browser.GetAsync($"{Log}?subject={uid}");
        Assert.Contains($"{Log}/export?subject={uid}", page, StringComparison.Ordinal);

        using var answer = await browser.SendAsync(new HttpRequestMessage(HttpMethod.Get, $"{Log}/export?subject={uid}"));
        Assert.Equal((HttpStatusCode.OK, "text/csv"), (answer.StatusCode, answer.Content.Headers.ContentType?.MediaType));
        var lines = (await answer.Content.ReadAsStringAsync()).Split("\r\n", StringSplitOptions.RemoveEmptyEntries);
        Assert.StartsWith("at,action,", lines[0], StringComparison.Ordinal);
        Assert.True(lines.Length > 1);
        Assert.All(lines.Skip(1), line => Assert.Contains(uid.ToString(), line, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Pages_follow_one_another_without_repeating_an_entry()
    {
        var person = await app.CustomerAsync();
        var uid = await app.AccountsSqlAsync<Guid>($"SELECT uid FROM customers.customers WHERE email = '{person.Email}'");
        await app.AccountsSqlAsync<long>(
            $"""
            WITH added AS (
                INSERT INTO shared.audit_entries (at, action, subject_type, subject_id, organization_id, address)
                SELECT now() - n * interval '1 minute', 'customer.changed', 'customer', '{uid}', (SELECT id FROM accounts.organizations WHERE is_home), 'local'
                FROM generate_series(1, 60) n RETURNING 1)
            SELECT count(*) FROM added
            """);
        await using var visitor = await chromium.OpenAsAdministratorAsync(app, new Look(HasScript: false));
        await visitor.GoAsync($"{Log}?subject={uid}&action=customer.changed");
        await Assertions.Expect(visitor.Page.Locator(".timeline > li")).ToHaveCountAsync(50);
        await visitor.FollowAsync("Older");
        await Assertions.Expect(visitor.Page.Locator(".timeline > li")).ToHaveCountAsync(10);
        await Assertions.Expect(visitor.Page.Locator("[rel=next]")).ToHaveCountAsync(0);
    }
}
