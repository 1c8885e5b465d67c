using System.Text.Json;
using System.Text.Json.Serialization;

namespace Patron.Shared;

/// <summary>A field of a partial update. It distinguishes a field that was not sent from one that was set to null.</summary>
[JsonConverter(typeof(OptionalConverterFactory))]
public readonly record struct Optional<T>(T? Value)
{
    /// <summary>Whether the caller sent the field.</summary>
    public bool IsSet { get; } = true;

    /// <summary>The value that was sent, else the current one.</summary>
    public T? Or(T? current) => IsSet ? Value : current;
}

/// <summary>Reads and writes <see cref="Optional{T}"/> as its value. The default value means that the field was not sent.</summary>
public sealed class OptionalConverterFactory : JsonConverterFactory
{
    public override bool CanConvert(Type typeToConvert) =>
        typeToConvert.IsGenericType && typeToConvert.GetGenericTypeDefinition() == typeof(Optional<>);

    public override JsonConverter CreateConverter(Type typeToConvert, JsonSerializerOptions options) =>
        (JsonConverter)Activator.CreateInstance(typeof(Converter<>).MakeGenericType(typeToConvert.GetGenericArguments()[0]))!;

    private sealed class Converter<T> : JsonConverter<Optional<T>>
    {
        public override bool HandleNull => true;

        // The value's own converter instead of the serializer: a JsonException then contains the field's path.
        public override Optional<T> Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
            new(reader.TokenType == JsonTokenType.Null
                ? default
                : ((JsonConverter<T>)options.GetTypeInfo(typeof(T)).Converter).Read(ref reader, typeof(T), options));

        public override void Write(Utf8JsonWriter writer, Optional<T> value, JsonSerializerOptions options) =>
            JsonSerializer.Serialize(
                writer, value.Value, (System.Text.Json.Serialization.Metadata.JsonTypeInfo<T?>)options.GetTypeInfo(typeof(T)));
    }
}
