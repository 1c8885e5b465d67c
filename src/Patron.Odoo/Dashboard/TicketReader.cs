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

    private static readonly string[] ClosedStates = ["1_done", "1_canceled"];
    private static readonly string[] SearchedFields = ["name", "ticket_ref"];

    private static readonly string[] Fields = [
        "name", "ticket_ref", "stage_id", "state", "is_closed", "close_date", "create_date", "write_date"];

    public static Task<ErpList<ErpTicket>> ReadAsync(
        OdooClient client, long commercialPartner, DocumentQuery query, CancellationToken cancellationToken) =>
        OnModelAsync(commercialPartner, (model, domain) => ReadAsync(client, model, domain, query, cancellationToken));

    /// <summary>One of the listed tickets; null for any other.</summary>
    public static Task<ErpTicketDetails?> FindAsync(
        OdooClient client, long commercialPartner, long id, CancellationToken cancellationToken) =>
        OnModelAsync(commercialPartner, (model, domain) => FindAsync(client, model, domain, id, cancellationToken));

    /// <summary>Posts a message about one of the listed tickets. False for any other ticket.</summary>
    public static Task<bool> AnswerAsync(
        OdooClient client, long commercialPartner, long id, long author, string text, CancellationToken cancellationToken) =>
        OnModelAsync(commercialPartner, async (model, domain) =>
        {
            if (await client.CountAsync(model, domain.And("id", "=", id), cancellationToken) == 0)
            {
                return false;
            }

            await new TicketWriter(client).AnswerAsync(model, id, author, text, cancellationToken);
            return true;
        });

    private static async Task<T> OnModelAsync<T>(long commercialPartner, Func<string, OdooDomain, Task<T>> read)
    {
        try
        {
            return await read(TicketWriter.Helpdesk, DocumentList.Of(commercialPartner));
        }
        catch (OdooException failure) when (failure.Kind == OdooFailure.NoSuchModel)
        {
            return await read("project.task", DocumentList.Of(commercialPartner)
                .AndIn("project_id.privacy_visibility", CustomerVisibilities)
                .And("message_partner_ids", "child_of", new JsonArray(commercialPartner)));
        }
    }

    private static async Task<ErpList<ErpTicket>> ReadAsync(
        OdooClient client, string model, OdooDomain domain, DocumentQuery query, CancellationToken cancellationToken)
    {
        var availableFields = await client.FieldsOfAsync(model, cancellationToken);
        AddFilter(domain, query.Filter, availableFields);
        domain.AndFound(query, [.. SearchedFields.Where(availableFields.ContainsKey)]);
        return await DocumentList.ReadAsync(
            client, new OdooSearch(model, domain, Fields) { Order = "create_date desc, id desc" }, query,
            row => Ticket(row, availableFields), cancellationToken);
    }

    private static async Task<ErpTicketDetails?> FindAsync(
        OdooClient client, string model, OdooDomain domain, long id, CancellationToken cancellationToken)
    {
        var availableFields = await client.FieldsOfAsync(model, cancellationToken);
        var search = new OdooSearch(model, domain.And("id", "=", id), [.. Fields, "description"]);
        if (await client.SearchReadAsync(search, cancellationToken) is not [var found])
        {
            return null;
        }

        var row = new OdooRow(found);
        return new ErpTicketDetails(
            Ticket(row, availableFields), row.Text("description") is { } html ? HtmlText.ToPlain(html) : null,
            await TicketMessages.ReadAsync(client, model, id, cancellationToken),
            await new TicketWriter(client).MayAnswerAsync(model, cancellationToken));
    }

    private static ErpTicket Ticket(OdooRow row, IReadOnlyDictionary<string, OdooField> availableFields) => new(
        row.Id, row.Text("ticket_ref"), row.NumberOrId("name"), row.RelatedName("stage_id"), IsOpen(row, availableFields),
        row.Time("create_date"), row.Time("write_date"));

    // The same fields as in IsOpen, and a folded stage where Odoo has none of them.
    private static void AddFilter(OdooDomain domain, DocumentFilter filter, IReadOnlyDictionary<string, OdooField> availableFields)
    {
        if (filter == DocumentFilter.All)
        {
            return;
        }

        var isClosed = filter == DocumentFilter.Closed;
        if (availableFields.ContainsKey("state"))
        {
            domain.And("state", isClosed ? "in" : "not in", new JsonArray([.. ClosedStates.Select(state => (JsonNode)state)]));
        }
        else if (availableFields.ContainsKey("is_closed"))
        {
            domain.And("is_closed", "=", isClosed);
        }
        else if (availableFields.ContainsKey("close_date"))
        {
            domain.And("close_date", isClosed ? "!=" : "=", false);
        }
        else
        {
            domain.And("stage_id.fold", "=", isClosed);
        }
    }

    // Tasks have a state from 17 on and a flag before, tickets have a close date.
    private static bool? IsOpen(OdooRow row, IReadOnlyDictionary<string, OdooField> availableFields)
    {
        if (availableFields.ContainsKey("state"))
        {
            return !ClosedStates.Contains(row.Text("state"));
        }

        if (availableFields.ContainsKey("is_closed"))
        {
            return !row.Flag("is_closed");
        }

        return availableFields.ContainsKey("close_date") ? row.Time("close_date") is null : null;
    }
}
