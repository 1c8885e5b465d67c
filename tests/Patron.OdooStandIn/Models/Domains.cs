using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace Patron.OdooStandIn.Models;

/// <summary>
/// Evaluates domains in Odoo's prefix notation. Versions compare times differently: 17 by microseconds that it does not return, 19 by whole
/// seconds.
/// </summary>
internal sealed partial class Domains(IReadOnlyDictionary<string, StandInModel> models, Reading reading, int version)
{
    private static readonly string[] Operators = ["=", "!=", ">", ">=", "<", "<=", "in", "not in", "like", "not like", "ilike", "not ilike", "=like", "=ilike", "child_of"];

    /// <summary>Whether the domain contains a field; archived records are then not excluded automatically.</summary>
    public static bool Mentions(JsonElement domain, string field) =>
        domain.ValueKind == JsonValueKind.Array
        && domain.EnumerateArray().Any(leaf => leaf.ValueKind == JsonValueKind.Array && leaf.GetArrayLength() == 3 && leaf[0].ValueKind == JsonValueKind.String && leaf[0].GetString() == field);

    /// <summary>Compiles the domain to a predicate.</summary>
    public Func<StandInRecord, bool> Compile(StandInModel model, JsonElement domain)
    {
        if (domain.ValueKind is JsonValueKind.Undefined or JsonValueKind.Null or JsonValueKind.False)
        {
            return _ => true;
        }

        var items = domain.EnumerateArray().ToList();
        var conditions = new List<Func<StandInRecord, bool>>();
        for (var position = 0; position < items.Count;)
        {
            conditions.Add(Next(model, items, ref position));
        }

        return record => conditions.TrueForAll(condition => condition(record));
    }

    private Func<StandInRecord, bool> Next(StandInModel model, List<JsonElement> items, ref int position)
    {
        if (position >= items.Count)
        {
            throw OdooError.Value("Domain is not complete");
        }

        var item = items[position++];
        if (item.ValueKind != JsonValueKind.String)
        {
            return Leaf(model, item);
        }

        var first = Next(model, items, ref position);
        if (item.GetString() == "!")
        {
            return record => !first(record);
        }

        var second = Next(model, items, ref position);
        return item.GetString() switch
        {
            "&" => record => first(record) && second(record),
            "|" => record => first(record) || second(record),
            _ => throw OdooError.Value($"Domain() invalid item in domain: {item}"),
        };
    }

    private Func<StandInRecord, bool> Leaf(StandInModel model, JsonElement leaf)
    {
        var (path, comparison, value) = (leaf[0], leaf[1].GetString()!, leaf[2]);
        if (path.ValueKind == JsonValueKind.Number)
        {
            var isTrue = path.GetInt64() == value.GetInt64();
            return _ => isTrue;
        }

        var written = $"('{path}', '{comparison}', {(value.ValueKind == JsonValueKind.String ? $"'{value}'" : value.ToString())})";
        return Operators.Contains(comparison)
            ? OnField(model, path.GetString()!, comparison, value, written)
            : throw OdooError.Value(version < 19 ? $"Invalid leaf {written}" : $"Invalid operator '{comparison}' in {written}");
    }

    private Func<StandInRecord, bool> OnField(StandInModel model, string path, string comparison, JsonElement value, string written)
    {
        var name = path.Split('.', 2)[0];
        if (!model.Fields.TryGetValue(name, out var field))
        {
            throw OdooError.Value($"Invalid field {model.Name}.{name} in {(version < 19 ? "leaf" : "condition")} {written}");
        }

        if (path.Contains('.', StringComparison.Ordinal))
        {
            var behind = OnField(models[field.Relation!], path[(name.Length + 1)..], comparison, value, written);
            return record => reading.Related(field.Relation!, reading.Value(model, record, name)) is { } related && behind(related);
        }

        return comparison == "child_of" ? Below(model, field, value) : Compare(model, field, comparison, value);
    }

