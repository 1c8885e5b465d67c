using System.Net;
using System.Text.Json;
using System.Text.Json.Nodes;
using Patron.Odoo.Client;

namespace Patron.Odoo.Dashboard;

/// <summary>
/// Opens tickets of <c>helpdesk.ticket</c> and posts messages of customers, as far as Patron's user may. Tasks are not opened: Odoo would
/// ask for a project.
/// </summary>
internal sealed class TicketWriter(OdooClient client)
{
    public const string Helpdesk = "helpdesk.ticket";

    private const int FirstVersionWithHasAccess = 18;
    private const int FirstVersionThatEscapes = 17;

    public Task<bool> MayOpenAsync(CancellationToken cancellationToken) => HasRightAsync(Helpdesk, "create", cancellationToken);

    // Odoo takes messages about tasks from everybody who may read them, and about tickets from those who may write.
    public async Task<bool> MayAnswerAsync(string model, CancellationToken cancellationToken) =>
        model != Helpdesk || await HasRightAsync(model, "write", cancellationToken);

    public Task OpenAsync(long partner, string subject, string text, CancellationToken cancellationToken) => client.CallWithoutRetryAsync(
        Helpdesk, "create",
        new JsonObject
        {
            ["vals_list"] = new JsonArray(new JsonObject { ["name"] = subject, ["description"] = ToHtml(text), ["partner_id"] = partner }),
        },
        cancellationToken);

    public async Task AnswerAsync(string model, long ticket, long partner, string text, CancellationToken cancellationToken)
    {
        var message = new JsonObject
        {
            ["ids"] = new JsonArray(ticket), ["body"] = ToHtml(text), ["author_id"] = partner, ["message_type"] = "comment",
            ["subtype_xmlid"] = "mail.mt_comment",
        };
        if ((await client.VersionAsync(cancellationToken)).Major >= FirstVersionThatEscapes)
        {
            message["body_is_html"] = true;
        }

        await client.CallWithoutRetryAsync(model, "message_post", message, cancellationToken);
    }

    private async Task<bool> HasRightAsync(string model, string operation, CancellationToken cancellationToken)
    {
        var isNew = (await client.VersionAsync(cancellationToken)).Major >= FirstVersionWithHasAccess;
        var answer = isNew
            ? await client.CallAsync(
                model, "has_access", new JsonObject { ["ids"] = new JsonArray(), ["operation"] = operation }, cancellationToken)
            : await client.CallAsync(
                model, "check_access_rights", new JsonObject { ["operation"] = operation, ["raise_exception"] = false }, cancellationToken);
        return answer.ValueKind == JsonValueKind.True;
    }

    private static string ToHtml(string text) =>
        $"<p>{WebUtility.HtmlEncode(text).ReplaceLineEndings("<br/>")}</p>";
}
