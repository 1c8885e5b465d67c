using System.Text.Json;

namespace Patron.Odoo.Client;

/// <summary>The server's version, such as 17 and <c>17.0</c>.</summary>
public sealed record OdooVersion(int Major, string Text)
{
    /// <summary>Reads the version from the response of <c>/web/version</c> or <c>common.version</c>; null where it is neither.</summary>
    internal static OdooVersion? Read(JsonElement answer)
    {
        if (answer.ValueKind != JsonValueKind.Object)
        {
            return null;
        }

        var isNew = answer.TryGetProperty("version_info", out var info);
        if (!isNew && !answer.TryGetProperty("server_version_info", out info))
        {
            return null;
        }

        // Hosted versions are named 'saas~18' and the like.
        var first = info.ValueKind == JsonValueKind.Array && info.GetArrayLength() > 0 ? info[0] : default;
        var major = first.ValueKind switch
        {
            JsonValueKind.Number when first.TryGetInt32(out var number) => number,
            JsonValueKind.String when int.TryParse(first.GetString()!.Split('~')[^1].Split('.')[0], out var number) => number,
            _ => 0,
        };
        var text = answer.TryGetProperty(isNew ? "version" : "server_version", out var word) && word.ValueKind == JsonValueKind.String
            ? word.GetString()!
            : $"{major}.0";
        return major > 0 ? new OdooVersion(major, text) : null;
    }
}
