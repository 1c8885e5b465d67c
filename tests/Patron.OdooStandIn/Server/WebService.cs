using System.Text.Json;
using System.Text.Json.Nodes;
using Patron.OdooStandIn.Company;
using Patron.OdooStandIn.Models;

namespace Patron.OdooStandIn.Server;

/// <summary>Calls of the web client besides the two protocols, as used by OdooRPC.</summary>
internal sealed class WebService(StandInCompany company, StandInSettings settings, JsonRpcService jsonRpc)
{
    public Answer Version() => company.Version < 19
        ? Answer.NotFound()
        : Answer.Json(new JsonObject { ["version_info"] = new JsonArray(company.Version, 0, 0, "final", 0, ""), ["version"] = $"{company.Version}.0" });

    public Answer VersionInfo(JsonElement request) => jsonRpc.Envelope(request, jsonRpc.VersionInfo);

    public Answer Destroy(JsonElement request) => jsonRpc.Envelope(request, () => null);

    public Answer Authenticate(JsonElement request) => jsonRpc.Envelope(request, () =>
    {
        var parameters = request.GetProperty("params");
        if (parameters.GetProperty("db").GetString() is var database && database != settings.Database)
        {
            throw settings.HasWorkers ? OdooError.Access("Database not found.") : OdooError.NoDatabase($"{database}");
        }

        var user = jsonRpc.FindUser(parameters.GetProperty("login").GetString(), parameters.GetProperty("password").GetString()) ?? throw OdooError.Denied();
        return new JsonObject
        {
            ["uid"] = user.Id, ["is_system"] = user.IsAdmin, ["is_admin"] = user.IsAdmin, ["is_internal_user"] = user.IsInternal,
            ["user_context"] = new JsonObject { ["lang"] = "en_US", ["tz"] = false, ["uid"] = user.Id },
            ["db"] = settings.Database, ["server_version"] = $"{company.Version}.0", ["server_version_info"] = new JsonArray(company.Version, 0, 0, "final", 0, ""),
            ["name"] = user.Name, ["username"] = user.Login, ["partner_id"] = user.PartnerId, ["partner_display_name"] = user.Name,
        };
    });
}
