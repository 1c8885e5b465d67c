using System.Buffers;
using System.Text;
using System.Text.Json;

namespace Patron.Customers.Schema;

/// <summary>A field and its new value: one part of a change, as data that can be compared, stored and applied later.</summary>
public abstract record FieldValue<TRecord>
    where TRecord : class
{
    public abstract Field<TRecord> Field { get; }

    /// <summary>Writes the value, as JSON.</summary>
    public abstract void Write(Utf8JsonWriter writer);

    internal abstract void Apply(TRecord record);
}

internal sealed record FieldValue<TRecord, TValue>(Field<TRecord, TValue> Declared, TValue Value) : FieldValue<TRecord>
    where TRecord : class
{
    public override Field<TRecord> Field => Declared;

    public override void Write(Utf8JsonWriter writer) => Declared.WriteValue(writer, Value);

    internal override void Apply(TRecord record) => Declared.Apply(record, Value);
}

/// <summary>Converts JSON to text.</summary>
internal static class FieldText
{
    /// <summary>The written JSON: a string without its quotation marks, anything else unchanged.</summary>
    public static string Of(Action<Utf8JsonWriter> write)
    {
        var json = ToJson(write);
        return json.StartsWith('"') ? JsonSerializer.Deserialize(json, FieldJson.Default.String)! : json;
    }

    /// <summary>A JSON object of texts.</summary>
    public static string ToJson(params IReadOnlyList<(string Name, string? Value)> texts) => ToJson(writer =>
    {
        writer.WriteStartObject();
        foreach (var (name, value) in texts)
        {
            writer.WriteString(name, value);
        }

        writer.WriteEndObject();
    });

    public static string ToJson(Action<Utf8JsonWriter> write)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(buffer))
        {
            write(writer);
        }

        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }
}

[System.Text.Json.Serialization.JsonSerializable(typeof(string))]
internal sealed partial class FieldJson : System.Text.Json.Serialization.JsonSerializerContext;
