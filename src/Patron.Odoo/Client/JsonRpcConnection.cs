using System.Net;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Patron.Odoo.Client;

/// <summary>
/// JSON-RPC, in all versions up to 19: status 200 for every error, told apart by the exception's name alone, which may come without the request's
/// id; no <c>result</c> where the value is None.
/// </summary>
internal sealed class JsonRpcConnection(OdooHttp http, OdooOptions options, OdooVersion version, long userId) : OdooConnection(version)
{
    private static readonly JsonElement None = JsonElement.Parse("null"u8);

    /// <summary>The number of the login, or <see cref="OdooFailure.Refused"/>: a wrong one is <c>false</c>, no error.</summary>
    public static async Task<long> AuthenticateAsync(OdooHttp http, OdooOptions options, CancellationToken cancellationToken)
    {
        var user = await AskAsync(
            http, "common", new OdooCall("common", "authenticate"), [options.Database, options.User, options.ApiKey, new JsonObject()], cancellationToken);
        return user.ValueKind == JsonValueKind.Number && user.TryGetInt64(out var id) ? id : throw OdooErrors.Refused();
    }

    /// <summary>What <c>common.version</c> says.</summary>
    public static Task<JsonElement> VersionAsync(OdooHttp http, CancellationToken cancellationToken) =>
        AskAsync(http, "common", new OdooCall("common", "version"), [], cancellationToken);

    public override Task<JsonElement> CallAsync(OdooCall call, JsonObject arguments, CancellationToken cancellationToken)
    {
        // 'search' has called its first argument by another name before 17: by its place it is the same in all.
        var named = arguments.DeepClone().AsObject();
        var placed = new JsonArray();
        foreach (var first in new[] { "ids", "domain" })
        {
            if (named.TryGetPropertyValue(first, out var value))
            {
                named.Remove(first);
                placed.Add(value);
            }
        }

        return AskAsync(http, "object", call, [options.Database, userId, options.ApiKey, call.Model, call.Method, placed, named], cancellationToken, "execute_kw");
    }

    private static async Task<JsonElement> AskAsync(
        OdooHttp http, string service, OdooCall call, JsonArray arguments, CancellationToken cancellationToken, string? method = null)
    {
        var request = new JsonObject
        {
            ["jsonrpc"] = "2.0",
            ["method"] = "call",
            ["id"] = 1,
            ["params"] = new JsonObject { ["service"] = service, ["method"] = method ?? call.Method, ["args"] = arguments },
        };
        var answer = await http.PostAsync("/jsonrpc", JsonSerializer.SerializeToUtf8Bytes(request), _ => { }, cancellationToken);
        return answer switch
        {
            { Json: null } or { Status: not HttpStatusCode.OK } => throw OdooErrors.NoJson(answer.Status, call),
            { Json: { ValueKind: JsonValueKind.Object } body } => Result(body, call),
            _ => throw OdooErrors.NoSense(call),
        };
    }

    private static JsonElement Result(JsonElement body, OdooCall call) =>
        body.TryGetProperty("error", out var error) ? throw OdooErrors.Of(error.ValueKind == JsonValueKind.Object && error.TryGetProperty("data", out var data) ? data : error, call)
        : body.TryGetProperty("result", out var result) ? result
        : body.TryGetProperty("jsonrpc", out _) ? None
        : throw OdooErrors.NoSense(call);
}
