using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Patron.Dialects.Crm;

/// <summary>Another record in a request, by its number or (as a text) its UUID.</summary>
[JsonConverter(typeof(ReferenceConverter))]
public readonly record struct Reference(string Text);

internal sealed class ReferenceConverter : JsonConverter<Reference>
{
    public override Reference Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => reader.TokenType switch
    {
        JsonTokenType.Number when reader.TryGetInt64(out var number) => new(number.ToString(CultureInfo.InvariantCulture)),
        JsonTokenType.String when reader.GetString() is { Length: > 0 } text => new(text),
        _ => throw new JsonException(),
    };

    public override void Write(Utf8JsonWriter writer, Reference value, JsonSerializerOptions options) => writer.WriteStringValue(value.Text);
}
