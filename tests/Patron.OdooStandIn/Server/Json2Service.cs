using System.Text.Json;
using System.Text.Json.Nodes;
using Patron.OdooStandIn.Company;
using Patron.OdooStandIn.Models;

namespace Patron.OdooStandIn.Server;

/// <summary><c>/json/2/model/method</c>: named arguments, the bare value as the response, status codes for errors.</summary>
internal sealed class Json2Service(StandInCompany company, StandInSettings settings)
{
    private static readonly string[] OfRecords = ["read", "write", "unlink", "has_access", "message_post"];

    private readonly ModelMethods methods = new(company);

    public Answer Handle(string model, string method, string? authorization, string? database, JsonElement? body)
    {
        if (database is null ? !settings.HasWorkers : database != settings.Database)
        {
            return Answer.Html(404, "<!DOCTYPE html>\n<title>404 Not Found</title>\n<h1>Not Found</h1>\n<p>No database is selected and the requested URL was not found in the server-wide controllers.</p>\n<p>Please verify the hostname, <a href=/web/login>login</a> and try again.</p>\n\n<!-- Alternatively, use the X-Odoo-Database header. -->\n");
        }

        try
        {
            var user = SignIn(authorization);
            var result = Call(user, model, method, body ?? throw new OdooError("werkzeug.exceptions.BadRequest", "could not parse the body as json: Expecting value: line 1 column 13 (char 12)", 400));
            return Answer.Json(200, writer => Write(writer, result), result is Rows rows ? rows.Records.Count : 0);
        }
        catch (OdooError error)
        {
            return Answer.Json(Answer.Describe(error), error.Status);
        }
    }

    public static Answer WrongMethod() => Answer.Json(Answer.Describe(OdooError.NotFound("Did you mean POST /json/2/<model>/<method>?")), 404);

    private StandInUser SignIn(string? authorization)
    {
        var parts = authorization?.Split(' ', 2) ?? [];
        if (parts.Length < 2 || !parts[0].Equals("bearer", StringComparison.OrdinalIgnoreCase))
        {
            throw new OdooError("werkzeug.exceptions.Unauthorized", "User not authenticated, use an API Key with a Bearer Authorization header.", 401);
        }

        return company.Users.Find(user => user.Key is not null && user.Key == parts[1]) ?? throw new OdooError("werkzeug.exceptions.Unauthorized", "Invalid apikey", 401);
    }

    private object Call(StandInUser user, string model, string method, JsonElement named)
    {
        var table = company.FindModel(model) ?? throw OdooError.NotFound($"the model '{model}' does not exist");
        if (method.StartsWith('_'))
        {
            throw OdooError.Access($"Private methods (such as '{model}.{method}') cannot be called remotely.");
        }

        if (!ModelMethods.Places.TryGetValue(method, out var places))
        {
            throw OdooError.NotFound($"The method '{model}.{method}' does not exist");
        }

        var isObject = named.ValueKind == JsonValueKind.Object;
        if (isObject && named.TryGetProperty("ids", out _) && !OfRecords.Contains(method))
        {
            throw OdooError.Unprocessable($"cannot call {model}.{method} with ids");
        }

        var required = method switch { "search" or "search_count" => "domain", "create" => "vals_list", "write" => "vals", _ => null };
        if (required is not null && !(isObject && named.TryGetProperty(required, out _)))
        {
            throw OdooError.Unprocessable($"missing a required argument: '{required}'");
        }

        return methods.Call(user, table, method, new Arguments(default, named, places));
    }

    private void Write(Utf8JsonWriter writer, object result)
    {
        if (result is Rows rows)
        {
            rows.Write(writer, company.Reading);
        }
        else
        {
            ((JsonNode)result).WriteTo(writer);
        }
    }
}
