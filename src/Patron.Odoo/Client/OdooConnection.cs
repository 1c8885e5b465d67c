using System.Text.Json;
using System.Text.Json.Nodes;

namespace Patron.Odoo.Client;

/// <summary>A way to ask one Odoo of which the version is known, with what it remembers of that Odoo's models.</summary>
internal abstract class OdooConnection(OdooVersion version)
{
    public OdooVersion Version { get; } = version;

    public FieldCache Fields { get; } = new();

    /// <summary>One call, one answer; no second try.</summary>
    public abstract Task<JsonElement> CallAsync(OdooCall call, JsonObject arguments, CancellationToken cancellationToken);
}
