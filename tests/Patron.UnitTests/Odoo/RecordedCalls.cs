using System.Text.Json;
using System.Text.Json.Nodes;
using Patron.Odoo;
using Patron.Odoo.Client;

namespace Patron.UnitTests.Odoo;

/// <summary>Repeats the call of a recorded request with the client.</summary>
internal static class RecordedCalls
{
    /// <summary>The settings of Patron's user for the recorded server.</summary>
    public static OdooOptions Options(string folder) => new()
    {
        Url = "http://odoo.tests.example/", Database = Database(folder), User = "sync", ApiKey = "sync-secret-1",
    };

    /// <summary>The same settings with the key of the recorded JSON-2 requests.</summary>
    public static OdooOptions OptionsWithKey(string folder)
    {
        var options = Options(folder);
        options.ApiKey = new string('b', 40);
        return options;
    }

    public static string Database(string folder) => folder == "odoo-17" ? "erp17" : "erp19";

    public static OdooVersion Version(string folder) => folder == "odoo-17" ? new OdooVersion(17, "17.0") : new OdooVersion(19, "19.0");

    /// <summary>
    /// Makes the recorded call over its protocol: compared exactly with the recording, or, where the client never sends this request, only
    /// answered with its response.
    /// </summary>
    public static Task<JsonElement> RepeatAsync(this Recording recording, string folder, bool exact)
    {
        var odoo = exact ? new ReplayedOdoo(recording) : new ReplayedOdoo();
        return recording.Path.StartsWith("/json/2", StringComparison.Ordinal) ? RepeatJson2Async(recording, odoo, folder) : RepeatJsonRpcAsync(recording, odoo, folder);
    }

    private static Task<JsonElement> RepeatJson2Async(Recording recording, ReplayedOdoo odoo, string folder)
    {
        var parts = recording.Path.Split('/');
        var call = parts.Length == 5 ? new OdooCall(parts[3], parts[4]) : new OdooCall("res.partner", "search_read");
        odoo.Fallbacks[$"/json/2/{call.Model}/{call.Method}"] = recording.ToResponse;
        var options = new OdooOptions
        {
            Url = "http://odoo.tests.example", ApiKey = recording.Header("Authorization")?.Split(' ')[1] ?? "x", Database = recording.Header("X-Odoo-Database") ?? Database(folder),
        };
        var connection = new Json2Connection(odoo.Http(options), options, Version(folder));
        return connection.CallAsync(call, recording.RequestBody as JsonObject ?? [], default);
    }

    private static async Task<JsonElement> RepeatJsonRpcAsync(Recording recording, ReplayedOdoo odoo, string folder)
    {
        odoo.Fallbacks["/jsonrpc"] = recording.ToResponse;
        var options = Options(folder);
        var parameters = (recording.RequestBody as JsonObject)?["params"] as JsonObject;
        var arguments = parameters?["args"] as JsonArray;
        if (parameters?["method"]?.GetValue<string>() == "authenticate")
        {
            (options.Database, options.User, options.ApiKey) = (Text(arguments![0]), Text(arguments[1]), Text(arguments[2]));
            return JsonSerializer.SerializeToElement(await JsonRpcConnection.AuthenticateAsync(odoo.Http(options), options, default));
        }

        if (arguments is not { Count: 7 })
        {
            return await new JsonRpcConnection(odoo.Http(options), options, Version(folder), 1).CallAsync(new OdooCall("res.partner", "search_read"), [], default);
        }

        (options.Database, options.ApiKey) = (Text(arguments[0]), Text(arguments[2]));
        var connection = new JsonRpcConnection(odoo.Http(options), options, Version(folder), arguments[1]!.GetValue<long>());
        return await connection.CallAsync(new OdooCall(Text(arguments[3]), Text(arguments[4])), Named(Text(arguments[4]), arguments[5]!.AsArray(), arguments[6]!.AsObject()), default);
    }

    private static JsonObject Named(string method, JsonArray positional, JsonObject named)
    {
        var arguments = named.DeepClone().AsObject();
        if (positional.Count == 1)
        {
            arguments[method.StartsWith("search", StringComparison.Ordinal) ? "domain" : "ids"] = positional[0]?.DeepClone();
        }

        return arguments;
    }

    private static string Text(JsonNode? node) => node!.GetValue<string>();
}
