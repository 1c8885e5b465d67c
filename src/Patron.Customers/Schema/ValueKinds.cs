using System.Globalization;
using System.Text.Json;
using Npgsql;
using NpgsqlTypes;
using Patron.Customers.Customers;
using Patron.Shared.Text;

namespace Patron.Customers.Schema;

/// <summary>A boolean.</summary>
internal sealed class FlagKind : FieldKind<bool>
{
    // Common spellings in spreadsheets, and those of PostgreSQL's own CSV.
    private static readonly string[] Yes = ["true", "yes", "1", "t", "on"];
    private static readonly string[] No = ["false", "no", "0", "f", "off"];

    public override bool TakesNull => false;

    public override string JsonType => "boolean";

    internal override NpgsqlDbType ColumnType => NpgsqlDbType.Boolean;

    internal override bool Combine(bool one, bool other) => one || other;

    internal override bool Read(NpgsqlDataReader row, int ordinal) => row.GetBoolean(ordinal);

    internal override void Write(Utf8JsonWriter writer, bool value) => writer.WriteBooleanValue(value);

    internal override string? TryRead(ref Utf8JsonReader reader, out bool value)
    {
        value = reader.TokenType == JsonTokenType.True;
        return reader.TokenType is JsonTokenType.True or JsonTokenType.False
            ? null
            : ValueTypes.Mismatch(ValueTypes.Flag, reader.TokenType);
    }

    internal override string? TryParse(string text, out bool value)
    {
        value = Yes.Contains(text.Trim(), StringComparer.OrdinalIgnoreCase);
        return value || No.Contains(text.Trim(), StringComparer.OrdinalIgnoreCase) ? null : "Must be yes or no, true or false, 1 or 0.";
    }
}

/// <summary>A date. Source 5 writes it with a midnight time, which is accepted too.</summary>
internal sealed class DateKind(Func<DateOnly, DateOnly, string?> rule) : FieldKind<DateOnly?>
{
    private const string Format = "yyyy-MM-dd";

    public override string JsonFormat => "date";

    internal override NpgsqlDbType ColumnType => NpgsqlDbType.Date;

    internal override string? Problem(DateOnly? value, DateOnly today) => rule(value!.Value, today);

    internal override DateOnly? Read(NpgsqlDataReader row, int ordinal) => row.GetFieldValue<DateOnly>(ordinal);

    internal override void Write(Utf8JsonWriter writer, DateOnly? value) =>
        writer.WriteStringValue(value!.Value.ToString(Format, CultureInfo.InvariantCulture));

    internal override string? TryRead(ref Utf8JsonReader reader, out DateOnly? value)
    {
        value = null;
        var isDate = RequestText.TryRead(ref reader, out var text) is null && TryParse(text!, out value) is null;
        return isDate ? null : ValueTypes.Mismatch(ValueTypes.Date, reader.TokenType);
    }

    internal override string? TryParse(string text, out DateOnly? value)
    {
        var written = text.AsSpan().Trim();
        var isDay = DateOnly.TryParseExact(
            written.Length >= Format.Length && IsMidnight(written[Format.Length..]) ? written[..Format.Length] : written, Format,
            CultureInfo.InvariantCulture, DateTimeStyles.None, out var date);
        value = isDay ? date : null;
        return isDay ? null : "Must be a date like 1990-01-15.";
    }

    // T00:00:00, optionally with a fraction of zeros and the UTC zone.
    private static bool IsMidnight(ReadOnlySpan<char> time)
    {
        const string Midnight = "T00:00:00";
        if (time.IsEmpty || !time.StartsWith(Midnight, StringComparison.Ordinal))
        {
            return time.IsEmpty;
        }

        var rest = time[Midnight.Length..];
        if (rest.EndsWith("+00:00", StringComparison.Ordinal))
        {
            rest = rest[..^6];
        }
        else if (rest.EndsWith('Z'))
        {
            rest = rest[..^1];
        }

        return rest.IsEmpty || (rest[0] == '.' && rest.Length > 1 && rest[1..].TrimStart('0').IsEmpty);
    }
}

/// <summary>A set of tags; in JSON and files one text separated by commas.</summary>
internal sealed class TagsKind : FieldKind<IReadOnlyList<string>>
{
    public override IReadOnlyList<string> Empty => [];

    public override bool CanBeNull => true;

    public override int? MaxLength => CustomerTags.MaxLength;

    internal override NpgsqlDbType ColumnType => NpgsqlDbType.Array | NpgsqlDbType.Text;

    public override IReadOnlyList<string> Normalize(IReadOnlyList<string> value) => CustomerTags.ToSet(value);

    public override bool AreEqual(IReadOnlyList<string> one, IReadOnlyList<string> other) =>
        one.SequenceEqual(other, StringComparer.Ordinal);

    internal override IReadOnlyList<string> Combine(IReadOnlyList<string> one, IReadOnlyList<string> other) =>
        [.. one, .. other.Except(one, StringComparer.Ordinal)];

    internal override string? Problem(IReadOnlyList<string> value, DateOnly today) => CustomerRules.Tags(value);

    internal override object ToColumn(IReadOnlyList<string> value) => value as string[] ?? [.. value];

    internal override IReadOnlyList<string> Read(NpgsqlDataReader row, int ordinal) => row.GetFieldValue<string[]>(ordinal);

    internal override void Write(Utf8JsonWriter writer, IReadOnlyList<string> value) => writer.WriteStringValue(CustomerTags.Format(value));

    internal override string? TryRead(ref Utf8JsonReader reader, out IReadOnlyList<string> value)
    {
        var problem = RequestText.TryRead(ref reader, out var text, "a string such as \"premium,tech\"");
        value = CustomerTags.Parse(text);
        return problem;
    }

    internal override string? TryParse(string text, out IReadOnlyList<string> value)
    {
        value = CustomerTags.Parse(text);
        return null;
    }
}

/// <summary>A JSON object, compared by content.</summary>
internal sealed class JsonKind : FieldKind<string>
{
    private const string EmptyObject = "{}";

    public override string Empty => EmptyObject;

    public override string JsonType => "object";

    internal override NpgsqlDbType ColumnType => NpgsqlDbType.Jsonb;

    public override bool AreEqual(string one, string other) => new JsonText(one).Equals(new JsonText(other));

    internal override string? Problem(string value, DateOnly today) => CustomerRules.Preferences(new JsonText(value));

    internal override string Read(NpgsqlDataReader row, int ordinal) => row.GetString(ordinal);

    internal override void Write(Utf8JsonWriter writer, string value) => writer.WriteRawValue(value);

    internal override string? TryRead(ref Utf8JsonReader reader, out string value)
    {
        value = EmptyObject;
        if (reader.TokenType != JsonTokenType.StartObject)
        {
            return ValueTypes.Mismatch(ValueTypes.Object, reader.TokenType);
        }

        using var document = JsonDocument.ParseValue(ref reader);
        return TryNormalize(document, out value);
    }

    internal override string? TryParse(string text, out string value)
    {
        value = EmptyObject;
        try
        {
            using var document = JsonDocument.Parse(text);
            return TryNormalize(document, out value);
        }
        catch (JsonException)
        {
            return "This is not JSON.";
        }
    }

    // Removes insignificant spaces. Content that PostgreSQL cannot store is refused before it is used.
    private static string? TryNormalize(JsonDocument document, out string value)
    {
        var problem = JsonText.Problem(document.RootElement);
        value = problem is null ? FieldText.ToJson(document.RootElement.WriteTo) : EmptyObject;
        return problem;
    }
}
