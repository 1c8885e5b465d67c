using Microsoft.Playwright;
using Patron.IntegrationTests.Hosting;
using Patron.IntegrationTests.Odoo;
using Patron.OdooStandIn.Company;
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
        await Assertions.Expect(invoices.Filter(new() { HasText = "Overdue" })).ToHaveCountAsync(1);
        await Assertions.Expect(invoices.Filter(new() { HasText = "USD\u00a01,234.50" })).ToContainTextAsync("Open");
        await Assertions.Expect(invoices.Filter(new() { HasText = "89.00" })).ToContainTextAsync("USD\u00a00.00");
        await Assertions.Expect(visitor.Page.Locator("#overdue")).ToContainTextAsync("USD\u00a0267.00");
        await Assertions.Expect(visitor.Page.Locator("#tickets tbody tr")).ToHaveCountAsync(2);
        await Assertions.Expect(visitor.Page.Locator("#orders tbody tr").Filter(new() { HasText = "489.00" })).ToContainTextAsync("Confirmed");
        await Assertions.Expect(visitor.Page.Locator("#services")).ToHaveCountAsync(0);
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
            await Assertions.Expect(other.Page.Locator("#billing")).ToContainTextAsync("This is temporarily unavailable.");
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
        await Assertions.Expect(visitor.Page.Locator("#nothing-yet")).ToHaveTextAsync("Your invoices and orders will appear here.");
        await Assertions.Expect(visitor.Page.Locator("#billing, #orders, #tickets, #next")).ToHaveCountAsync(0);
        await Assertions.Expect(visitor.Page.Locator(".figures")).ToContainTextAsync("66%");
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
        var header = await visitor.Page.Locator("header.top").BoundingBoxAsync();
        Assert.InRange(header!.Height, 1, width == 390 ? 60 : 100);
    }

    [Theory]
    [InlineData(390, ColorScheme.Light, "en-GB")]
    [InlineData(1280, ColorScheme.Dark, "de-DE")]
    [InlineData(320, ColorScheme.Dark, "de-DE")]
    public async Task Pages_of_documents_are_accessible_and_fit(int width, ColorScheme colors, string locale)
    {
        var partner = Partner();
        var invoice = app.Company.AddInvoice(partner, 1m, dueInDays: 10);
        app.Company.SetInvoiceLines(
            invoice, new StandInLine("Internet", DisplayType: "line_section"), new StandInLine("Fibre 50 Mbps, October", 2, 50m, Discount: 10m),
            new StandInLine("Installation at the branch office", 1.5m, 80m), new StandInLine("Thank you.", DisplayType: "line_note"));
        app.Company.StorePdf(invoice, [1]);
        var order = app.Company.AddOrder(partner, 489m, state: "sent");
        var ticket = app.Company.AddTask(partner, "The router restarts every night");
        app.Company.ChangeRecord("project.task", ticket, ("description", "<p>At three o'clock.</p><p>Every time.</p>"));
        app.Company.AddMessage("project.task", ticket, "<p>We're on it.</p>", app.NewPartner("Support Person", isCompany: false));
        for (var index = 0; index < 21; index++)
        {
            app.Company.AddInvoice(partner, 10m + index, dueInDays: -40);
        }

        var person = await app.CustomerOfAsync(partner);
        await using var visitor = await Visitor.OpenAsync(chromium, app, new Look(width, colors, Locale: locale));
        await visitor.SignInAsync(person.Email);
        foreach (var (name, path) in new[]
        {
            ("invoices", "/invoices?state=overdue"), ("invoices-none", "/invoices?search=nothing"), ("orders", "/orders?page=1"), ("tickets", "/tickets"),
            ("invoice", $"/invoices/{invoice}"), ("order", $"/orders/{order}"), ("ticket", $"/tickets/{ticket}"), ("ticket-new", "/tickets/new"),
        })
        {
            await visitor.GoAsync(path);
            await visitor.Page.Locator(".back").WaitForAsync();
            await visitor.InspectAsync(name);
        }
    }

    [Fact]
    public async Task Invoices_are_found_filtered_and_paged_without_script()
    {
        var partner = Partner();
        for (var index = 0; index < 41; index++)
        {
            app.Company.AddInvoice(partner, 10m + index, dueInDays: -40);
        }

        var person = await app.CustomerOfAsync(partner);
        await using var visitor = await Visitor.OpenAsync(chromium, app, new Look(HasScript: false));
        await visitor.SignInAsync(person.Email);
        await visitor.FollowAsync("View overdue invoices");
        await visitor.ShouldSeeAsync("1–20 of 42");
        await visitor.FollowAsync("Next");
        await visitor.FollowAsync("Next");
        await visitor.ShouldSeeAsync("41–42 of 42");
        Assert.EndsWith("/invoices?state=overdue&page=3", visitor.Page.Url, StringComparison.Ordinal);
        await Assertions.Expect(visitor.Page.Locator("[rel=next]")).ToHaveCountAsync(0);
        await visitor.FollowAsync("Paid");
        await visitor.ShouldSeeAsync("1–1 of 1");
        await visitor.FillAsync(("Search by number or reference", "no such"));
        await visitor.PressAsync("Search");
        await visitor.ShouldSeeAsync("Nothing matches your search.");
        await visitor.FollowAsync("Show all");
        await visitor.ShouldSeeAsync("1–20 of 45");
        await visitor.Page.Locator("#list tbody a").First.ClickAsync();
        await visitor.ShouldSeeAsync("Amount due");
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
