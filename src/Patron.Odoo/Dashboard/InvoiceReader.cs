using System.Globalization;
using Patron.Erp.Dashboards;
using Patron.Odoo.Client;
using Patron.Shared.Results;

namespace Patron.Odoo.Dashboard;

/// <summary>Reads invoices, sales receipts and credit notes: <c>account.move</c>. A receipt is shown as an invoice.</summary>
internal sealed class InvoiceReader(OdooClient client, OdooPortal portal, DateOnly today)
{
    private const string Model = "account.move";
    private const string CreditNote = "out_refund";

    // 'in_payment' only waits for the bank; 'blocked' (19) only excludes it from reminders.
    private static readonly string[] OpenStates = ["not_paid", "partial", "blocked"];
    private static readonly string[] PaidStates = ["paid", "in_payment", "invoicing_legacy"];

    private static readonly string[] Fields =
        ["name", "move_type", "payment_state", "invoice_date", "invoice_date_due", "amount_total", "amount_residual", "currency_id", "ref"];

    /// <summary>A page of documents; an open invoice is due when its next instalment is.</summary>
    public async Task<ErpList<ErpInvoice>> ReadAsync(long commercialPartner, DocumentQuery query, CancellationToken cancellationToken)
    {
        var domain = (await FilterAsync(commercialPartner, query.Filter, cancellationToken)).AndFound(query, "name", "ref");
        var search = new OdooSearch(Model, domain, Fields) { Order = "invoice_date desc, id desc" };
        var invoices = await DocumentList.ReadAsync(client, search, query, Invoice, cancellationToken);
        return invoices with { Items = await WithNextDueDatesAsync(commercialPartner, invoices.Items, cancellationToken) };
    }

    /// <summary>One of the listed documents with its lines; null for any other.</summary>
    public async Task<ErpDocument?> FindAsync(long commercialPartner, long id, CancellationToken cancellationToken)
    {
        var search = new OdooSearch(
            Model, Posted(commercialPartner).And("id", "=", id),
            [.. Fields, "amount_untaxed", "amount_tax", InvoicePdf.Field, .. portal.Fields]) { ReturnFileSizes = true };
        if (await client.SearchReadAsync(search, cancellationToken) is not [var found])
        {
            return null;
        }

        var row = new OdooRow(found);
        var invoices = await WithNextDueDatesAsync(commercialPartner, [Invoice(row)], cancellationToken);
        var lines = await DocumentLines.OfInvoiceAsync(
            client, () => PostedLines(commercialPartner).And(OpenInstalments.Document, "=", id), cancellationToken);
        return new ErpDocument(
            invoices[0], null, row.Money("amount_untaxed"), row.Money("amount_tax"), lines, !row.IsEmpty(InvoicePdf.Field),
            portal.UrlOf(row));
    }

    /// <summary>The PDF of one of the listed documents.</summary>
    public Task<Result<ErpPdf>> OpenPdfAsync(long commercialPartner, long id, CancellationToken cancellationToken) =>
        InvoicePdf.OpenAsync(client, Model, () => Posted(commercialPartner).And("id", "=", id), cancellationToken);

    private async Task<IReadOnlyList<ErpInvoice>> WithNextDueDatesAsync(
        long commercialPartner, IReadOnlyList<ErpInvoice> invoices, CancellationToken cancellationToken)
    {
        long[] open = [.. invoices.Where(invoice => invoice is { Kind: InvoiceKind.Invoice, Open: > 0 }).Select(invoice => invoice.Id)];
        if (open.Length == 0
            || await OpenInstalments.TryReadAsync(
                client, () => PostedLines(commercialPartner).AndIn(OpenInstalments.Document, open),
                cancellationToken) is not { } instalments)
        {
            return invoices;
        }

        var dueDates = instalments.Where(instalment => instalment.Open > 0).GroupBy(instalment => instalment.Document)
            .ToDictionary(document => document.Key, document => document.Min(instalment => instalment.DueDate));
        return [
            .. invoices.Select(
                invoice =>
                    dueDates.GetValueOrDefault(invoice.Id) is { } due ? invoice with { DueDate = due, IsOverdue = due < today } : invoice)];
    }

    /// <summary>The overdue amounts by currency, less open credit notes.</summary>
    public async Task<ErpList<ErpArrears>> ReadArrearsAsync(long commercialPartner, CancellationToken cancellationToken)
    {
        var overdue = await ReadOverdueAsync(commercialPartner, cancellationToken);
        var arrears = overdue.GroupBy(instalment => instalment.Currency, StringComparer.Ordinal)
            .Select(group => new ErpArrears(group.Key, group.Sum(instalment => instalment.Open), CountDocuments(group)))
            .OrderBy(one => one.Currency, StringComparer.Ordinal);
        return new ErpList<ErpArrears>(CountDocuments(overdue), [.. arrears]);
    }

