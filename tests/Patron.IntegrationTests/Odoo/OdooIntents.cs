using Microsoft.Extensions.Logging.Abstractions;
using Patron.Odoo;
using Patron.Odoo.Client;
using Patron.OdooStandIn.Server;

namespace Patron.IntegrationTests.Odoo;

/// <summary>Helpers for tests with an Odoo.</summary>
internal static class OdooIntents
{
    /// <summary>Settings of a Patron that uses this Odoo.</summary>
    public static Dictionary<string, string?> Settings(this StandInOdoo odoo, params (string Name, string Value)[] more)
    {
        var settings = new Dictionary<string, string?>
        {
            ["Odoo:Url"] = odoo.Url.ToString(), ["Odoo:Database"] = odoo.Database, ["Odoo:User"] = odoo.Login, ["Odoo:ApiKey"] = odoo.ApiKey,
        };
        foreach (var (name, value) in more)
        {
            settings[name] = value;
        }

        return settings;
    }

    /// <summary>A client of this Odoo, configured like Patron's own.</summary>
    public static OdooClient NewClient(this StandInOdoo odoo, OdooProtocol protocol = OdooProtocol.Auto, TimeSpan? limit = null)
    {
        var options = new OdooOptions { Url = odoo.Url.ToString(), Database = odoo.Database, User = odoo.Login, ApiKey = odoo.ApiKey, Protocol = protocol };
        return new OdooClient(options, OdooModule.CreateHttpClient(), TimeProvider.System, NullLogger<OdooClient>.Instance, new OdooCallLimits { CallTimeout = limit ?? TimeSpan.FromSeconds(30) });
    }
}