    private Func<StandInRecord, bool> Below(StandInModel model, StandInField field, JsonElement value)
    {
        long[] tops = value.ValueKind == JsonValueKind.Array ? [.. value.EnumerateArray().Select(top => top.GetInt64())] : [value.GetInt64()];
        var table = field.Relation ?? model.Name;
        return record => reading.Value(model, record, field.Name) switch
        {
            long id => tops.Any(top => reading.IsBelow(table, id, top)),
            long[] ids => ids.Any(id => tops.Any(top => reading.IsBelow(table, id, top))),
            _ => false,
        };
    }

    private Func<StandInRecord, bool> Compare(StandInModel model, StandInField field, string comparison, JsonElement value)
    {
        object? Own(StandInRecord record) => Comparable(field, reading.Value(model, record, field.Name));
        if (comparison is "in" or "not in")
        {
            var list = value.EnumerateArray().Select(one => Given(field, one)).ToHashSet();
            return comparison == "in" ? record => list.Contains(Own(record)) : record => !list.Contains(Own(record));
        }

        if (comparison.EndsWith("like", StringComparison.Ordinal))
        {
            var pattern = Pattern(comparison, value.ToString());
            var wanted = !comparison.StartsWith("not", StringComparison.Ordinal);
            return record => Words(field, Own(record)) is { } text ? pattern.IsMatch(text) == wanted : !wanted;
        }

        var given = Given(field, value);
        return comparison switch
        {
            "=" => record => Equals(Own(record), given),
            "!=" => record => !Equals(Own(record), given),
            _ => record => Own(record) is { } own && given is not null && Order(Comparer<object>.Default.Compare(own, given), comparison),
        };
    }

    private static bool Order(int difference, string comparison) => comparison switch
    {
        ">" => difference > 0,
        ">=" => difference >= 0,
        "<" => difference < 0,
        _ => difference <= 0,
    };

    // 'like' matches a part, '=like' the whole value; % and _ are wildcards unless a backslash stands before them.
    private static Regex Pattern(string comparison, string text)
    {
        var inner = string.Concat(LikeParts().Matches(text).Select(part => part.Value switch
        {
            "%" => ".*",
            "_" => ".",
            ['\\', var escaped] => Regex.Escape($"{escaped}"),
            var plain => Regex.Escape(plain),
        }));
        var options = RegexOptions.Singleline | RegexOptions.CultureInvariant | (comparison.Contains("ilike", StringComparison.Ordinal) ? RegexOptions.IgnoreCase : RegexOptions.None);
        return new Regex(comparison.StartsWith('=') ? $"^{inner}$" : inner, options, TimeSpan.FromSeconds(1));
    }

    [GeneratedRegex(@"\\.|.", RegexOptions.Singleline | RegexOptions.NonBacktracking)]
    private static partial Regex LikeParts();

    private string? Words(StandInField field, object? own) =>
        own is long id && field.Relation is { } relation && reading.Related(relation, id) is { } related ? reading.DisplayName(relation, related) : own as string;

    private object? Comparable(StandInField field, object? own) => (field.Type, own) switch
    {
        ("boolean", null) => false,
        ("integer", null) => 0L,
        ("float" or "monetary", null) => 0m,
        ("datetime", DateTime time) when version >= 19 => new DateTime(time.Ticks - (time.Ticks % TimeSpan.TicksPerSecond), DateTimeKind.Utc),
        _ => own,
    };

    private object? Given(StandInField field, JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.False when field.Type == "boolean" => false,
        JsonValueKind.True => true,
        JsonValueKind.False or JsonValueKind.Null => Comparable(field, null),
        JsonValueKind.Number when field.Type is "float" or "monetary" => value.GetDecimal(),
        JsonValueKind.Number => value.GetInt64(),
        JsonValueKind.String when field.Type == "datetime" => DateTime.Parse(value.GetString()!, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal),
        JsonValueKind.String when field.Type == "date" => DateOnly.Parse(value.GetString()!, CultureInfo.InvariantCulture),
        JsonValueKind.String => value.GetString(),
        _ => throw OdooError.Value($"Invalid value {value}"),
    };
}
