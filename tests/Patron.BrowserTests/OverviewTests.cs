using Microsoft.Playwright;
using Patron.IntegrationTests.Hosting;
using Patron.IntegrationTests.Odoo;
using Patron.OdooStandIn.Server;

namespace Patron.BrowserTests;

/// <summary>The overview with an Odoo: documents, and texts where there are none.</summary>
public sealed class OverviewTests(PatronWithOdoo app, Chromium chromium) : IClassFixture<PatronWithOdoo>
{
    [Fact]
    public async Task A_customer_sees_invoices_orders_and_requests_with_overdue_ones_marked_by_text()
    {
        var person = await app.CustomerOfAsync(Partner());
        await using var visitor = await Visitor.OpenAsync(chromium, app);
        await visitor.SignInAsync(person.Email);

        var invoices = visitor.Page.Locator("#billing tbody tr");
        await Assertions.Expect(invoices).ToHaveCountAsync(4);
        await Assertions.Expect(invoices.Filter(new() { HasText = "overdue" })).ToHaveCountAsync(1);
        await Assertions.Expect(invoices.Filter(new() { HasText = "1,234.50\u00a0USD" })).ToContainTextAsync("to be paid");
        await Assertions.Expect(invoices.Filter(new() { HasText = "89.00" })).ToContainTextAsync("0.00\u00a0USD");
        await Assertions.Expect(visitor.Page.Locator(".figures")).ToContainTextAsync("267.00\u00a0USD");
        await Assertions.Expect(visitor.Page.Locator("#tickets tbody tr")).ToHaveCountAsync(2);
        await Assertions.Expect(visitor.Page.Locator("#orders tbody tr").Filter(new() { HasText = "489.00" })).ToContainTextAsync("confirmed");
        await Assertions.Expect(visitor.Page.Locator("#services")).ToContainTextAsync("Not available here");
        await visitor.ShouldSeeAsync("As of");
    }

    [Fact]
    public async Task Without_Odoo_the_cached_documents_are_shown_with_their_time_or_a_sentence()
    {
        var (known, never) = (await app.CustomerOfAsync(Partner()), await app.CustomerOfAsync(app.NewPartner()));
        await using var visitor = await Visitor.OpenAsync(chromium, app);
        await visitor.SignInAsync(known.Email);
        app.Time.Shift += TimeSpan.FromMinutes(2);
        foreach (var model in new[] { "account.move", "account.move.line", "sale.order", "helpdesk.ticket", "project.task" })
        {
            app.Odoo.Book.FailAlways(model, Fault.Hang);
        }

        try
        {
            await visitor.GoAsync("/dashboard");
            await Assertions.Expect(visitor.Page.Locator("#billing")).ToContainTextAsync("not up to date");
            await Assertions.Expect(visitor.Page.Locator("#billing tbody tr")).ToHaveCountAsync(4);
            await using var other = await Visitor.OpenAsync(chromium, app);
            await other.SignInAsync(never.Email);
            await Assertions.Expect(other.Page.Locator("#billing")).ToContainTextAsync("We cannot show this at the moment.");
        }
        finally
        {
            app.Odoo.Book.FailNoMore();
        }
    }

    [Fact]
    public async Task A_customer_without_an_Odoo_partner_sees_an_empty_overview()
    {
        var person = await app.CustomerAsync();
        await using var visitor = await Visitor.OpenAsync(chromium, app);
        await visitor.SignInAsync(person.Email);
        await Assertions.Expect(visitor.Page.Locator("#billing")).ToContainTextAsync("There is nothing to show here yet.");
        await Assertions.Expect(visitor.Page.Locator(".figures")).ToContainTextAsync("66 %");
    }

    [Theory]
    [InlineData(390, ColorScheme.Light, "en-GB")]
    [InlineData(1280, ColorScheme.Light, "en-GB")]
    [InlineData(1280, ColorScheme.Dark, "de-DE")]
    [InlineData(320, ColorScheme.Dark, "de-DE")]
    public async Task The_overview_with_documents_is_accessible_and_fits(int width, ColorScheme colors, string locale)
    {
        var person = await app.CustomerOfAsync(Partner());
        await app.ProveAsync(person);
        await using var visitor = await Visitor.OpenAsync(chromium, app, new Look(width, colors, Locale: locale));
        await visitor.SignInAsync(person.Email);
        await visitor.Page.Locator("#billing td").First.WaitForAsync();
        await visitor.InspectAsync("overview");
    }

    [Fact]
    public async Task A_change_of_a_field_that_Odoo_owns_waits_for_review_and_is_withdrawn()
    {
        var person = await app.CustomerOfAsync(app.NewPartner());
        await using var visitor = await Visitor.OpenAsync(chromium, app);
        await visitor.SignInAsync(person.Email);
        await visitor.GoAsync("/profile/address");
        await visitor.FillAsync(("City", "Mutare"));
        await visitor.PressAsync("Save");
        var address = visitor.Page.Locator("#address");
        await Assertions.Expect(address).ToContainTextAsync("Thanks! Some changes need a review first.");
        await Assertions.Expect(address.Locator(".pending")).ToContainTextAsync("Requested: Mutare");
        await visitor.InspectAsync("profile-requested");
        await visitor.PressAsync("Withdraw: City");
        await Assertions.Expect(address).ToContainTextAsync("Request withdrawn.");
        await Assertions.Expect(address).Not.ToContainTextAsync("Mutare");
    }

    /// <summary>Creates a company with some invoices, orders and requests.</summary>
    private long Partner()
    {
        var partner = app.NewPartner("Baobab Trading (Pvt) Ltd");
        app.Company.AddInvoice(partner, 1234.5m, dueInDays: 20);
        app.Company.AddInvoice(partner, 267m, dueInDays: -12);
        app.Company.AddInvoice(partner, 89m, dueInDays: -70, residual: 0m, paymentState: "paid");
        app.Company.AddInvoice(partner, 19.9m, dueInDays: -3, currency: "ZAR", isRefund: true);
        app.Company.AddOrder(partner, 489m);
        app.Company.AddOrder(partner, 1250m, state: "sent");
        app.Company.AddTask(partner, "The router in the branch office restarts every night");
        app.Company.AddTask(partner, "Please send invoices to accounts@baobab.example from now on");
        return partner;
    }
}
