using System.Text.Json.Nodes;
using Patron.Erp.Dashboards;
using Patron.Odoo.Client;

namespace Patron.Odoo.Dashboard;

/// <summary>
/// Reads tickets: <c>helpdesk.ticket</c> where Enterprise's helpdesk is installed, else <c>project.task</c>, of which only those that
/// Odoo's own portal shows: in projects shared with customers, and followed by somebody of the customer's company. Internal tasks of
/// employees are not shown.
/// </summary>
internal static class TicketReader
{
    // 'portal' is the default of every project, so it is not sufficient alone; 'invited_users' is new in 19.
    private static readonly string[] CustomerVisibilities = ["portal", "invited_users"];

    private static readonly string[] Fields = [
        "name", "ticket_ref", "stage_id", "state", "is_closed", "close_date", "create_date", "write_date"];

    public static async Task<ErpList<ErpTicket>> ReadAsync(OdooClient client, long commercialPartner, CancellationToken cancellationToken)
    {
        try
        {
            return await ReadAsync(client, "helpdesk.ticket", DocumentList.Of(commercialPartner), cancellationToken);
        }
        catch (OdooException failure) when (failure.Kind == OdooFailure.NoSuchModel)
        {
            var domain = DocumentList.Of(commercialPartner).AndIn("project_id.privacy_visibility", CustomerVisibilities)
                .And("message_partner_ids", "child_of", new JsonArray(commercialPartner));
            return await ReadAsync(client, "project.task", domain, cancellationToken);
        }
    }

    private static async Task<ErpList<ErpTicket>> ReadAsync(
        OdooClient client, string model, OdooDomain domain, CancellationToken cancellationToken)
    {
        var availableFields = await client.FieldsOfAsync(model, cancellationToken);
        return await DocumentList.ReadAsync(
            client, new OdooSearch(model, domain, Fields) { Order = "create_date desc, id desc" },
            row =>
                new ErpTicket(
                    row.Id, row.Text("ticket_ref"), row.NumberOrId("name"), row.RelatedName("stage_id"), IsOpen(row, availableFields),
                    row.Time("create_date"), row.Time("write_date")), cancellationToken);
    }

    // Tasks have a state from 17 on and a flag before, tickets have a close date.
    private static bool? IsOpen(OdooRow row, IReadOnlyDictionary<string, OdooField> availableFields)
    {
        if (availableFields.ContainsKey("state"))
        {
            return row.Text("state") is not ("1_done" or "1_canceled");
        }

        if (availableFields.ContainsKey("is_closed"))
        {
            return !row.Flag("is_closed");
        }

        return availableFields.ContainsKey("close_date") ? row.Time("close_date") is null : null;
    }
}
