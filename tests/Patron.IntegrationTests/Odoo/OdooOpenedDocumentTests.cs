using Microsoft.Extensions.Logging.Abstractions;
using Patron.Erp.Dashboards;
using Patron.Odoo;
using Patron.Odoo.Client;
using Patron.Odoo.Dashboard;
using Patron.OdooStandIn.Company;
using Patron.OdooStandIn.Server;
using Patron.Shared.Results;

namespace Patron.IntegrationTests.Odoo;

/// <summary>One document with its lines and PDF, in different versions and protocols.</summary>
public abstract class OdooOpenedDocumentTests(int version, OdooProtocol protocol) : IAsyncLifetime
{
    private static readonly byte[] Pdf = "%PDF-1.7 ÿ\0 an invoice"u8.ToArray();

    private StandInOdoo odoo = null!;
    private OdooClient client = null!;
    private long partner;

    private StandInCompany Company => odoo.Company;

    public async ValueTask InitializeAsync()
    {
        odoo = await StandInOdoo.StartAsync(StandInCompany.Typical(version));
        client = odoo.NewClient(protocol);
        partner = Company.AddPartner("Customer Ltd", null, ("is_company", true));
    }

    public async ValueTask DisposeAsync()
    {
        client.Dispose();
        await odoo.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    [Fact]
    public async Task Invoice_has_its_lines_in_order_without_journal_items()
    {
        var id = Company.AddInvoice(partner, 1m, dueInDays: -5);
        Company.SetInvoiceLines(
            id, new StandInLine("Thank you", DisplayType: "line_note") { Sequence = 30 }, new StandInLine("Router", 2, 50m, Discount: 12.5m) { Sequence = 20 },
            new StandInLine("Hardware", DisplayType: "line_section") { Sequence = 15 }, new StandInLine("Fibre\n50 Mbps", 1.5m, 10m));
        var document = await FindAsync(DocumentKind.Invoices, id);
        Assert.Equal((102.5m, 15.38m, 117.88m, 1m, "USD", true), (document.Untaxed, document.Tax, document.Invoice!.Total, document.Invoice.Open, document.Invoice.Currency, document.Invoice.IsOverdue));
        Assert.Null(document.Order);
        Assert.Equal(
            [
                new ErpLine(LineKind.Item, "Fibre\n50 Mbps", 1.5m, 10m, null, 15m), ErpLine.Text(LineKind.Section, "Hardware"), new ErpLine(LineKind.Item, "Router", 2m, 50m, 12.5m, 87.5m),
                ErpLine.Text(LineKind.Note, "Thank you"),
            ],
            document.Lines);
    }

    [Theory]
    [InlineData("out_invoice", InvoiceKind.Invoice)]
    [InlineData("out_receipt", InvoiceKind.Invoice)]
    [InlineData("out_refund", InvoiceKind.CreditNote)]
    public async Task Credit_notes_and_receipts_open_as_listed(string type, InvoiceKind kind)
    {
        var id = Company.AddInvoice(partner, 30m, dueInDays: -5, type: type);
        var listed = Assert.Single((await Documents().InvoicesAsync($"{partner}", DocumentQuery.Latest, default)).Value.Items);
        var document = await FindAsync(DocumentKind.Invoices, id);
        Assert.Equal((listed, kind), (document.Invoice, listed.Kind));
        Assert.Equal(30m, Assert.Single(document.Lines).Amount);
    }

    [Fact]
    public async Task Invoice_in_instalments_has_the_listed_due_date()
    {
        var id = Company.AddInvoice(partner, 90m, dueInDays: 50);
        Company.SplitInvoice(id, (10m, -20), (80m, 50));
        Assert.Equal(Assert.Single((await Documents().InvoicesAsync($"{partner}", DocumentQuery.Latest, default)).Value.Items), (await FindAsync(DocumentKind.Invoices, id)).Invoice);
    }

    [Fact]
    public async Task Order_has_lines_and_no_PDF()
    {
        var id = Company.AddOrder(partner, 1m, "sent");
        Company.SetOrderLines(id, new StandInLine("Internet", DisplayType: "line_section"), new StandInLine("Fibre", 3, 20m, Discount: 10m));
        var document = await FindAsync(DocumentKind.Orders, id);
        Assert.Equal((OrderState.Sent, 54m, 8.1m, 62.1m, false), (document.Order!.State, document.Untaxed, document.Tax, document.Order.Total, document.HasPdf));
        Assert.Null(document.Invoice);
        Assert.Equal([ErpLine.Text(LineKind.Section, "Internet"), new ErpLine(LineKind.Item, "Fibre", 3m, 20m, 10m, 54m)], document.Lines);
        Assert.Equal(ErrorKind.NotFound, (await Documents().OpenPdfAsync($"{partner}", DocumentKind.Orders, $"{id}", default)).Error?.Kind);
    }

    [Fact]
    public async Task Lines_beyond_one_page_are_read()
    {
        var id = Company.AddInvoice(partner, 1m, dueInDays: 5);
        Company.SetInvoiceLines(id, [.. Enumerable.Range(0, 2300).Select(index => new StandInLine($"Call {index}", 1, 1m))]);
        var document = await FindAsync(DocumentKind.Invoices, id);
        Assert.Equal(Enumerable.Range(0, 2300).Select(index => $"Call {index}"), document.Lines.Select(line => line.Description));
    }

    [Fact]
    public async Task Stored_PDF_is_returned_unchanged_from_17_on()
    {
        var id = Company.AddInvoice(partner, 1m, dueInDays: 5);
        Assert.False((await FindAsync(DocumentKind.Invoices, id)).HasPdf);
        Assert.Equal(ErrorKind.NotFound, (await OpenAsync(id)).Error?.Kind);
        if (version < 17)
        {
            return;
        }

        Company.StorePdf(id, Pdf);
        Assert.True((await FindAsync(DocumentKind.Invoices, id)).HasPdf);
        var pdf = (await OpenAsync(id)).Value;
        using var read = new MemoryStream();
        await pdf.Content.CopyToAsync(read);
        Assert.Equal(Pdf, read.ToArray());
        Assert.Equal((Pdf.Length, $"INV-{DateTime.UtcNow.AddDays(5).Year}-{id:00000}.pdf"), ((int)pdf.Length, pdf.FileName));
    }

    [Fact]
    public async Task Unlisted_documents_cannot_be_opened()
    {
        var otherPerson = Company.AddPartner("Stranger Ltd", null, ("is_company", true));
        var subsidiary = Company.AddPartner("Subsidiary Ltd", null, ("is_company", true), ("parent_id", partner));
        long[] invoices =
        [
            Company.AddInvoice(otherPerson, 1m, dueInDays: 5), Company.AddInvoice(subsidiary, 1m, dueInDays: 5), Company.AddInvoice(partner, 1m, dueInDays: 5, state: "draft"),
            Company.AddInvoice(partner, 1m, dueInDays: 5, state: "cancel"), Company.AddInvoice(partner, 1m, dueInDays: 5, type: "in_invoice"), Company.AddInvoice(partner, 1m, dueInDays: 5, type: "entry"),
        ];
        foreach (var id in invoices)
        {
            if (version >= 17)
            {
                Company.StorePdf(id, Pdf);
            }

            Assert.Equal(ErrorKind.NotFound, (await Documents().FindDocumentAsync($"{partner}", DocumentKind.Invoices, $"{id}", default)).Error?.Kind);
            Assert.Equal(ErrorKind.NotFound, (await OpenAsync(id)).Error?.Kind);
        }

        foreach (var (owner, state) in new[] { (otherPerson, "sale"), (subsidiary, "sale"), (partner, "draft"), (partner, "cancel") })
        {
            var id = Company.AddOrder(owner, 1m, state);
            Assert.Equal(ErrorKind.NotFound, (await Documents().FindDocumentAsync($"{partner}", DocumentKind.Orders, $"{id}", default)).Error?.Kind);
        }

        // Their lines are not requested either, and never an attachment or a link that needs no login.
        Assert.DoesNotContain(odoo.Book.Calls, call => call.EndsWith(".line.search_read", StringComparison.Ordinal));
        Assert.DoesNotContain(odoo.Book.Calls, call => call.StartsWith("ir.attachment", StringComparison.Ordinal) || call.Contains("portal_url", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("")]
    [InlineData("0")]
    [InlineData("-1")]
    [InlineData("+1")]
    [InlineData(" 1")]
    [InlineData("1.0")]
    [InlineData("0x1")]
    [InlineData("１")]
    [InlineData("one")]
    [InlineData("2147483648")]
    [InlineData("99999999999999999999")]
    public async Task Impossible_id_is_not_requested(string id)
    {
        Assert.Equal(ErrorKind.NotFound, (await Documents().FindDocumentAsync($"{partner}", DocumentKind.Invoices, id, default)).Error?.Kind);
        Assert.Equal(ErrorKind.NotFound, (await Documents().FindDocumentAsync($"{partner}", DocumentKind.Orders, id, default)).Error?.Kind);
        Assert.Equal(ErrorKind.NotFound, (await Documents().OpenPdfAsync($"{partner}", DocumentKind.Invoices, id, default)).Error?.Kind);
        Assert.Empty(odoo.Book.Calls);
    }

    [Fact]
    public async Task Missing_right_is_403_missing_module_404_and_failure_503()
    {
        var (invoice, order) = (Company.AddInvoice(partner, 1m, dueInDays: 5), Company.AddOrder(partner, 1m));
        async Task<ErrorKind?> FailureAsync(DocumentKind kind, long id) => (await Documents().FindDocumentAsync($"{partner}", kind, $"{id}", default)).Error?.Kind;
        Company.DenyRobot("account.move.line");
        Assert.Equal(ErrorKind.Forbidden, await FailureAsync(DocumentKind.Invoices, invoice));
        Company.DenyRobot("account.move");
        Assert.Equal(ErrorKind.Forbidden, await FailureAsync(DocumentKind.Invoices, invoice));
        Assert.Equal(ErrorKind.Forbidden, (await OpenAsync(invoice)).Error?.Kind);
        odoo.Book.FailAlways("sale.order.line", Fault.BusyDatabase);
        Assert.Equal(ErrorKind.Unavailable, await FailureAsync(DocumentKind.Orders, order));
        odoo.Book.FailNoMore();
        Assert.Null(await FailureAsync(DocumentKind.Orders, order));
        Company.Uninstall("sale.order");
        Assert.Equal(ErrorKind.NotFound, await FailureAsync(DocumentKind.Orders, order));
    }

    [Fact]
    public async Task Lines_hidden_by_a_section_are_not_shown()
    {
        if (version < 19)
        {
            return; // This version has no such sections.
        }

        var id = Company.AddInvoice(partner, 1m, dueInDays: 5);
        Company.SetInvoiceLines(
            id, new StandInLine("Plain", 1, 1m), new StandInLine("Package", DisplayType: "line_section") { HidesLines = true }, new StandInLine("Secret part", 1, 20m),
            new StandInLine("Secret group", DisplayType: "line_subsection"), new StandInLine("Secret note", DisplayType: "line_note"), new StandInLine("Another secret part", 1, 30m),
            new StandInLine("Work", DisplayType: "line_section"), new StandInLine("Hours", DisplayType: "line_subsection") { HidesPrices = true }, new StandInLine("Ann", 2, 40m, Discount: 5m),
            new StandInLine("Travel", DisplayType: "line_subsection"), new StandInLine("Train", 1, 7m));
        Assert.Equal(
            [
                new ErpLine(LineKind.Item, "Plain", 1m, 1m, null, 1m), new ErpLine(LineKind.Section, "Package", null, null, null, 50m), ErpLine.Text(LineKind.Section, "Work"),
                new ErpLine(LineKind.Section, "Hours", null, null, null, 76m), new ErpLine(LineKind.Item, "Ann", 2m, null, null, null), ErpLine.Text(LineKind.Section, "Travel"),
                new ErpLine(LineKind.Item, "Train", 1m, 7m, null, 7m),
            ],
            (await FindAsync(DocumentKind.Invoices, id)).Lines);
    }

    [Fact]
    public async Task Document_links_to_the_portal_of_Odoo_once_Odoo_has_made_a_token()
    {
        var (invoice, order) = (Company.AddInvoice(partner, 1m, dueInDays: 5), Company.AddOrder(partner, 1m));
        Assert.Null((await LinkAsync(DocumentKind.Invoices, invoice)).PortalUrl);
        Company.ChangeRecord("account.move", invoice, ("access_token", "a b&c"));
        Company.ChangeRecord("sale.order", order, ("access_token", "secret"));
        Assert.Equal($"https://erp.example.com/odoo/my/invoices/{invoice}?access_token=a%20b%26c", (await LinkAsync(DocumentKind.Invoices, invoice)).PortalUrl);
        Assert.Equal($"https://erp.example.com/odoo/my/orders/{order}?access_token=secret", (await LinkAsync(DocumentKind.Orders, order)).PortalUrl);
        Assert.Null((await FindAsync(DocumentKind.Invoices, invoice)).PortalUrl);

        async Task<ErpDocument> LinkAsync(DocumentKind kind, long id) =>
            (await Documents("https://erp.example.com/odoo/").FindDocumentAsync($"{partner}", kind, $"{id}", default)).Value;
    }

    private async Task<ErpDocument> FindAsync(DocumentKind kind, long id) => (await Documents().FindDocumentAsync($"{partner}", kind, $"{id}", default)).Value;

    private Task<Result<ErpPdf>> OpenAsync(long id) => Documents().OpenPdfAsync($"{partner}", DocumentKind.Invoices, $"{id}", default);

    private OdooDocuments Documents(string? portal = null) =>
        new(client, new OdooOptions { SectionTimeout = TimeSpan.FromSeconds(20), PortalUrl = portal }, TimeProvider.System, NullLogger<OdooDocuments>.Instance);
}

public sealed class Odoo14OpenedDocumentTests() : OdooOpenedDocumentTests(14, OdooProtocol.JsonRpc);

public sealed class Odoo17OpenedDocumentTests() : OdooOpenedDocumentTests(17, OdooProtocol.JsonRpc);

public sealed class Odoo19OpenedDocumentTests() : OdooOpenedDocumentTests(19, OdooProtocol.Json2);

public sealed class Odoo19JsonRpcOpenedDocumentTests() : OdooOpenedDocumentTests(19, OdooProtocol.JsonRpc);
