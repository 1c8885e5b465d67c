using System.Net;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Patron.Odoo.Client;

/// <summary>
/// JSON-RPC, in all versions up to 19: errors have status 200 and differ only by the exception's name, possibly without the request's id;
/// there is no <c>result</c> where the value is None.
/// </summary>
internal sealed class JsonRpcConnection(OdooHttp http, OdooOptions options, OdooVersion version, long userId) : OdooConnection(version)
{
    private static readonly JsonElement None = JsonElement.Parse("null"u8);

    /// <summary>
    /// The id of the login, or <see cref="OdooFailure.Refused"/>: for a wrong login Odoo returns <c>false</c>, not an error.
    /// </summary>
    public static async Task<long> AuthenticateAsync(OdooHttp http, OdooOptions options, CancellationToken cancellationToken)
    {
        var user = await PostAsync(
            http, "common", new OdooCall("common", "authenticate"), [options.Database, options.User, options.ApiKey, new JsonObject()],
            cancellationToken);
        return user.ValueKind == JsonValueKind.Number && user.TryGetInt64(out var id) ? id : throw OdooErrors.Refused();
    }

    /// <summary>Calls <c>common.version</c>.</summary>
    public static Task<JsonElement> VersionAsync(OdooHttp http, CancellationToken cancellationToken) =>
        PostAsync(http, "common", new OdooCall("common", "version"), [], cancellationToken);

    public override Task<JsonElement> CallAsync(OdooCall call, JsonObject arguments, CancellationToken cancellationToken)
    {
        // The first argument of 'search' had another name before 17, so it is passed by position.
        var named = arguments.DeepClone().AsObject();
        var positional = new JsonArray();
        foreach (var name in new[] { "ids", "domain" })
        {
            if (named.TryGetPropertyValue(name, out var value))
            {
                named.Remove(name);
                positional.Add(value);
            }
        }

        return PostAsync(
            http, "object", call, [options.Database, userId, options.ApiKey, call.Model, call.Method, positional, named], cancellationToken,
            "execute_kw");
    }

    private static async Task<JsonElement> PostAsync(
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
            { Json: null } or { Status: not HttpStatusCode.OK } => throw OdooErrors.NotJson(answer.Status, call),
            { Json: { ValueKind: JsonValueKind.Object } body } => ReadResult(body, call),
            _ => throw OdooErrors.InvalidResponse(call),
        };
    }

    private static JsonElement ReadResult(JsonElement body, OdooCall call)
    {
        if (body.TryGetProperty("error", out var error))
        {
            var hasData = error.ValueKind == JsonValueKind.Object && error.TryGetProperty("data", out _);
            throw OdooErrors.FromError(hasData ? error.GetProperty("data") : error, call);
        }

        if (body.TryGetProperty("result", out var result))
        {
            return result;
        }

        return body.TryGetProperty("jsonrpc", out _) ? None : throw OdooErrors.InvalidResponse(call);
    }
}
