using System.Net;
using System.Security.Cryptography;
using System.Text.Json;
using Patron.IntegrationTests.Customers;
using Patron.IntegrationTests.Hosting;
using Patron.IntegrationTests.Linking;
using Patron.OdooStandIn.Company;
using Patron.OdooStandIn.Server;

namespace Patron.IntegrationTests.Odoo;

/// <summary>One document over HTTP: people open their own invoices and orders only.</summary>
public sealed class OpenedDocumentTests(PatronWithOdoo app) : IClassFixture<PatronWithOdoo>
{
    private static readonly byte[] Pdf = "%PDF-1.7 ÿ\0 an invoice"u8.ToArray();

    [Fact]
    public async Task Customer_opens_an_invoice_with_its_lines()
    {
        var partner = app.NewPartner();
        var id = app.Company.AddInvoice(partner, 1m, dueInDays: -5, residual: 50m, paymentState: "partial");
        app.Company.SetInvoiceLines(id, new StandInLine("Internet", DisplayType: "line_section"), new StandInLine("Fibre 50 Mbps", 2, 50m, Discount: 10m));
        var person = await app.CustomerOfAsync(partner);
        var listed = Assert.Single(DashboardTests.Items(await app.ReadDashboardAsync(person), "billing"));
        var document = await ReadAsync(person, $"invoices/{listed.GetProperty("id").GetInt64()}");
        Assert.Equal(listed.GetRawText(), document.GetProperty("invoice").GetRawText());
        Assert.Equal((90m, 13.5m, false), (document.GetProperty("untaxed").GetDecimal(), document.GetProperty("tax").GetDecimal(), document.GetProperty("has_pdf").GetBoolean()));
        Assert.Equal(JsonValueKind.Null, document.GetProperty("order").ValueKind);
        Assert.Equal(
            """[{"kind":"section","description":"Internet","quantity":null,"unit_price":null,"discount":null,"amount":null},{"kind":"item","description":"Fibre 50 Mbps","quantity":2.0,"unit_price":50.0,"discount":10.0,"amount":90.0}]""",
            document.GetProperty("lines").GetRawText());
    }

    [Fact]
    public async Task Customer_opens_orders_of_the_company_and_its_contacts()
    {
        var partner = app.NewPartner();
        var contact = app.NewPartner("Contact", partner, isCompany: false);
        var (own, theirs) = (app.Company.AddOrder(partner, 50m), app.Company.AddOrder(contact, 60m));
        var person = await app.CustomerOfAsync(partner);
        Assert.Equal("confirmed", (await ReadAsync(person, $"orders/{own}")).GetProperty("order").Text("state"));
        Assert.Equal(60m, Assert.Single((await ReadAsync(person, $"orders/{theirs}/")).GetProperty("lines").EnumerateArray()).GetProperty("amount").GetDecimal());
    }

    [Fact]
    public async Task PDF_is_passed_through_and_not_cached()
    {
        var partner = app.NewPartner();
        var id = app.Company.AddInvoice(partner, 1m, dueInDays: 5);
        app.Company.StorePdf(id, Pdf);
        var person = await app.CustomerOfAsync(partner);
        Assert.True((await ReadAsync(person, $"invoices/{id}")).GetProperty("has_pdf").GetBoolean());

        var answer = await GetAsync(person, $"invoices/{id}/pdf/");
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Equal(Pdf, await answer.Content.ReadAsByteArrayAsync());
        var headers = answer.Content.Headers;
        Assert.Equal(("application/pdf", Pdf.Length), (headers.ContentType?.ToString(), (int?)headers.ContentLength));
        Assert.Equal(("attachment", $"INV-{DateTime.UtcNow.AddDays(5).Year}-{id:00000}.pdf"), (headers.ContentDisposition?.DispositionType, headers.ContentDisposition?.FileName));
        Assert.Equal(("no-store", "nosniff"), (answer.Headers.CacheControl?.ToString(), Assert.Single(answer.Headers.GetValues("X-Content-Type-Options"))));

        var head = await app.Accounts.SendAsync(HttpMethod.Head, $"/api/portal/documents/invoices/{id}/pdf/", person);
        Assert.Equal((HttpStatusCode.OK, Pdf.Length, 0), (head.StatusCode, (int?)head.Content.Headers.ContentLength, (await head.Content.ReadAsByteArrayAsync()).Length));
    }

