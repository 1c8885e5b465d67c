using System.Buffers;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using Patron.Web.Http;

namespace Patron.Dialects.Customers;

/// <summary>A JSON object that is handed on as text. Each text in it, names too, has been looked at like any other.</summary>
[JsonConverter(typeof(JsonObjectTextConverter))]
public readonly record struct JsonObjectText(string Json);

internal sealed class JsonObjectTextConverter : JsonConverter<JsonObjectText>
{
    public override JsonObjectText Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        if (reader.TokenType != JsonTokenType.StartObject)
        {
            throw new JsonException();
        }

        var buffer = new ArrayBufferWriter<byte>();
        using var writer = new Utf8JsonWriter(buffer);
        var depth = reader.CurrentDepth;
        Copy(ref reader, writer);
        while (reader.TokenType != JsonTokenType.EndObject || reader.CurrentDepth > depth)
        {
            reader.Read();
            Copy(ref reader, writer);
        }

        writer.Flush();
        return new JsonObjectText(Encoding.UTF8.GetString(buffer.WrittenSpan));
    }

    public override void Write(Utf8JsonWriter writer, JsonObjectText value, JsonSerializerOptions options) => writer.WriteRawValue(value.Json);

    private static void Copy(ref Utf8JsonReader reader, Utf8JsonWriter writer)
    {
        switch (reader.TokenType)
        {
            case JsonTokenType.StartObject:
                writer.WriteStartObject();
                break;
            case JsonTokenType.EndObject:
                writer.WriteEndObject();
                break;
            case JsonTokenType.StartArray:
                writer.WriteStartArray();
                break;
            case JsonTokenType.EndArray:
                writer.WriteEndArray();
                break;
            case JsonTokenType.PropertyName:
                writer.WritePropertyName(reader.GetGivenText());
                break;
            case JsonTokenType.String:
                writer.WriteStringValue(reader.GetGivenText());
                break;
            default:
                writer.WriteRawValue(reader.HasValueSequence ? reader.ValueSequence.ToArray() : reader.ValueSpan); // Numbers, true, false, null.
                break;
        }
    }
}
