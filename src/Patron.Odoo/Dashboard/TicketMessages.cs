using Patron.Erp.Dashboards;
using Patron.Odoo.Client;

namespace Patron.Odoo.Dashboard;

/// <summary>
/// Reads the messages of a ticket: <c>mail.message</c>, with the conditions of Odoo's own portal. Internal notes, and changes that Odoo
/// logs, are not shown.
/// </summary>
internal static class TicketMessages
{
    private const string Model = "mail.message";
    private const int Latest = 100;

    private static readonly string[] Types = ["comment", "email", "email_outgoing"];

    /// <summary>The latest hundred, the oldest first; none where Patron's user may not read them.</summary>
    public static async Task<IReadOnlyList<ErpMessage>> ReadAsync(
        OdooClient client, string model, long ticket, CancellationToken cancellationToken)
    {
        var visible = OdooDomain.All.And("model", "=", model).And("res_id", "=", ticket).AndIn("message_type", Types)
            .And("is_internal", "=", false).And("subtype_id", "!=", false).And("subtype_id.internal", "=", false);
        var search = new OdooSearch(Model, visible, ["author_id", "date", "body"]) { Order = "date desc, id desc", Limit = Latest };
        try
        {
            var rows = await client.SearchReadAsync(search, cancellationToken);
            return [.. rows.Reverse().Select(row => Message(new OdooRow(row))).Where(message => message.Text.Length > 0)];
        }
        catch (OdooException failure) when (failure.Kind is OdooFailure.Denied or OdooFailure.NoSuchModel or OdooFailure.NoSuchField)
        {
            return [];
        }
    }

    private static ErpMessage Message(OdooRow row) =>
        new(row.RelatedName("author_id"), row.Time("date"), HtmlText.ToPlain(row.Text("body") ?? ""));
}
