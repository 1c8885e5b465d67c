using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.RegularExpressions;

namespace Patron.Dialects.Customers;

/// <summary>A birth date as source 5 spells it: <c>1990-01-15T00:00:00</c>. <c>1990-01-15</c> is read too, and <c>Z</c> behind midnight.</summary>
[JsonConverter(typeof(BirthDateConverter))]
public readonly record struct BirthDate(DateOnly Date)
{
    public static BirthDate? From(DateOnly? date) => date is { } known ? new BirthDate(known) : null;
}

internal sealed partial class BirthDateConverter : JsonConverter<BirthDate>
{
    private const string Form = "yyyy-MM-dd";

    public override BirthDate Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        reader.TokenType == JsonTokenType.String && Readable().Match(reader.GetString()!) is { Success: true } match
        && DateOnly.TryParseExact(match.Groups["date"].ValueSpan, Form, CultureInfo.InvariantCulture, DateTimeStyles.None, out var date)
            ? new BirthDate(date)
            : throw new JsonException();

    public override void Write(Utf8JsonWriter writer, BirthDate value, JsonSerializerOptions options) =>
        writer.WriteStringValue(value.Date.ToString(Form, CultureInfo.InvariantCulture) + "T00:00:00");

    [GeneratedRegex(
        @"^(?<date>[0-9]{4}-[0-9]{2}-[0-9]{2})(T00:00:00(\.0+)?(Z|\+00:00)?)?\z",
        RegexOptions.ExplicitCapture | RegexOptions.NonBacktracking)]
    private static partial Regex Readable();
}
