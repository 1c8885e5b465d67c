using System.Net;
using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Patron.UnitTests.Odoo;

/// <summary>A recorded HTTP exchange with a real Odoo.</summary>
internal sealed class Recording
{
    private static readonly string Folder = System.IO.Path.Combine(System.IO.Path.GetDirectoryName(ThisFile())!, "wire");

    private readonly JsonObject exchange;

    private Recording(JsonObject exchange) => this.exchange = exchange;

    public string Name => exchange["name"]!.GetValue<string>();

    public string Method => Request["method"]!.GetValue<string>();

    public string Path => Request["path"]!.GetValue<string>();

    /// <summary>The request body as JSON; null where it is not JSON.</summary>
    public JsonNode? RequestBody => TryParse(Request["body"]?.GetValue<string>());

    /// <summary>The response body as JSON; null where it is not JSON.</summary>
    public JsonNode? ResponseBody => TryParse(Response["body"]?.GetValue<string>());

    /// <summary>The returned value: the result of JSON-RPC, the bare response of JSON-2.</summary>
    public JsonNode? Result => Path == "/jsonrpc" ? ResponseBody!["result"] : ResponseBody;

    private JsonObject Request => exchange["request"]!.AsObject();

    private JsonObject Response => exchange["response"]!.AsObject();

    public static Recording Read(string folder, string name) => Parse(System.IO.Path.Combine(Folder, folder, name + ".json"));

    public static IReadOnlyList<Recording> All(string folder) =>
        [.. Directory.GetFiles(System.IO.Path.Combine(Folder, folder), "*.json").Order(StringComparer.Ordinal).Select(Parse)];

    public string? Header(string name) => Request["headers"]!.AsArray().FirstOrDefault(header => header![0]!.GetValue<string>() == name)?[1]!.GetValue<string>();

    /// <summary>The response with its recorded status, headers and HTTP version.</summary>
    public HttpResponseMessage ToResponse()
    {
        var response = new HttpResponseMessage((HttpStatusCode)Response["status"]!.GetValue<int>())
        {
            Version = Response["http_version"]!.GetValue<int>() == 10 ? HttpVersion.Version10 : HttpVersion.Version11,
            Content = new ByteArrayContent(Encoding.UTF8.GetBytes(Response["body"]?.GetValue<string>() ?? "")),
        };
        foreach (var header in Response["headers"]!.AsArray())
        {
            var (name, value) = (header![0]!.GetValue<string>(), header[1]!.GetValue<string>());
            _ = response.Headers.TryAddWithoutValidation(name, value) || (name != "Content-Length" && response.Content.Headers.TryAddWithoutValidation(name, value));
        }

        return response;
    }

    private static Recording Parse(string file) => new(JsonNode.Parse(File.ReadAllText(file))!.AsObject());

    private static JsonNode? TryParse(string? text)
    {
        try
        {
            return string.IsNullOrEmpty(text) ? null : JsonNode.Parse(text);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static string ThisFile([CallerFilePath] string file = "") => file;
}
