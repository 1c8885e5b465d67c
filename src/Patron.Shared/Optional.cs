using System.Text.Json;
using System.Text.Json.Serialization;

namespace Patron.Shared;

/// <summary>A field of a partial update: tells 'left out' from 'set to null'.</summary>
[JsonConverter(typeof(OptionalConverterFactory))]
public readonly record struct Optional<T>(T? Value)
{
    /// <summary>Whether the caller sent the field.</summary>
    public bool IsGiven { get; } = true;

    /// <summary>The given value, else what stands.</summary>
    public T? Or(T? current) => IsGiven ? Value : current;
}

/// <summary>Reads and writes <see cref="Optional{T}"/> as its value; a default one is 'left out'.</summary>
public sealed class OptionalConverterFactory : JsonConverterFactory
{
    public override bool CanConvert(Type typeToConvert) =>
        typeToConvert.IsGenericType && typeToConvert.GetGenericTypeDefinition() == typeof(Optional<>);

    public override JsonConverter CreateConverter(Type typeToConvert, JsonSerializerOptions options) =>
        (JsonConverter)Activator.CreateInstance(typeof(Converter<>).MakeGenericType(typeToConvert.GetGenericArguments()[0]))!;

    private sealed class Converter<T> : JsonConverter<Optional<T>>
    {
        public override bool HandleNull => true;

        // The value's own converter and not the serializer: what goes wrong in it is then told with the field's path.
        public override Optional<T> Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
            new(reader.TokenType == JsonTokenType.Null
                ? default
                : ((JsonConverter<T>)options.GetTypeInfo(typeof(T)).Converter).Read(ref reader, typeof(T), options));

        public override void Write(Utf8JsonWriter writer, Optional<T> value, JsonSerializerOptions options) =>
            JsonSerializer.Serialize(writer, value.Value, (System.Text.Json.Serialization.Metadata.JsonTypeInfo<T?>)options.GetTypeInfo(typeof(T)));
    }
}
