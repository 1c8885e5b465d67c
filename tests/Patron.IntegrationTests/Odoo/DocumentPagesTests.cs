using System.Net;
using System.Text.RegularExpressions;
using Patron.IntegrationTests.Hosting;
using Patron.IntegrationTests.Linking;
using Patron.OdooStandIn.Company;
using Patron.OdooStandIn.Server;

namespace Patron.IntegrationTests.Odoo;

/// <summary>The pages of invoices, orders and tickets over HTTP.</summary>
public sealed class DocumentPagesTests(PatronWithOdoo app) : IClassFixture<PatronWithOdoo>
{
    private static readonly byte[] Pdf = "%PDF-1.7 ÿ\0 an invoice"u8.ToArray();

    [Fact]
    public async Task Overview_leads_with_overdue_totals_and_shows_the_newest_five()
    {
        var partner = app.NewPartner();
        var next = app.Company.AddInvoice(partner, 70m, dueInDays: 3);
        for (var index = 1; index <= 7; index++)
        {
            app.Company.AddInvoice(partner, 1000m + index, dueInDays: -index, currency: index == 7 ? "EUR" : "USD");
        }

        app.Company.AddOrder(partner, 5m, state: "sent");
        var person = await app.CustomerOfAsync(partner);
        var page = await ReadAsync(person, "/dashboard");
        var overdue = Part(page, "id=\"overdue\"", "</li>");
        Assert.Contains("€1,007.00", overdue, StringComparison.Ordinal);
        Assert.Contains("1 invoice<", overdue, StringComparison.Ordinal);
        Assert.Contains("USD 6,021.00", overdue, StringComparison.Ordinal);
        Assert.Contains("6 invoices<", overdue, StringComparison.Ordinal);
        Assert.Contains("href=\"/invoices?state=overdue\"", overdue, StringComparison.Ordinal);
        var upcoming = Part(page, "id=\"next\"", "</li>");
        Assert.Contains("USD 70.00", upcoming, StringComparison.Ordinal);
        Assert.Contains($"/invoices/{next}\"", upcoming, StringComparison.Ordinal);
        Assert.Contains("/orders?state=quotations", upcoming, StringComparison.Ordinal);
        var billing = Part(page, "id=\"billing\"", "</section>");
        Assert.Equal(5, Regex.Count(billing, "<a href=\"/invoices/[0-9]+\"", RegexOptions.None, TimeSpan.FromSeconds(1)));
        Assert.Contains("View all invoices (8)", billing, StringComparison.Ordinal);
        Assert.DoesNotContain("id=\"services\"", page, StringComparison.Ordinal);
        Assert.Contains("1.007,00 €", await ReadAsync(person, "/dashboard", ("Accept-Language", "de")), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Refresh_asks_the_ERP_again_at_most_every_fifteen_seconds()
    {
        var partner = app.NewPartner();
        var person = await app.CustomerOfAsync(partner);
        await ReadAsync(person, "/dashboard");
        app.Company.AddInvoice(partner, 31m, dueInDays: 3);
        Assert.DoesNotContain("USD 31.00", await ReadAsync(person, "/dashboard"), StringComparison.Ordinal);
        await RefreshAsync();
        Assert.DoesNotContain("USD 31.00", await ReadAsync(person, "/dashboard"), StringComparison.Ordinal);

        app.Time.Shift += TimeSpan.FromSeconds(16);
        await RefreshAsync();
        Assert.Contains("USD 31.00", await ReadAsync(person, "/dashboard"), StringComparison.Ordinal);

        app.Time.Shift += TimeSpan.FromSeconds(16);
        app.Odoo.Book.FailAlways("account.move", Fault.DropConnection);
        try
        {
            using var stale = await app.PostPageAsync(person, "/dashboard", "/dashboard/refresh");
            Assert.Contains("not up to date", Part(await stale.Content.ReadAsStringAsync(), "id=\"billing\"", "</section>"), StringComparison.Ordinal);
        }
        finally
        {
            app.Odoo.Book.FailNoMore();
        }

        async Task RefreshAsync()
        {
            using var answer = await app.PostPageAsync(person, "/dashboard", "/dashboard/refresh");
            Assert.Equal((HttpStatusCode.SeeOther, "/dashboard"), (answer.StatusCode, answer.Headers.Location?.ToString()));
        }
    }

    [Fact]
    public async Task Invoice_page_shows_lines_amounts_and_the_PDF()
    {
        var partner = app.NewPartner();
        var id = app.Company.AddInvoice(partner, 1m, dueInDays: -5, residual: 50m, paymentState: "partial");
        app.Company.SetInvoiceLines(id, new StandInLine("Internet", DisplayType: "line_section"), new StandInLine("Fibre <50> Mbps", 2, 50m, Discount: 10m));
        app.Company.ChangeRecord("account.move", id, ("ref", "PO 4711"), ("access_token", "secret"));
        var person = await app.CustomerOfAsync(partner);
        var page = await ReadAsync(person, $"/invoices/{id}");
        foreach (var text in new[] { "Overdue", "Internet", "Fibre &lt;50&gt; Mbps", "10%", "USD 90.00", "USD 13.50", "USD 103.50", "USD 50.00", "PO 4711" })
        {
            Assert.Contains(text, page, StringComparison.Ordinal);
        }

        // There is no PDF yet, and without Odoo:PortalUrl no link into Odoo.
        Assert.DoesNotContain("class=\"button", page, StringComparison.Ordinal);
        app.Company.StorePdf(id, Pdf);
        Assert.Contains($"/invoices/{id}/pdf\"", await ReadAsync(person, $"/invoices/{id}"), StringComparison.Ordinal);
        using var answer = await app.Accounts.SendAsync(HttpMethod.Get, $"/invoices/{id}/pdf", person);
        Assert.Equal(Pdf, await answer.Content.ReadAsByteArrayAsync());
        Assert.Equal(
            ("application/pdf", "attachment", "no-store, private"),
            (answer.Content.Headers.ContentType?.ToString(), answer.Content.Headers.ContentDisposition?.DispositionType, answer.Headers.CacheControl?.ToString()));
    }

    [Fact]
    public async Task Order_page_shows_a_quotation_with_its_lines()
    {
        var partner = app.NewPartner();
        var id = app.Company.AddOrder(partner, 60m, state: "sent");
        var page = await ReadAsync(await app.CustomerOfAsync(partner), $"/orders/{id}");
        Assert.Contains($"<h1>Quotation S{id:00000}</h1>", page, StringComparison.Ordinal);
        Assert.Contains("Fibre 50 Mbps", page, StringComparison.Ordinal);
        Assert.Contains("USD 60.00", page, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Other_customers_documents_are_404_pages()
    {
        var stranger = app.NewPartner("Stranger Ltd");
        var (invoice, order) = (app.Company.AddInvoice(stranger, 1m, dueInDays: 5), app.Company.AddOrder(stranger, 1m));
        app.Company.StorePdf(invoice, Pdf);
        var person = await app.CustomerOfAsync(app.NewPartner());
        foreach (var path in new[] { $"/invoices/{invoice}", $"/invoices/{invoice}/pdf", $"/orders/{order}", $"/orders/{order}/pdf", "/invoices/x", "/orders/999999" })
        {
            using var answer = await app.Accounts.SendAsync(HttpMethod.Get, path, person);
            Assert.Equal((HttpStatusCode.NotFound, "text/html"), (answer.StatusCode, answer.Content.Headers.ContentType?.MediaType));
        }
    }

    [Fact]
    public async Task Lists_find_by_number_or_reference_and_filter_by_state()
    {
        var partner = app.NewPartner();
        var (open, late, paid) = (Invoice(10m, 5), Invoice(20m, -5), Invoice(30m, -5, 0m, "paid"));
        var credit = app.Company.AddInvoice(partner, 40m, dueInDays: -5, isRefund: true);
        app.Company.ChangeRecord("account.move", open, ("ref", @"50%_off\now"));
        app.Company.AddInvoice(app.NewPartner("Stranger Ltd"), 99m, dueInDays: -5);
        var (quotation, order) = (app.Company.AddOrder(partner, 1m, state: "sent"), app.Company.AddOrder(partner, 2m));
        var (task, done) = (app.Company.AddTask(partner, "The router restarts"), app.Company.AddTask(partner, "Old question"));
        app.Company.ChangeRecord("project.task", done, ("state", "1_done"));
        var person = await app.CustomerOfAsync(partner);

        Assert.Equal([open, credit, paid, late], await IdsAsync("/invoices"));
        Assert.Equal([open, credit, late], await IdsAsync("/invoices?state=open"));
        Assert.Equal([late], await IdsAsync("/invoices?state=overdue"));
        Assert.Equal([paid], await IdsAsync("/invoices?state=paid"));
        Assert.Equal([open, credit, paid, late], await IdsAsync("/invoices?state=quotations&page=x"));
        Assert.Equal([late], await IdsAsync($"/invoices?search=%20{Uri.EscapeDataString($"v/{DateTime.UtcNow.AddDays(-5).Year}/{late:00000}")}"));
        Assert.Equal([open], await IdsAsync("/invoices?search=" + Uri.EscapeDataString(@"50%_OFF\n")));
        foreach (var wildcard in new[] { "v%25/0", "INV_", "x'%20or%201=1", new string('x', 5000) })
        {
            Assert.Empty(await IdsAsync("/invoices?search=" + wildcard));
        }

        Assert.Equal(4, (await IdsAsync("/invoices?search=%00&page=0")).Count);
        Assert.Empty(await IdsAsync("/invoices?search=%F0%9F"));
        Assert.Equal([order, quotation], await IdsAsync("/orders"));
        Assert.Equal([quotation], await IdsAsync("/orders?state=quotations"));
        Assert.Equal([order], await IdsAsync($"/orders?state=confirmed&search=s{order:00000}"));
        Assert.Contains("The router restarts", await ReadAsync(person, "/tickets?state=open"), StringComparison.Ordinal);
        Assert.DoesNotContain("Old question", await ReadAsync(person, "/tickets?state=open"), StringComparison.Ordinal);
        Assert.Contains("Old question", await ReadAsync(person, "/tickets?state=closed&search=OLD"), StringComparison.Ordinal);
        Assert.True(task < done);

        long Invoice(decimal amount, int dueInDays, decimal? residual = null, string state = "not_paid") =>
            app.Company.AddInvoice(partner, amount, dueInDays, residual: residual, paymentState: state);

        async Task<IReadOnlyList<long>> IdsAsync(string path) =>
        [
            .. Regex.Matches(Part(await ReadAsync(person, path), "id=\"list\"", "</main>"), "<a href=\"/(?:invoices|orders)/([0-9]+)\"", RegexOptions.None, TimeSpan.FromSeconds(1))
                .Select(match => long.Parse(match.Groups[1].Value, System.Globalization.CultureInfo.InvariantCulture)),
        ];
    }

    [Fact]
    public async Task Lists_without_an_ERP_or_a_right_say_that_they_are_unavailable()
    {
        var person = await app.CustomerOfAsync(app.NewPartner());
        app.Odoo.Book.FailAlways("sale.order", Fault.DropConnection);
        app.Company.DenyRobot("account.move");
        try
        {
            foreach (var path in new[] { "/orders", "/invoices" })
            {
                using var answer = await app.Accounts.SendAsync(HttpMethod.Get, path, person);
                Assert.Equal(HttpStatusCode.ServiceUnavailable, answer.StatusCode);
                Assert.Contains("This is temporarily unavailable.", await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
            }
        }
        finally
        {
            app.Odoo.Book.FailNoMore();
            app.Company.AllowRobot("account.move");
        }

        var (newcomer, _) = await app.SignUpAsync();
        Assert.Contains("No invoices yet.", await ReadAsync(newcomer, "/invoices"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Ticket_page_shows_the_description_and_public_messages_only()
    {
        var partner = app.NewPartner();
        var id = app.Company.AddTask(partner, "The router restarts");
        app.Company.ChangeRecord("project.task", id, ("description", "<p>Every <b>night</b>.</p><script>alert(1)</script>"));
        app.Company.AddMessage("project.task", id, "<p>We're on it.</p>", app.NewPartner("Support Person"));
        app.Company.AddMessage("project.task", id, "<p>Customer is rude</p>", isNote: true);
        app.Company.AddMessage("project.task", id, "<p>Do not tell</p>", isInternal: true);
        app.Company.AddMessage("project.task", id, "<p>Stage changed</p>", type: "notification");
        app.Company.AddMessage("sale.order", id, "<p>Another record</p>");
        var person = await app.CustomerOfAsync(partner);
        Assert.Contains($"href=\"/tickets/{id}\"", await ReadAsync(person, "/tickets"), StringComparison.Ordinal);
        var page = await ReadAsync(person, $"/tickets/{id}");
        Assert.Contains("Every night.", page, StringComparison.Ordinal);
        Assert.Contains("We're on it.", page, StringComparison.Ordinal);
        Assert.Contains("Support Person", page, StringComparison.Ordinal);
        foreach (var hidden in new[] { "alert(1)", "rude", "Do not tell", "Stage changed", "Another record" })
        {
            Assert.DoesNotContain(hidden, page, StringComparison.Ordinal);
        }

        app.Company.DenyRobot("mail.message");
        try
        {
            Assert.DoesNotContain("We're on it.", await ReadAsync(person, $"/tickets/{id}"), StringComparison.Ordinal);
        }
        finally
        {
            app.Company.AllowRobot("mail.message");
        }

        foreach (var (stranger, task) in new[] { (await app.CustomerOfAsync(app.NewPartner()), id), (person, app.Company.AddTask(partner, "Internal", isVisible: false)) })
        {
            using var answer = await app.Accounts.SendAsync(HttpMethod.Get, $"/tickets/{task}", stranger);
            Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
        }
    }

    private static string Part(string page, string start, string end)
    {
        var from = page.IndexOf(start, StringComparison.Ordinal);
        Assert.True(from >= 0, $"The page has no {start}.");
        return page[from..page.IndexOf(end, from, StringComparison.Ordinal)];
    }

    // No-break spaces of amounts are written as spaces.
    private async Task<string> ReadAsync(Person who, string path, params (string Name, string Value)[] headers)
    {
        using var answer = await app.Accounts.SendAsync(HttpMethod.Get, path, who, null, headers);
        var page = await answer.Content.ReadAsStringAsync();
        Assert.True(answer.StatusCode == HttpStatusCode.OK, $"{path} is {answer.StatusCode}.");
        return WebUtility.HtmlDecode(page.Replace("&lt;", "&amp;lt;", StringComparison.Ordinal).Replace("&gt;", "&amp;gt;", StringComparison.Ordinal)).Replace('\u00a0', ' ');
    }
}
