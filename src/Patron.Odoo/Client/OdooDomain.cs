using System.Text.Json.Nodes;

namespace Patron.Odoo.Client;

/// <summary>A search condition in Odoo's notation: conditions that must all hold.</summary>
public sealed class OdooDomain
{
    private readonly List<JsonNode> items = [];

    /// <summary>All records.</summary>
    public static OdooDomain All => new();

    /// <summary>Adds a condition, such as <c>("id", "&gt;", 7)</c>.</summary>
    public OdooDomain And(string field, string comparison, JsonNode? value)
    {
        items.Add(new JsonArray(field, comparison, value?.DeepClone()));
        return this;
    }

    /// <summary>Adds a condition: the field is empty, or compares like this.</summary>
    public OdooDomain AndEmptyOr(string field, string comparison, JsonNode? value)
    {
        // An operator precedes the two conditions that it joins.
        items.Add("|");
        return And(field, "=", false).And(field, comparison, value);
    }

    /// <summary>Adds a condition: the field has one of these values.</summary>
    public OdooDomain AndIn<T>(string field, IEnumerable<T> values) =>
        And(field, "in", new JsonArray([.. values.Select(value => (JsonNode?)JsonValue.Create(value))]));

    /// <summary>Adds a condition: one of these fields contains the text, in any case.</summary>
    public OdooDomain AndAnyContains(IReadOnlyList<string> fields, string text)
    {
        for (var operators = 1; operators < fields.Count; operators++)
        {
            items.Add("|");
        }

        foreach (var field in fields)
        {
            And(field, "ilike", EscapeWildcards(text));
        }

        return this;
    }

    internal JsonArray ToJson() => new([.. items.Select(item => item.DeepClone())]);

    // % and _ are wildcards of 'ilike', and a backslash before them makes them plain characters.
    private static string EscapeWildcards(string text) => text.Replace(@"\", @"\\", StringComparison.Ordinal)
        .Replace("%", @"\%", StringComparison.Ordinal).Replace("_", @"\_", StringComparison.Ordinal);
}
