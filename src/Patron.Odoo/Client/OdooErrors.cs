using System.Net;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace Patron.Odoo.Client;

/// <summary>The call that an error refers to: model and method, or the service's name.</summary>
internal readonly record struct OdooCall(string Model, string Method)
{
    public override string ToString() => $"{Model}.{Method}";
}

/// <summary>
/// Maps Odoo's errors to our own messages. Both protocols return the name of a Python exception and a message; everything else is a
/// traceback and ignored. Codes and statuses differ between versions (17: 200, 19: 0) and are less precise.
/// </summary>
internal static partial class OdooErrors
{
    private static readonly string[] TransientErrors =
    [
        "OperationalError", "InterfaceError", "PoolError", "SerializationFailure", "DeadlockDetected", "LockNotAvailable", "QueryCanceled",
        "TooManyConnections",
        "ServiceUnavailable", "TooManyRequests", "BadGateway", "GatewayTimeout", "RequestTimeout",
    ];

    /// <summary>Maps an error object with <c>name</c> and <c>message</c>, as in both protocols.</summary>
    public static OdooException FromError(JsonElement error, OdooCall call)
    {
        var name = Text(error, "name");
        var message = Text(error, "message");
        var type = name[(name.LastIndexOf('.') + 1)..];
        return type switch
        {
            "AccessDenied" or "SessionExpiredException" or "Unauthorized" => Refused(),
            "AccessError" => new OdooException(OdooFailure.Denied, $"The user that Patron works with in Odoo may not do this: {call}."),
            "OperationalError" when message.Contains("does not exist", StringComparison.Ordinal) => NoDatabase(),
            // The user with this login id was deleted.
            "MissingError" when message.Contains("res.users(", StringComparison.Ordinal) => Refused(),
            _ when IsMissingModel(type, message, call) =>
                new OdooException(OdooFailure.NoSuchModel, $"This Odoo has no model {call.Model}: its module is not installed."),
            "ValueError" when message.StartsWith("Invalid field", StringComparison.Ordinal) =>
                new OdooException(OdooFailure.NoSuchField, $"This Odoo's {call.Model} lacks a field that was asked for."),
            _ when TransientErrors.Contains(type) =>
                new OdooException(OdooFailure.Unavailable, $"Odoo cannot answer {call} right now ({type})."),
            _ =>
                new OdooException(
                    OdooFailure.Failed,
                    $"Odoo could not do {call} ({(ExceptionName().IsMatch(type) ? type : "an error without a name")})."),
        };
    }

    /// <summary>A response that is not JSON: a page of the server, or of a proxy before it.</summary>
    public static OdooException NotJson(HttpStatusCode status, OdooCall call) => (int)status switch
    {
        401 or 403 =>
            new OdooException(OdooFailure.Refused, $"What answers at Odoo:Url wants a sign-in of its own (status {(int)status})."),
        404 or 405 =>
            new OdooException(
                OdooFailure.Refused, $"What answers at Odoo:Url knows no address for {call} (status {(int)status}): is it Odoo's own?"),
        >= 300 and < 400 =>
            new OdooException(OdooFailure.Refused, $"Odoo:Url leads elsewhere (status {(int)status}): set the address it leads to."),
        408 or 425 or 429 or >= 500 or < 300 =>
            new OdooException(
                OdooFailure.Unavailable,
                $"Something else than JSON came for {call} (status {(int)status}): Odoo is busy, starting, or not what answers at Odoo:Url."),
        _ => new OdooException(OdooFailure.Failed, $"Odoo refused {call} (status {(int)status})."),
    };

    /// <summary>JSON that is not a valid response of Odoo.</summary>
    public static OdooException InvalidResponse(OdooCall call) =>
        new(OdooFailure.Unavailable, $"What came for {call} makes no sense: something else than Odoo may answer at Odoo:Url.");

    public static OdooException Refused() =>
        new(
            OdooFailure.Refused,
            "Odoo accepts neither this key nor this login: check Odoo:User and Odoo:ApiKey. A new key is made in Odoo under Preferences, Account Security.");

    public static OdooException NoDatabase() =>
        new(OdooFailure.Refused, "Odoo knows no database of the name that Odoo:Database has.");

    // JSON-2 returns 404 with 'the model ... does not exist', JSON-RPC a UserError; older versions returned the KeyError itself.
    private static bool IsMissingModel(string type, string message, OdooCall call) => type switch
    {
        "NotFound" => message.StartsWith($"the model '{call.Model}'", StringComparison.OrdinalIgnoreCase),
        "UserError" => message.StartsWith($"Object {call.Model} ", StringComparison.Ordinal),
        "KeyError" => message.Trim('\'') == call.Model,
        _ => false,
    };

    private static string Text(JsonElement error, string name) =>
        error.ValueKind == JsonValueKind.Object && error.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String
            ? value.GetString()!
            : "";

    [GeneratedRegex("^[A-Za-z_][A-Za-z0-9_]{0,60}$", RegexOptions.None, matchTimeoutMilliseconds: 100)]
    private static partial Regex ExceptionName();
}
