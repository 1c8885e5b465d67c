using System.Text.Json;
using System.Text.Json.Nodes;

namespace Patron.OdooStandIn.Models;

/// <summary>A field of a model: its Odoo type, and its description by <c>fields_get</c>.</summary>
internal sealed record StandInField(string Name, string Type, string Label)
{
    public string? Relation { get; init; }

    public bool IsStored { get; init; } = true;

    public bool IsRequired { get; init; }

    public bool IsReadOnly { get; init; }

    /// <summary>The JSON value of an empty field: zero for a number, an empty list, false otherwise.</summary>
    public object Empty => Type switch
    {
        "integer" => 0L,
        "float" or "monetary" => 0m,
        "one2many" or "many2many" or "properties" => Array.Empty<long>(),
        _ => false,
    };

    public JsonObject Describe(IReadOnlyCollection<string>? attributes)
    {
        var all = new JsonObject
        {
            ["type"] = Type, ["string"] = Label, ["name"] = Name, ["store"] = IsStored, ["required"] = IsRequired, ["readonly"] = IsReadOnly, ["searchable"] = true, ["sortable"] = IsStored,
        };
        if (Relation is not null)
        {
            all["relation"] = Relation;
        }

        foreach (var name in all.Select(attribute => attribute.Key).Where(name => attributes is { Count: > 0 } && !attributes.Contains(name)).ToList())
        {
            all.Remove(name);
        }

        return all;
    }

    /// <summary>
    /// Parses fields from one text: <c>name:char partner_id:many2one:res.partner display_name:char-</c>, where a minus marks a computed
    /// field.
    /// </summary>
    public static IEnumerable<StandInField> Parse(string text) => text.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(word =>
    {
        var parts = word.TrimEnd('-').Split(':');
        return new StandInField(parts[0], parts[1], parts[0]) { Relation = parts.ElementAtOrDefault(2), IsStored = !word.EndsWith('-') };
    });

    /// <summary>The fields of a real <c>res.partner</c> of this version.</summary>
    public static IEnumerable<StandInField> OfPartner(int version)
    {
        using var stream = typeof(StandInField).Assembly.GetManifestResourceStream($"res.partner-{(version < 19 ? 17 : 19)}.json")!;
        var body = JsonNode.Parse(stream)!["response"]!["body"]!.GetValue<string>();
        return JsonDocument.Parse(body).RootElement.GetProperty("result").EnumerateObject().Select(field => new StandInField(
            field.Name, field.Value.GetProperty("type").GetString()!, field.Value.GetProperty("string").GetString()!)
        {
            Relation = field.Value.TryGetProperty("relation", out var relation) ? relation.GetString() : null,
            IsStored = field.Value.GetProperty("store").GetBoolean(),
            IsRequired = field.Value.GetProperty("required").GetBoolean(),
            IsReadOnly = field.Value.GetProperty("readonly").GetBoolean(),
        });
    }
}
