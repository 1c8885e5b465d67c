using Patron.Erp.Dashboards;
using Patron.Odoo.Client;

namespace Patron.Odoo.Dashboard;

/// <summary>
/// Quotations and orders: <c>sale.order</c>, in the states that Odoo's own portal shows. A draft is not said yet, and what was cancelled is not offered.
/// </summary>
internal static class OrderReader
{
    // 'done' is a confirmed order that is locked; from 17 on that is no state any more.
    private static readonly string[] Shown = ["sent", "sale", "done"];

    public static Task<ErpList<ErpOrder>> ReadAsync(OdooClient client, long commercialPartner, CancellationToken cancellation) => DocumentList.ReadAsync(
        client,
        new OdooSearch("sale.order", DocumentList.Of(commercialPartner).AndIn("state", Shown), ["name", "state", "date_order", "amount_total", "currency_id", "client_order_ref"]) { Order = "date_order desc, id desc" },
        row => new ErpOrder(row.Id, row.NumberOrId("name"), State(row.Text("state")), row.Time("date_order"), row.Money("amount_total"), row.RelatedName("currency_id"), row.Text("client_order_ref")),
        cancellation);

    private static OrderState State(string? state) => state == "sent" ? OrderState.Sent : OrderState.Confirmed;
}
