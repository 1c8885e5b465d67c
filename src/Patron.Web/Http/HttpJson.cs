using System.Text.Json;
using System.Text.Json.Serialization;
using Patron.Shared.Text;

namespace Patron.Web.Http;

/// <summary>JSON of what all dialects share.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(ProblemAnswer))]
internal sealed partial class HttpJson : JsonSerializerContext;

/// <summary>How every dialect reads and writes JSON: snake_case, nulls written, enums as lower-case words, no numbers in strings.</summary>
public static class JsonConventions
{
    /// <summary>The text that the reader is at, a value's or a name's. What no text may be is refused with its sentence.</summary>
    public static string GetGivenText(this ref Utf8JsonReader reader)
    {
        try
        {
            var text = reader.GetString()!;
            return GivenText.Problem(text) is { } problem ? throw new RefusedValueException(problem) : text;
        }
        catch (InvalidOperationException)
        {
            throw new RefusedValueException(GivenText.NoUnicode); // Half of a surrogate pair has no UTF-8.
        }
    }

    public static void Apply(JsonSerializerOptions options)
    {
        options.PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower;
        options.DictionaryKeyPolicy = null;
        options.NumberHandling = JsonNumberHandling.Strict;
        options.PropertyNameCaseInsensitive = false;
        options.Converters.Add(new GivenTextConverter());
        options.Converters.Add(new UtcTimeConverter());
        options.Converters.Add(new WordConverterFactory());
    }

    // What no text may be, whatever its field: said here once, for every body of every dialect.
    private sealed class GivenTextConverter : JsonConverter<string>
    {
        public override string? Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
        {
            if (reader.TokenType != JsonTokenType.String)
            {
                throw new JsonException();
            }

            return reader.GetGivenText();
        }

        public override void Write(Utf8JsonWriter writer, string value, JsonSerializerOptions options) => writer.WriteStringValue(value);
    }

    // The contract: UTC, ISO 8601, ending in Z.
    private sealed class UtcTimeConverter : JsonConverter<DateTimeOffset>
    {
        public override DateTimeOffset Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
        {
            // A time without a zone is UTC, wherever the server stands; one with a zone never comes near the server's own.
            var time = reader.GetDateTime();
            return time.Kind == DateTimeKind.Unspecified ? new DateTimeOffset(time, TimeSpan.Zero) : reader.GetDateTimeOffset().ToUniversalTime();
        }

        public override void Write(Utf8JsonWriter writer, DateTimeOffset value, JsonSerializerOptions options) => writer.WriteStringValue(value.UtcDateTime);
    }
}
