using Patron.Customers.Dashboards;
using Patron.Odoo.Client;

namespace Patron.Odoo.Dashboard;

/// <summary>Quotations and orders: <c>sale.order</c>.</summary>
internal static class OrderReader
{
    public static Task<ErpList<ErpOrder>> ReadAsync(OdooClient client, long commercialPartner, CancellationToken cancellation) => DocumentList.ReadAsync(
        client,
        new OdooSearch("sale.order", DocumentList.Of(commercialPartner), ["name", "state", "date_order", "amount_total", "currency_id", "client_order_ref"]) { Order = "date_order desc, id desc" },
        row => new ErpOrder(row.Id, row.NumberOrId("name"), State(row.Text("state")), row.Time("date_order"), row.Money("amount_total"), row.RelatedName("currency_id"), row.Text("client_order_ref")),
        cancellation);

    // 'done' is a confirmed order that is locked; from 17 on that is no state any more.
    private static OrderState? State(string? state) => state switch
    {
        "draft" => OrderState.Draft,
        "sent" => OrderState.Sent,
        "sale" or "done" => OrderState.Confirmed,
        "cancel" => OrderState.Cancelled,
        _ => null,
    };
}
