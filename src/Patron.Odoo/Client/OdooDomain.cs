using System.Text.Json.Nodes;

namespace Patron.Odoo.Client;

/// <summary>Which records are meant: conditions that all hold, in Odoo's own notation.</summary>
public sealed class OdooDomain
{
    private readonly List<(string Field, string Operator, JsonNode? Value)> conditions = [];

    /// <summary>All records.</summary>
    public static OdooDomain All => new();

    /// <summary>One more condition, such as <c>("id", "&gt;", 7)</c>.</summary>
    public OdooDomain And(string field, string comparison, JsonNode? value)
    {
        conditions.Add((field, comparison, value));
        return this;
    }

    /// <summary>One more condition: one of these numbers or texts.</summary>
    public OdooDomain AndIn<T>(string field, IEnumerable<T> values) =>
        And(field, "in", new JsonArray([.. values.Select(value => (JsonNode?)JsonValue.Create(value))]));

    internal JsonArray ToJson() =>
        new([.. conditions.Select(one => (JsonNode)new JsonArray(one.Field, one.Operator, one.Value?.DeepClone()))]);
}
