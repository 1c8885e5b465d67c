using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using Patron.Shared.Text;

namespace Patron.Web.Http;

/// <summary>JSON of types that all dialects share.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(ProblemAnswer))]
internal sealed partial class HttpJson : JsonSerializerContext
{
    /// <summary>Without needless escapes, as all answers.</summary>
    public static HttpJson Answers { get; } = new(new JsonSerializerOptions { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower, Encoder = JsonConventions.Encoder });
}

/// <summary>The JSON conventions of every dialect: snake_case, nulls written, enums as lower-case words, no numbers in strings.</summary>
public static class JsonConventions
{
    /// <summary>Reads the current text, of a value or a name. Text that no field may contain is refused with a sentence.</summary>
    public static string GetInputText(this ref Utf8JsonReader reader)
    {
        try
        {
            var text = reader.GetString()!;
            return InputText.Problem(text) is { } problem ? throw new InvalidValueException(problem) : text;
        }
        catch (InvalidOperationException)
        {
            throw new InvalidValueException(InputText.InvalidUnicode); // Half of a surrogate pair has no UTF-8 encoding.
        }
    }

    /// <summary>
    /// Escapes only what JSON requires: letters and quotes of people's names stay readable. Answers are never interpreted as HTML (nosniff).
    /// </summary>
    public static JavaScriptEncoder Encoder => JavaScriptEncoder.UnsafeRelaxedJsonEscaping;

    public static void Apply(JsonSerializerOptions options)
    {
        options.Encoder = Encoder;
        options.PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower;
        options.DictionaryKeyPolicy = null;
        options.NumberHandling = JsonNumberHandling.Strict;
        options.PropertyNameCaseInsensitive = false;
        options.Converters.Add(new InputTextConverter());
        options.Converters.Add(new UtcTimeConverter());
        options.Converters.Add(new LowerCaseEnumConverterFactory());
    }

    // Checks every text of every body in one place for characters that no field may contain.
    private sealed class InputTextConverter : JsonConverter<string>
    {
        public override string? Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
        {
            if (reader.TokenType != JsonTokenType.String)
            {
                throw new JsonException();
            }

            return reader.GetInputText();
        }

        public override void Write(Utf8JsonWriter writer, string value, JsonSerializerOptions options) => writer.WriteStringValue(value);

        // Without these two, dictionaries can be written only after something else has used JSON by reflection.
        public override string ReadAsPropertyName(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
            reader.GetInputText();

        public override void WriteAsPropertyName(Utf8JsonWriter writer, string value, JsonSerializerOptions options) =>
            writer.WritePropertyName(value);
    }

    // The contract requires UTC in ISO 8601, ending in Z.
    private sealed class UtcTimeConverter : JsonConverter<DateTimeOffset>
    {
        public override DateTimeOffset Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
        {
            // A time without a zone is UTC, whatever the server's time zone is.
            var time = reader.GetDateTime();
            return time.Kind == DateTimeKind.Unspecified
                ? new DateTimeOffset(time, TimeSpan.Zero)
                : reader.GetDateTimeOffset().ToUniversalTime();
        }

        public override void Write(Utf8JsonWriter writer, DateTimeOffset value, JsonSerializerOptions options) =>
            writer.WriteStringValue(value.UtcDateTime);
    }
}

/// <summary>Reads and writes enums as lower-case words. The error for an unknown word lists the valid ones.</summary>
internal sealed class LowerCaseEnumConverterFactory : JsonConverterFactory
{
    public override bool CanConvert(Type typeToConvert) => typeToConvert.IsEnum;

    public override JsonConverter CreateConverter(Type typeToConvert, JsonSerializerOptions options) =>
        (JsonConverter)Activator.CreateInstance(typeof(LowerCaseEnumConverter<>).MakeGenericType(typeToConvert))!;

    private sealed class LowerCaseEnumConverter<T> : JsonConverter<T>
        where T : struct, Enum
    {
        public override T Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
            reader.TokenType == JsonTokenType.String && EnumNames<T>.TryRead(reader.GetString()!, out var value)
                ? value
                : throw new InvalidValueException(EnumNames<T>.Rule);

        public override void Write(Utf8JsonWriter writer, T value, JsonSerializerOptions options) =>
            writer.WriteStringValue(EnumNames<T>.Of(value));
    }
}
