using Patron.Erp.Dashboards;
using Patron.Odoo.Client;

namespace Patron.Odoo.Dashboard;

/// <summary>
/// Reads services: running, paused and ended subscriptions. From 16 on they are orders with further fields, before that
/// <c>sale.subscription</c>; the Community edition has neither.
/// </summary>
internal static class ServiceReader
{
    private static readonly string[] OrderFields =
        [
            "name", "plan_id", "recurrence_id", "subscription_state", "stage_category", "start_date", "next_invoice_date",
            "recurring_total", "amount_total", "currency_id"];

    private static readonly string[] SubscriptionFields =
        [
            "code", "name", "template_id", "stage_id", "stage_category", "in_progress", "date_start", "recurring_next_date",
            "recurring_total", "currency_id"];

    public static async Task<ErpList<ErpService>> ReadAsync(OdooClient client, long commercialPartner, CancellationToken cancellationToken)
    {
        var orders = await client.FieldsOfAsync("sale.order", cancellationToken);
        if (orders.ContainsKey("is_subscription"))
        {
            return await ReadOrdersAsync(client, orders, commercialPartner, cancellationToken);
        }

        return await DocumentList.ReadAsync(
            client, new OdooSearch("sale.subscription", DocumentList.Of(commercialPartner), SubscriptionFields) { Order = "id desc" },
            DocumentQuery.Latest, row => new ErpService(
                row.Id, row.Text("code") ?? row.NumberOrId("name"), row.RelatedName("template_id"),
                State(row.Text("stage_category")) ?? (row.Flag("in_progress") ? ServiceState.Active : null),
                row.Date("date_start"), row.Date("recurring_next_date"), row.Money("recurring_total"), row.RelatedName("currency_id")),
            cancellationToken);
    }

    // Quotations and renewed subscriptions are excluded, as in Odoo's own portal.
    private static Task<ErpList<ErpService>> ReadOrdersAsync(
        OdooClient client, IReadOnlyDictionary<string, OdooField> availableFields, long commercialPartner,
        CancellationToken cancellationToken)
    {
        var domain = DocumentList.Of(commercialPartner).And("is_subscription", "=", true);
        if (availableFields.ContainsKey("subscription_state"))
        {
            domain = domain.AndIn("subscription_state", ["3_progress", "4_paused", "6_churn"]);
        }
        else if (availableFields.ContainsKey("stage_category"))
        {
            domain = domain.AndIn("stage_category", ["progress", "paused", "closed"]);
        }

        var total = availableFields.ContainsKey("recurring_total") ? "recurring_total" : "amount_total";
        return DocumentList.ReadAsync(
            client, new OdooSearch("sale.order", domain, OrderFields) { Order = "id desc" },
            DocumentQuery.Latest, row => new ErpService(
                row.Id, row.NumberOrId("name"), row.RelatedName("plan_id") ?? row.RelatedName("recurrence_id"),
                State(row.Text("subscription_state") ?? row.Text("stage_category")), row.Date("start_date"), row.Date("next_invoice_date"),
                row.Money(total), row.RelatedName("currency_id")),
            cancellationToken);
    }

    private static ServiceState? State(string? state) => state switch
    {
        "3_progress" or "progress" => ServiceState.Active,
        "4_paused" or "paused" => ServiceState.Paused,
        "6_churn" or "closed" => ServiceState.Ended,
        _ => null,
    };
}
