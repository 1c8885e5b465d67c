using System.Text.Json.Nodes;

namespace Patron.Odoo.Client;

/// <summary>Which records are meant: conditions that all hold, in Odoo's own notation.</summary>
public sealed class OdooDomain
{
    private readonly List<JsonNode> items = [];

    /// <summary>All records.</summary>
    public static OdooDomain All => new();

    /// <summary>One more condition, such as <c>("id", "&gt;", 7)</c>.</summary>
    public OdooDomain And(string field, string comparison, JsonNode? value)
    {
        items.Add(new JsonArray(field, comparison, value?.DeepClone()));
        return this;
    }

    /// <summary>One more condition: the field has no value, or one that compares like this.</summary>
    public OdooDomain AndEmptyOr(string field, string comparison, JsonNode? value)
    {
        // An operator stands before the two conditions that it joins.
        items.Add("|");
        return And(field, "=", false).And(field, comparison, value);
    }

    /// <summary>One more condition: one of these numbers or texts.</summary>
    public OdooDomain AndIn<T>(string field, IEnumerable<T> values) =>
        And(field, "in", new JsonArray([.. values.Select(value => (JsonNode?)JsonValue.Create(value))]));

    internal JsonArray ToJson() => new([.. items.Select(item => item.DeepClone())]);
}
