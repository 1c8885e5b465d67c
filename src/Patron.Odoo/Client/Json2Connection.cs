using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Patron.Odoo.Client;

/// <summary>
/// JSON-2, from version 19 on: a path for each method, named arguments, the key in a header, the bare value as the response, HTTP status
/// codes for errors.
/// </summary>
internal sealed class Json2Connection(OdooHttp http, OdooOptions options, OdooVersion version) : OdooConnection(version)
{
    public override async Task<JsonElement> CallAsync(OdooCall call, JsonObject arguments, CancellationToken cancellationToken)
    {
        var answer = await http.PostAsync(
            $"/json/2/{Uri.EscapeDataString(call.Model)}/{Uri.EscapeDataString(call.Method)}",
            JsonSerializer.SerializeToUtf8Bytes(arguments), AddHeaders, cancellationToken);
        return (answer, answer.Json) switch
        {
            ({ Status: HttpStatusCode.OK }, { } value) => value,
            (_, { } error) => throw Error(answer.Status, error, call),
            // The server selects no database if the header names an unknown one.
            ({ Status: HttpStatusCode.NotFound }, null) => throw OdooErrors.NoDatabase(),
            _ => throw OdooErrors.NotJson(answer.Status, call),
        };
    }

    private static OdooException Error(HttpStatusCode status, JsonElement error, OdooCall call) => status switch
    {
        HttpStatusCode.Unauthorized => OdooErrors.Refused(),
        _ when error.ValueKind == JsonValueKind.Object && error.TryGetProperty("name", out _) => OdooErrors.FromError(error, call),
        _ => OdooErrors.NotJson(status, call),
    };

    private void AddHeaders(HttpRequestHeaders headers)
    {
        headers.Authorization = new AuthenticationHeaderValue("bearer", options.ApiKey);
        headers.Add("X-Odoo-Database", options.Database);
    }
}