    [Theory]
    [InlineData("invoices/{0}", "another company's")]
    [InlineData("invoices/{1}", "the parent company's")]
    [InlineData("invoices/{2}", "a draft")]
    [InlineData("orders/{4}", "another company's")]
    [InlineData("orders/{3}", "cancelled")]
    [InlineData("invoices/2147483646", "nobody's")]
    [InlineData("invoices/99999999999999999999", "huge")]
    [InlineData("invoices/-1", "negative")]
    [InlineData("invoices/0", "nought")]
    [InlineData("invoices/INV%2F2026%2F00001", "a number")]
    [InlineData("invoices/1%20or%201=1", "text")]
    [InlineData("attachments/{0}", "no such kind")]
    [InlineData("1/{0}", "no kind at all")]
    public async Task Other_and_missing_documents_get_the_same_404(string path, string what)
    {
        var (otherPerson, parent) = (app.NewPartner("Stranger Ltd"), app.NewPartner("Parent Ltd"));
        var partner = app.NewPartner("Subsidiary Ltd", parent);
        object[] ids =
        [
            app.Company.AddInvoice(otherPerson, 1m, dueInDays: 5), app.Company.AddInvoice(parent, 1m, dueInDays: 5), app.Company.AddInvoice(partner, 1m, dueInDays: 5, state: "draft"),
            app.Company.AddOrder(partner, 1m, "cancel"), app.Company.AddOrder(otherPerson, 1m),
        ];
        foreach (var invoice in ids[..3])
        {
            app.Company.StorePdf((long)invoice, Pdf);
        }

        var person = await app.CustomerOfAsync(partner);
        foreach (var (end, sentence) in new[] { ("/", "You don't have a document with this id."), ("/pdf/", "There's no PDF of a document of yours with this id.") })
        {
            var answer = await (await GetAsync(person, string.Format(null, path, ids) + end)).ShouldBeAsync(HttpStatusCode.NotFound);
            Assert.Equal($$"""{"type":"about:blank","title":"Not Found","status":404,"code":"document_not_found","detail":"{{sentence}}","request_id":"","success":false,"message":"{{sentence}}"}""", answer.GetRawText().WithoutRequestId());
        }

        Assert.NotEmpty(what);
    }

