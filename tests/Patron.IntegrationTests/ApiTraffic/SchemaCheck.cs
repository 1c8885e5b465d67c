using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace Patron.IntegrationTests.ApiTraffic;

/// <summary>
/// Compares JSON with a schema of an OpenAPI 3.1 document and reports the differences. It supports the keywords that the document uses; any
/// other keyword is reported, so that a new one cannot go unchecked. If <paramref name="areClosed"/> is true, as for answers, members that
/// are not in the schema are reported.
/// </summary>
public sealed partial class SchemaCheck(JsonElement document, bool areClosed)
{
    /// <summary>The differences, each with its JSON path.</summary>
    public IEnumerable<string> Findings(JsonElement value, JsonElement schema, string path = "$") =>
        schema.EnumerateObject().SelectMany(keyword => keyword.Name switch
        {
            "$ref" => Findings(value, document.Follow(schema), path),
            "type" => Words(keyword.Value).Intersect(TypesOf(value)).Any() ? [] : [Wrong(path, value, string.Join(" or ", Words(keyword.Value)))],
            "format" => HasFormat(value, keyword.Value.GetString()!) ? [] : [Wrong(path, value, keyword.Value.GetString()!)],
            "enum" => keyword.Value.EnumerateArray().Any(known => JsonElement.DeepEquals(known, value)) ? [] : [Wrong(path, value, $"one of {keyword.Value}")],
            "oneOf" => OneOf(value, keyword.Value, path),
            "anyOf" => AnyOf(value, keyword.Value, path),
            "required" => Missing(value, Words(keyword.Value), path),
            "properties" => Named(value, schema, path),
            "additionalProperties" => Others(value, schema, path),
            "items" => value.ValueKind == JsonValueKind.Array
                ? value.EnumerateArray().SelectMany((item, index) => Findings(item, keyword.Value, $"{path}[{index}]"))
                : [],
            "maxLength" => value.ValueKind != JsonValueKind.String || value.GetString()!.Length <= keyword.Value.GetInt32() ? [] : [Wrong(path, value, $"at most {keyword.Value} characters")],
            "description" or "default" or "examples" => [],
            _ => [$"{path}: the schema says '{keyword.Name}', which {nameof(SchemaCheck)} does not know yet"],
        });

    private List<string> OneOf(JsonElement value, JsonElement choices, string path)
    {
        var tries = choices.EnumerateArray().Select(choice => Findings(value, choice, path).ToList()).ToList();
        return tries.Count(findings => findings.Count == 0) switch
        {
            0 => tries[^1], // The schema null comes first and the meant one last.
            1 => [],
            _ => [$"{path}: fits more than one of the documented schemas"],
        };
    }

    private List<string> AnyOf(JsonElement value, JsonElement choices, string path)
    {
        var tries = choices.EnumerateArray().Select(choice => Findings(value, choice, path).ToList()).ToList();
        return tries.Exists(findings => findings.Count == 0) ? [] : [.. tries.SelectMany(findings => findings)];
    }

    private static IEnumerable<string> Missing(JsonElement value, IEnumerable<string> required, string path) => value.ValueKind == JsonValueKind.Object
        ? required.Where(name => !value.TryGetProperty(name, out _)).Select(name => $"{path}.{name}: is missing")
        : [];

    private IEnumerable<string> Named(JsonElement value, JsonElement schema, string path)
    {
        var properties = schema.GetProperty("properties");
        var isClosed = areClosed && !schema.TryGetProperty("additionalProperties", out _);
        return Members(value).SelectMany(member => properties.TryGetProperty(member.Name, out var described)
            ? Findings(member.Value, described, $"{path}.{member.Name}")
            : isClosed ? [$"{path}.{member.Name}: is not documented"] : []);
    }

    private IEnumerable<string> Others(JsonElement value, JsonElement schema, string path) => Members(value)
        .Where(member => !(schema.TryGetProperty("properties", out var properties) && properties.TryGetProperty(member.Name, out _)))
        .SelectMany(member => Findings(member.Value, schema.GetProperty("additionalProperties"), $"{path}.{member.Name}"));

    private static JsonProperty[] Members(JsonElement value) => value.ValueKind == JsonValueKind.Object ? [.. value.EnumerateObject()] : [];

    private static string[] TypesOf(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Object => ["object"],
        JsonValueKind.Array => ["array"],
        JsonValueKind.String => ["string"],
        JsonValueKind.True or JsonValueKind.False => ["boolean"],
        JsonValueKind.Number => value.TryGetInt64(out _) ? ["integer", "number"] : ["number"],
        _ => ["null"],
    };

    // A format applies to one type only. 'type' checks other types, and whether a number is a 64-bit integer.
    private static bool HasFormat(JsonElement value, string format) => (value.ValueKind, format) switch
    {
        (JsonValueKind.String, "uuid") => value.TryGetGuid(out _),
        (JsonValueKind.String, "date-time") => Rfc3339().IsMatch(value.GetString()!) && value.TryGetDateTimeOffset(out _),
        (JsonValueKind.String, "date") => DateOnly.TryParseExact(value.GetString(), "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out _),
        (JsonValueKind.Number, "int32") => value.TryGetInt32(out _) || !value.TryGetInt64(out _),
        (_, "uuid" or "date-time" or "date" or "int32" or "int64" or "double") => true,
        _ => false,
    };

    private static IEnumerable<string> Words(JsonElement words) =>
        words.ValueKind == JsonValueKind.Array ? words.EnumerateArray().Select(word => word.GetString()!) : [words.GetString()!];

    private static string Wrong(string path, JsonElement value, string expected)
    {
        var text = value.ToString();
        return $"{path}: is {TypesOf(value)[0]} {(text.Length <= 60 ? text : $"{text[..60]}...")}, but {expected} is documented";
    }

    [GeneratedRegex(@"^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d+)?(Z|[+-]\d{2}:\d{2})$", RegexOptions.ExplicitCapture | RegexOptions.NonBacktracking)]
    private static partial Regex Rfc3339();
}
