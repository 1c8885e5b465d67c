using Patron.Erp.Dashboards;
using Patron.Odoo.Client;

namespace Patron.Odoo.Dashboard;

/// <summary>
/// Reads quotations and orders: <c>sale.order</c>, in the states that Odoo's own portal shows. Drafts were not sent yet, and cancelled
/// orders are not shown.
/// </summary>
internal static class OrderReader
{
    private const string Model = "sale.order";

    private static readonly string[] Fields = ["name", "state", "date_order", "amount_total", "currency_id", "client_order_ref"];

    // 'done' is a locked order; from 17 on it is not a state any more.
    private static readonly string[] ConfirmedStates = ["sale", "done"];
    private static readonly string[] QuotationStates = ["sent"];
    private static readonly string[] VisibleStates = [.. QuotationStates, .. ConfirmedStates];

    public static Task<ErpList<ErpOrder>> ReadAsync(
        OdooClient client, long commercialPartner, DocumentQuery query, CancellationToken cancellationToken)
    {
        var domain = DocumentList.Of(commercialPartner).AndIn("state", StatesOf(query.Filter)).AndFound(query, "name", "client_order_ref");
        return DocumentList.ReadAsync(
            client, new OdooSearch(Model, domain, Fields) { Order = "date_order desc, id desc" }, query, Order, cancellationToken);
    }

    /// <summary>One of the listed orders with its lines; null for any other. Odoo stores no PDF of orders.</summary>
    public static async Task<ErpDocument?> FindAsync(
        OdooClient client, OdooPortal portal, long commercialPartner, long id, CancellationToken cancellationToken)
    {
        var search = new OdooSearch(
            Model, Visible(commercialPartner).And("id", "=", id), [.. Fields, "amount_untaxed", "amount_tax", .. portal.Fields]);
        if (await client.SearchReadAsync(search, cancellationToken) is not [var found])
        {
            return null;
        }

        var row = new OdooRow(found);
        var lines = await ReadLinesAsync(client, commercialPartner, id, cancellationToken);
        return new ErpDocument(
            null, Order(row), row.Money("amount_untaxed"), row.Money("amount_tax"), lines, HasPdf: false, portal.UrlOf(row));
    }

    /// <summary>The lines of one of the listed orders; none for any other.</summary>
    public static Task<IReadOnlyList<ErpLine>> ReadLinesAsync(
        OdooClient client, long commercialPartner, long id, CancellationToken cancellationToken) =>
        DocumentLines.OfOrderAsync(client, () => Visible(commercialPartner, "order_id.").And("order_id", "=", id), cancellationToken);

    private static OdooDomain Visible(long commercialPartner, string path = "") =>
        DocumentList.Of(commercialPartner, path).AndIn(path + "state", VisibleStates);

    private static string[] StatesOf(DocumentFilter filter) => filter switch
    {
        DocumentFilter.Quotations => QuotationStates,
        DocumentFilter.Confirmed => ConfirmedStates,
        _ => VisibleStates,
    };

    private static ErpOrder Order(OdooRow row) => new(
        row.Id, row.NumberOrId("name"), State(row.Text("state")), row.Time("date_order"), row.Money("amount_total"),
        row.RelatedName("currency_id"), row.Text("client_order_ref"));

    private static OrderState State(string? state) => state == "sent" ? OrderState.Sent : OrderState.Confirmed;
}