    [Fact]
    public async Task Own_document_without_a_PDF_is_404()
    {
        var partner = app.NewPartner();
        var (invoice, order) = (app.Company.AddInvoice(partner, 1m, dueInDays: 5), app.Company.AddOrder(partner, 1m));
        var person = await app.CustomerOfAsync(partner);
        await (await GetAsync(person, $"invoices/{invoice}/pdf")).ShouldBeAsync(HttpStatusCode.NotFound);
        await (await GetAsync(person, $"orders/{order}/pdf")).ShouldBeAsync(HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task Partner_in_conflict_or_without_customer_has_no_documents()
    {
        var partner = app.NewPartner();
        var id = app.Company.AddInvoice(partner, 1m, dueInDays: 5);
        app.Company.StorePdf(id, Pdf);
        var (person, customer) = await app.SignUpAsync();
        await app.LinkPartnerAsync(customer.Uid, partner);
        await ReadAsync(person, $"invoices/{id}");

        await app.CustomersSqlAsync<object>("UPDATE erp.partners SET state = 'conflict', reason = 'address_moved' WHERE customer_uid = $1", customer.Uid);
        var calls = app.Odoo.Book.Calls.Count;
        await NoneAsync();
        await app.LinkPartnerAsync(customer.Uid, null);
        await NoneAsync();
        Assert.Equal(calls, app.Odoo.Book.Calls.Count);

        async Task NoneAsync()
        {
            await (await GetAsync(person, $"invoices/{id}")).ShouldBeAsync(HttpStatusCode.NotFound);
            await (await GetAsync(person, $"invoices/{id}/pdf")).ShouldBeAsync(HttpStatusCode.NotFound);
        }
    }

    [Fact]
    public async Task Missing_right_is_403_and_unavailable_Odoo_503()
    {
        var partner = app.NewPartner();
        var id = app.Company.AddInvoice(partner, 1m, dueInDays: 5);
        app.Company.StorePdf(id, Pdf);
        var person = await app.CustomerOfAsync(partner);
        app.Company.DenyRobot("account.move");
        try
        {
            await FailsAsync(HttpStatusCode.Forbidden, "isn't allowed to read");
        }
        finally
        {
            app.Company.AllowRobot("account.move");
        }

        foreach (var fault in new[] { Fault.DropConnection, Fault.BusyDatabase, Fault.BadJson })
        {
            app.Odoo.Book.FailAlways("account.move", fault);
            try
            {
                await FailsAsync(HttpStatusCode.ServiceUnavailable, "be reached");
            }
            finally
            {
                app.Odoo.Book.FailNoMore();
            }
        }

        await ReadAsync(person, $"invoices/{id}");

        async Task FailsAsync(HttpStatusCode status, string words)
        {
            Assert.Contains(words, (await (await GetAsync(person, $"invoices/{id}")).ShouldBeAsync(status)).Text("detail"), StringComparison.Ordinal);
            Assert.Contains(words, (await (await GetAsync(person, $"invoices/{id}/pdf")).ShouldBeAsync(status)).Text("detail"), StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Hanging_Odoo_is_unavailable_after_the_section_timeout()
    {
        var partner = app.NewPartner();
        var id = app.Company.AddInvoice(partner, 1m, dueInDays: 5);
        var person = await app.CustomerOfAsync(partner);
        app.Odoo.Book.FailAlways("account.move.line", Fault.Hang);
        try
        {
            await (await GetAsync(person, $"invoices/{id}")).ShouldBeAsync(HttpStatusCode.ServiceUnavailable);
        }
        finally
        {
            app.Odoo.Book.FailNoMore();
        }
    }

    [Theory]
    [InlineData(1, false)]
    [InlineData(1024 * 1024, true)]
    public async Task PDF_above_the_limit_is_refused_and_at_the_limit_accepted(int over, bool isSeenBefore)
    {
        var partner = app.NewPartner();
        var id = app.Company.AddInvoice(partner, 1m, dueInDays: 5);
        var limit = new byte[20 * 1024 * 1024];
        app.Company.StorePdf(id, [.. limit, .. new byte[over]]);
        var person = await app.CustomerOfAsync(partner);
        var before = app.Odoo.Book.Count("account.move.search_read");
        var refused = await (await GetAsync(person, $"invoices/{id}/pdf")).ShouldBeAsync(HttpStatusCode.BadRequest);
        Assert.Contains("20 MB", refused.Text("detail"), StringComparison.Ordinal);
        Assert.Equal(isSeenBefore ? 1 : 2, app.Odoo.Book.Count("account.move.search_read") - before);

        RandomNumberGenerator.Fill(limit);
        app.Company.StorePdf(id, limit);
        var answer = await GetAsync(person, $"invoices/{id}/pdf");
        Assert.Equal(SHA256.HashData(limit), SHA256.HashData(await answer.Content.ReadAsByteArrayAsync()));
    }

    [Fact]
    public async Task Documents_need_a_record_in_the_home_organization()
    {
        var partner = app.NewPartner();
        var id = app.Company.AddInvoice(partner, 1m, dueInDays: 5);
        app.Company.StorePdf(id, Pdf);
        await app.CustomerOfAsync(partner);
        var (admin, without, other) = (await app.AdminAsync(), await app.RegisterAsync(), await app.CustomerOfAsync(app.NewPartner()));
        var key = await app.ApiKeyAsync();
        foreach (var path in new[] { $"invoices/{id}/", $"invoices/{id}/pdf/" })
        {
            await (await app.Accounts.Client.GetAsync($"/api/portal/documents/{path}")).ShouldBeAsync(HttpStatusCode.Unauthorized);
            using var byKey = new HttpRequestMessage(HttpMethod.Get, $"/api/portal/documents/{path}") { Headers = { { "Authorization", $"token {key}" } } };
            await (await app.Accounts.Client.SendAsync(byKey)).ShouldBeAsync(HttpStatusCode.Forbidden);
            foreach (var person in new[] { admin, without, other })
            {
                await (await GetAsync(person, path)).ShouldBeAsync(HttpStatusCode.NotFound);
            }
        }
    }

    private Task<HttpResponseMessage> GetAsync(Person who, string path) => app.Accounts.SendAsync(HttpMethod.Get, $"/api/portal/documents/{path}", who);

    private async Task<JsonElement> ReadAsync(Person who, string path)
    {
        var answer = await (await GetAsync(who, path)).ShouldBeAsync(HttpStatusCode.OK);
        Assert.True(answer.GetProperty("success").GetBoolean());
        return answer.GetProperty("data");
    }
}
