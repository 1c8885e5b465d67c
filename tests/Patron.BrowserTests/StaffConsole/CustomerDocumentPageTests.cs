using Microsoft.Playwright;
using Patron.IntegrationTests.Hosting;
using Patron.IntegrationTests.Odoo;
using Patron.OdooStandIn.Company;

namespace Patron.BrowserTests.StaffConsole;

/// <summary>The page of a customer with a partner in Odoo: its documents with and without script, and how it looks.</summary>
public sealed class CustomerDocumentPageTests(PatronWithOdoo app, Chromium chromium) : IClassFixture<PatronWithOdoo>
{
    [Fact]
    public async Task The_script_adds_figures_and_without_script_a_link_leads_to_the_documents()
    {
        var page = await CustomerAsync();
        await using (var visitor = await chromium.OpenAsAdministratorAsync(app))
        {
            await visitor.GoAsync(page);
            await Assertions.Expect(visitor.Page.Locator("#documents")).ToContainTextAsync("Overdue");
            var link = await visitor.Page.GetByRole(AriaRole.Link, new() { Name = "Open in Odoo" }).GetAttributeAsync("href");
            Assert.StartsWith(app.Odoo.Url.ToString().TrimEnd('/') + "/web#id=", link, StringComparison.Ordinal);
            Assert.EndsWith("&model=res.partner&view_type=form", link, StringComparison.Ordinal);
        }

        await using var plain = await chromium.OpenAsAdministratorAsync(app, new Look(HasScript: false));
        await plain.GoAsync(page);
        await plain.FollowAsync("All documents");
        await plain.ShouldBeAtAsync(page + "/documents");
        await Assertions.Expect(plain.Page.Locator("#billing tbody tr")).ToHaveCountAsync(2);
        await Assertions.Expect(plain.Page.Locator("#orders tbody tr")).ToHaveCountAsync(1);
        await Assertions.Expect(plain.Page.Locator("#tickets tbody tr")).ToHaveCountAsync(1);
    }

    [Theory]
    [InlineData(390, ColorScheme.Light, "en-GB")]
    [InlineData(1280, ColorScheme.Light, "en-GB")]
    [InlineData(1280, ColorScheme.Dark, "de-DE")]
    public async Task The_customers_page_and_its_documents_are_accessible_and_fit(int width, ColorScheme colors, string locale)
    {
        var page = await CustomerAsync();
        await using var visitor = await chromium.OpenAsAdministratorAsync(app, new Look(width, colors, Locale: locale));
        await visitor.GoAsync(page);
        await visitor.Page.Locator("#documents dl").WaitForAsync();
        await visitor.InspectAsync("customer-full");
        await visitor.GoAsync(page + "/documents");
        await visitor.InspectAsync("customer-documents");
    }

    private async Task<string> CustomerAsync()
    {
        var partner = app.NewPartner("Baobab Trading Ltd");
        app.Company.AddInvoice(partner, 1234.50m, dueInDays: 10);
        app.Company.AddInvoice(partner, 267m, dueInDays: -40);
        app.Company.AddOrder(partner, 489m, state: "sale");
        app.Company.AddTask(partner, "The router restarts every night");
        var person = await app.CustomerAsync();
        var uid = await app.CustomersSqlAsync<Guid>("SELECT uid FROM customers.customers WHERE user_id = $1", person.Id);
        await app.LinkPartnerAsync(uid, partner);
        var id = (await app.CustomersSqlAsync<string>("SELECT customer_id FROM customers.customers WHERE user_id = $1", person.Id))!;
        await app.AddChangeRequestAsync(id, "Baobab Trading and Sons Ltd");
        return $"/console/1/customers/{id}";
    }
}
