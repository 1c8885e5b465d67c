using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Patron.OdooStandIn.Models;

namespace Patron.OdooStandIn.Server;

/// <summary>A response to send, and its number of rows.</summary>
internal sealed record Answer(int Status, string ContentType, byte[] Body, int Rows = 0)
{
    private const string JsonType = "application/json; charset=utf-8";

    public static Answer Html(int status, string body) => new(status, "text/html; charset=utf-8", Encoding.UTF8.GetBytes(body));

    public static Answer Page(int status, string title, string text) =>
        Html(status, $"<!doctype html>\n<html lang=en>\n<title>{status} {title}</title>\n<h1>{title}</h1>\n<p>{text}</p>\n");

    public static Answer NotFound() =>
        Page(404, "Not Found", "The requested URL was not found on the server. If you entered the URL manually please check your spelling and try again.");

    public static Answer Json(JsonNode json, int status = 200) => Json(status, writer => json.WriteTo(writer));

    public static Answer Json(int status, Action<Utf8JsonWriter> write, int rows = 0)
    {
        using var stream = new MemoryStream();
        using (var writer = new Utf8JsonWriter(stream))
        {
            write(writer);
        }

        return new Answer(status, JsonType, stream.ToArray(), rows);
    }

    /// <summary>Formats an exception like both protocols do. The traceback is text that no client may show.</summary>
    public static JsonObject Describe(OdooError error, JsonNode? argument = null) => new()
    {
        ["name"] = error.Name,
        ["message"] = error.Message,
        ["arguments"] = new JsonArray(argument ?? error.Message),
        ["context"] = new JsonObject(),
        ["debug"] = $"Traceback (most recent call last):\n  File \"/opt/odoo/odoo/service/model.py\", line 184, in retrying\n    ...\n{error.Name}: {error.Message}\n",
    };
}