    /// <summary>Whether Patron's user may read instalments. Without them the last due date of an invoice counts.</summary>
    public async Task<bool> MayReadInstalmentsAsync(long commercialPartner, CancellationToken cancellationToken) =>
        await TryReadOverdueAsync(commercialPartner, cancellationToken) is not null;

    private async Task<OdooDomain> FilterAsync(long commercialPartner, DocumentFilter filter, CancellationToken cancellationToken) =>
        filter switch
        {
            DocumentFilter.Open => Posted(commercialPartner).AndIn("payment_state", OpenStates),
            DocumentFilter.Paid => Posted(commercialPartner).AndIn("payment_state", PaidStates),
            DocumentFilter.Overdue => Posted(commercialPartner).AndIn("id", OverdueInvoices(
                await ReadOverdueAsync(commercialPartner, cancellationToken))),
            _ => Posted(commercialPartner),
        };

    // Overdue credit notes are the customer's money.
    private static IEnumerable<long> OverdueInvoices(IEnumerable<Instalment> overdue) =>
        overdue.Where(instalment => instalment.Open > 0).Select(instalment => instalment.Document).Distinct();

    private async Task<IReadOnlyList<Instalment>> ReadOverdueAsync(long commercialPartner, CancellationToken cancellationToken) =>
        await TryReadOverdueAsync(commercialPartner, cancellationToken)
        ?? await ReadOverdueDocumentsAsync(commercialPartner, cancellationToken);

    private string Today => today.ToString("O", CultureInfo.InvariantCulture);

    private static OdooDomain Posted(long commercialPartner) => Posted(commercialPartner, "");

    private static OdooDomain PostedLines(long commercialPartner) => Posted(commercialPartner, OpenInstalments.Document + ".");

    private static OdooDomain Posted(long commercialPartner, string path) =>
        DocumentList.Of(commercialPartner, path).AndIn(path + "move_type", ["out_invoice", "out_receipt", CreditNote])
            .And(path + "state", "=", "posted");

    private static int CountDocuments(IEnumerable<Instalment> instalments) =>
        instalments.Select(instalment => instalment.Document).Distinct().Count();

    private Task<IReadOnlyList<Instalment>?> TryReadOverdueAsync(long commercialPartner, CancellationToken cancellationToken) =>
        OpenInstalments.TryReadAsync(client, () => PostedLines(commercialPartner).And("date_maturity", "<", Today), cancellationToken);

    // Each document as a single instalment with its last due date.
    private async Task<IReadOnlyList<Instalment>> ReadOverdueDocumentsAsync(long commercialPartner, CancellationToken cancellationToken)
    {
        var rows = await DocumentList.ReadAllAsync(
            client, Model, () => Posted(commercialPartner).And("amount_residual", ">", 0).And("invoice_date_due", "<", Today),
            ["move_type", "invoice_date_due", "amount_residual", "currency_id"], cancellationToken);
        return [.. rows.Select(row => new Instalment(
            row.Id, row.Date("invoice_date_due"), IsCreditNote(row)
                ? -row.Money("amount_residual")
                : row.Money("amount_residual"), row.RelatedName("currency_id") ?? ""))];
    }

    private ErpInvoice Invoice(OdooRow row)
    {
        var (open, due) = (row.Money("amount_residual"), row.Date("invoice_date_due"));
        return new ErpInvoice(
            row.Id, row.NumberOrId("name"), IsCreditNote(row)
                ? InvoiceKind.CreditNote
                : InvoiceKind.Invoice, State(row.Text("payment_state"), open), row.Date("invoice_date"), due,
            open > 0 && due < today
                && !IsCreditNote(row), row.Money("amount_total"), open, row.RelatedName("currency_id"), row.Text("ref"));
    }

    private static bool IsCreditNote(OdooRow row) => row.Text("move_type") == CreditNote;

    private static InvoiceState State(string? state, decimal open) => state switch
    {
        "partial" => InvoiceState.PartlyPaid,
        "reversed" => InvoiceState.Reversed,
        not null when PaidStates.Contains(state) => InvoiceState.Paid,
        not null when OpenStates.Contains(state) => InvoiceState.Open,
        _ => open > 0 ? InvoiceState.Open : InvoiceState.Paid,
    };
}
