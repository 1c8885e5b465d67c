using System.Text.Json;

namespace Patron.Linking.Timeline;

/// <summary>Reads the values of audit entries, which are JSON objects of changed fields.</summary>
internal static class AuditValues
{
    /// <summary>The changed fields in the order of the entry, with their values as texts.</summary>
    public static IReadOnlyList<FieldChange> Read(string? before, string? after)
    {
        var (old, now) = (Parse(before), Parse(after));
        return
        [
            .. now.Keys.Union(old.Keys)
                .Select(field => new FieldChange(field, old.GetValueOrDefault(field), now.GetValueOrDefault(field))),
        ];
    }

    private static Dictionary<string, string?> Parse(string? json)
    {
        if (json is null)
        {
            return [];
        }

        using var document = JsonDocument.Parse(json);
        return document.RootElement.EnumerateObject()
            .ToDictionary(value => value.Name, value => TextOf(value.Value), StringComparer.Ordinal);
    }

    private static string? TextOf(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Null => null,
        JsonValueKind.String => value.GetString(),
        _ => value.GetRawText(),
    };
}
