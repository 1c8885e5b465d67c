using Patron.Customers.Dashboards;
using Patron.Odoo.Client;

namespace Patron.Odoo.Dashboard;

/// <summary>Invoices and credit notes: <c>account.move</c>.</summary>
internal sealed class InvoiceReader(OdooClient client, DateOnly today)
{
    private const string Model = "account.move";
    private const string CreditNote = "out_refund";
    private const int BatchSize = 1000;

    private static readonly string[] Fields =
        ["name", "move_type", "payment_state", "invoice_date", "invoice_date_due", "amount_total", "amount_residual", "currency_id", "ref"];

    public Task<ErpList<ErpInvoice>> ReadAsync(long commercialPartner, CancellationToken cancellation) => DocumentList.ReadAsync(
        client, new OdooSearch(Model, Posted(commercialPartner), Fields) { Order = "invoice_date desc, id desc" }, Invoice, cancellation);

    /// <summary>All that is overdue, added up by currency; what is open of credit notes is taken off.</summary>
    public async Task<ErpList<ErpArrears>> ReadArrearsAsync(long commercialPartner, CancellationToken cancellation)
    {
        var overdue = new List<OdooRow>();
        var after = 0L;
        int read;
        do
        {
            var domain = Posted(commercialPartner).And("amount_residual", ">", 0).And("invoice_date_due", "<", today.ToString("yyyy-MM-dd")).And("id", ">", after);
            var search = new OdooSearch(Model, domain, ["move_type", "amount_residual", "currency_id"]) { Order = "id", Limit = BatchSize };
            var rows = await client.SearchReadAsync(search, cancellation);
            overdue.AddRange(rows.Select(row => new OdooRow(row)));
            (read, after) = (rows.Count, overdue.Count > 0 ? overdue[^1].Id : 0);
        }
        while (read == BatchSize);

        var arrears = overdue.GroupBy(row => row.RelatedName("currency_id") ?? "", StringComparer.Ordinal)
            .Select(group => new ErpArrears(group.Key, group.Sum(row => row.Text("move_type") == CreditNote ? -row.Money("amount_residual") : row.Money("amount_residual")), group.Count()))
            .OrderBy(one => one.Currency, StringComparer.Ordinal);
        return new ErpList<ErpArrears>(overdue.Count, [.. arrears]);
    }

    private static OdooDomain Posted(long commercialPartner) =>
        DocumentList.Of(commercialPartner).AndIn("move_type", ["out_invoice", CreditNote]).And("state", "=", "posted");

    private ErpInvoice Invoice(OdooRow row)
    {
        var (open, due) = (row.Money("amount_residual"), row.Date("invoice_date_due"));
        return new ErpInvoice(
            row.Id, row.NumberOrId("name"), row.Text("move_type") == CreditNote ? InvoiceKind.CreditNote : InvoiceKind.Invoice, State(row.Text("payment_state"), open), row.Date("invoice_date"), due,
            open > 0 && due < today, row.Money("amount_total"), open, row.RelatedName("currency_id"), row.Text("ref"));
    }

    // 'in_payment' waits for the bank alone; 'blocked' (19) only says that nobody is reminded.
    private static InvoiceState State(string? state, decimal open) => state switch
    {
        "partial" => InvoiceState.PartlyPaid,
        "reversed" => InvoiceState.Reversed,
        "paid" or "in_payment" or "invoicing_legacy" => InvoiceState.Paid,
        "not_paid" or "blocked" => InvoiceState.Open,
        _ => open > 0 ? InvoiceState.Open : InvoiceState.Paid,
    };
}
