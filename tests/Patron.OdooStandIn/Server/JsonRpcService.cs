using System.Text.Json;
using System.Text.Json.Nodes;
using Patron.OdooStandIn.Company;
using Patron.OdooStandIn.Models;

namespace Patron.OdooStandIn.Server;

/// <summary><c>/jsonrpc</c>, and calls of web clients in the same envelope: status 200 for every application error.</summary>
internal sealed class JsonRpcService(StandInCompany company, StandInSettings settings)
{
    private readonly ModelMethods methods = new(company);

    /// <summary>The subject of a request, for faults and counters: a model and method, or a service and method.</summary>
    public static (string Model, string Method) Subject(JsonElement request) =>
        request.ValueKind == JsonValueKind.Object && request.TryGetProperty("params", out var parameters) && parameters.ValueKind == JsonValueKind.Object
        && parameters.TryGetProperty("service", out var service) && parameters.TryGetProperty("method", out var method) && parameters.TryGetProperty("args", out var arguments)
            ? service.GetString() == "object" && arguments.GetArrayLength() > 4 ? ($"{arguments[3]}", $"{arguments[4]}") : ($"{service}", $"{method}")
            : ("", "");

    public Answer Handle(JsonElement? body)
    {
        if (body is not { } request)
        {
            return Answer.Html(400, "Invalid JSON data");
        }

        return request.ValueKind != JsonValueKind.Object ? Answer.Html(400, "Invalid JSON-RPC data") : Envelope(request, () => Dispatch(request));
    }

    /// <summary>Wraps a result in the envelope; null has no result member.</summary>
    public Answer Envelope(JsonElement request, Func<object?> call)
    {
        var id = request.TryGetProperty("id", out var number) ? number : default;
        try
        {
            var result = call();
            return Answer.Json(200, writer => Write(writer, id, result), result is Rows rows ? rows.Records.Count : 0);
        }
        catch (OdooError error)
        {
            return Answer.Json(new JsonObject
            {
                ["jsonrpc"] = "2.0",
                ["id"] = id.ValueKind == JsonValueKind.Undefined ? null : JsonNode.Parse(id.GetRawText()),
                ["error"] = new JsonObject { ["code"] = company.Version < 19 ? 200 : 0, ["message"] = "Odoo Server Error", ["data"] = Answer.Describe(error) },
            });
        }
    }

    public JsonObject VersionInfo() => new()
    {
        ["server_version"] = $"{company.Version}.0", ["server_version_info"] = new JsonArray(company.Version, 0, 0, "final", 0, ""), ["server_serie"] = $"{company.Version}.0", ["protocol_version"] = 1,
    };

    /// <summary>The user with this password or key; null where neither matches.</summary>
    public StandInUser? FindUser(string? login, string? secret) => company.Users.Find(user => user.Login == login && Fits(user, secret));

    private void Write(Utf8JsonWriter writer, JsonElement id, object? result)
    {
        writer.WriteStartObject();
        writer.WriteString("jsonrpc", "2.0");
        writer.WritePropertyName("id");
        if (id.ValueKind == JsonValueKind.Undefined)
        {
            writer.WriteNullValue();
        }
        else
        {
            id.WriteTo(writer);
        }

        if (result is Rows rows)
        {
            writer.WritePropertyName("result");
            rows.Write(writer, company.Reading);
        }
        else if (result is JsonNode node)
        {
            writer.WritePropertyName("result");
            node.WriteTo(writer);
        }

        writer.WriteEndObject();
    }

    private object Dispatch(JsonElement request)
    {
        var parameters = request.GetProperty("params");
        var (service, method) = (parameters.GetProperty("service").GetString(), parameters.GetProperty("method").GetString());
        var arguments = parameters.GetProperty("args");
        return (service, method) switch
        {
            ("common", "version") => VersionInfo(),
            ("common", "authenticate" or "login") => Authenticate(arguments),
            ("common", _) => throw new OdooError("builtins.Exception", $"Method not found: {method}", 500),
            ("db", "list") => new JsonArray(settings.Database),
            ("db", "db_exist") => JsonValue.Create(arguments[0].GetString() == settings.Database),
            ("object", "execute" or "execute_kw") => Execute(arguments, method == "execute_kw"),
            _ => throw new OdooError("builtins.KeyError", $"{service}", 500),
        };
    }

    private JsonValue Authenticate(JsonElement arguments)
    {
        RefuseOtherDatabase(arguments[0]);
        return FindUser(arguments[1].GetString(), arguments[2].GetString()) is { } user ? JsonValue.Create(user.Id) : JsonValue.Create(false);
    }

    private object Execute(JsonElement arguments, bool isNamed)
    {
        RefuseOtherDatabase(arguments[0]);
        var number = arguments[1].GetInt64();
        var user = company.Users.Find(user => user.Id == number)
            ?? throw new OdooError("odoo.exceptions.MissingError", $"Record does not exist or has been deleted.\n(Record: res.users({number},), User: {number})", 404);
        if (!Fits(user, arguments[2].GetString()))
        {
            throw OdooError.Denied();
        }

        var (model, method) = (arguments[3].GetString()!, arguments[4].GetString()!);
        var table = company.FindModel(model) ?? throw OdooError.User($"Object {model} doesn't exist");
        RefusePrivate(model, method);
        if (!ModelMethods.Places.TryGetValue(method, out var places))
        {
            throw new OdooError(
                "builtins.AttributeError",
                company.Version < 19 ? $"The method '{method}' does not exist on the model '{model}'" : $"The method '{model}.{method}' does not exist", 500);
        }

        return methods.Call(user, table, method, isNamed
            ? new Arguments(arguments.GetArrayLength() > 5 ? arguments[5] : default, arguments.GetArrayLength() > 6 ? arguments[6] : default, places)
            : new Arguments(JsonSerializer.SerializeToElement(arguments.EnumerateArray().Skip(5)), default, places));
    }

    private void RefuseOtherDatabase(JsonElement database)
    {
        if (database.GetString() != settings.Database)
        {
            throw OdooError.NoDatabase($"{database}");
        }
    }

    private void RefusePrivate(string model, string method)
    {
        if (method.StartsWith('_'))
        {
            throw OdooError.Access($"Private methods (such as {(company.Version < 19 ? method : $"'{model}.{method}'")}) cannot be called remotely.");
        }
    }

    private static bool Fits(StandInUser user, string? secret) => !string.IsNullOrEmpty(secret) && (user.Password == secret || user.Key == secret);
}
