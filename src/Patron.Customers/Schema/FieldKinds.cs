using System.Globalization;
using System.Text.Json;
using Npgsql;
using NpgsqlTypes;
using Patron.Customers.Customers;
using Patron.Shared.Text;

namespace Patron.Customers.Schema;

/// <summary>A text that may be missing: null, never blank, without blanks around it. A rule says what else is wrong with one.</summary>
internal sealed class TextKind(int? max = null, Func<string, string?>? rule = null, bool severalLines = false) : FieldKind<string?>
{
    public override int? MaxLength => max;

    internal override NpgsqlDbType ColumnType => NpgsqlDbType.Text;

    public override string? Normalize(string? value) => TextRules.NullIfBlank(value);

    internal override string? Problem(string? value, DateOnly today) =>
        (max is { } most ? CustomerRules.Text(value!, most, severalLines) : null) ?? rule?.Invoke(value!);

    internal override string? Read(NpgsqlDataReader row, int ordinal) => row.GetString(ordinal);

    internal override void Write(Utf8JsonWriter writer, string? value) => writer.WriteStringValue(value);

    internal override string? TryRead(ref Utf8JsonReader reader, out string? value) => TextReading.TryRead(ref reader, out value);

    internal override string? TryParse(string text, out string? value)
    {
        value = text;
        return null;
    }
}

/// <summary>A text that is always there: empty, or a word of its own, where nothing was written.</summary>
internal sealed class NameKind(int? max = null, string empty = "") : FieldKind<string>
{
    public override string Empty => empty;

    public override int? MaxLength => max;

    internal override NpgsqlDbType ColumnType => NpgsqlDbType.Text;

    public override string Normalize(string value) => value.Trim() is { Length: > 0 } text ? text : empty;

    internal override string? Problem(string value, DateOnly today) => max is { } most ? CustomerRules.Text(value, most) : null;

    internal override string Read(NpgsqlDataReader row, int ordinal) => row.GetString(ordinal);

    internal override void Write(Utf8JsonWriter writer, string value) => writer.WriteStringValue(value);

    internal override string? TryRead(ref Utf8JsonReader reader, out string value)
    {
        var problem = TextReading.TryRead(ref reader, out var text);
        value = text ?? empty;
        return problem;
    }

    internal override string? TryParse(string text, out string value)
    {
        value = text;
        return null;
    }
}

/// <summary>How every text of a request is read: a JSON string that keeps the rules of <see cref="GivenText"/>.</summary>
internal static class TextReading
{
    public static string? TryRead(ref Utf8JsonReader reader, out string? value)
    {
        value = null;
        if (reader.TokenType != JsonTokenType.String)
        {
            return FieldKind<string>.WrongType;
        }

        try
        {
            value = reader.GetString()!;
            return GivenText.Problem(value);
        }
        catch (InvalidOperationException)
        {
            return GivenText.NoUnicode; // Half of a surrogate pair has no UTF-8.
        }
    }
}

/// <summary>A word of an enumeration, always there.</summary>
internal sealed class WordKind<T> : FieldKind<T>
    where T : struct, Enum
{
    public override bool TakesNull => false;

    public override IReadOnlyList<string> Words => Words<T>.All;

    internal override NpgsqlDbType ColumnType => NpgsqlDbType.Text;

    internal override T Read(NpgsqlDataReader row, int ordinal) => Words<T>.Parse(row.GetString(ordinal));

    internal override object ToColumn(T value) => Words<T>.Of(value);

    internal override void Write(Utf8JsonWriter writer, T value) => writer.WriteStringValue(Words<T>.Of(value));

    internal override string? TryRead(ref Utf8JsonReader reader, out T value) => WordReading<T>.TryRead(ref reader, out value);

    internal override string? TryParse(string text, out T value) => WordReading<T>.TryParse(text, out value);
}

/// <summary>A word of an enumeration that may be missing.</summary>
internal sealed class OptionalWordKind<T> : FieldKind<T?>
    where T : struct, Enum
{
    public override IReadOnlyList<string> Words => Words<T>.All;

    internal override NpgsqlDbType ColumnType => NpgsqlDbType.Text;

    internal override T? Read(NpgsqlDataReader row, int ordinal) => Words<T>.Parse(row.GetString(ordinal));

    internal override object? ToColumn(T? value) => value is { } word ? Words<T>.Of(word) : null;

    internal override void Write(Utf8JsonWriter writer, T? value) => writer.WriteStringValue(Words<T>.Of(value!.Value));

    internal override string? TryRead(ref Utf8JsonReader reader, out T? value)
    {
        var problem = WordReading<T>.TryRead(ref reader, out var word);
        value = word;
        return problem;
    }

    internal override string? TryParse(string text, out T? value)
    {
        var problem = WordReading<T>.TryParse(text, out var word);
        value = word;
        return problem;
    }
}

internal static class WordReading<T>
    where T : struct, Enum
{
    public static string? TryRead(ref Utf8JsonReader reader, out T value)
    {
        value = default;
        return TextReading.TryRead(ref reader, out var text) is null && Words<T>.TryRead(text!, out value) ? null : Words<T>.Rule;
    }

    public static string? TryParse(string text, out T value) => Words<T>.TryRead(text.Trim().ToLowerInvariant(), out value) ? null : Words<T>.Rule;
}

/// <summary>Yes or no.</summary>
internal sealed class FlagKind(bool empty = false) : FieldKind<bool>
{
    // What people who keep a table mean by a flag, and what PostgreSQL's own CSV writes.
    private static readonly string[] Yes = ["true", "yes", "1", "t", "on"];
    private static readonly string[] No = ["false", "no", "0", "f", "off"];

    public override bool Empty => empty;

    public override bool TakesNull => false;

    public override string JsonType => "boolean";

    internal override NpgsqlDbType ColumnType => NpgsqlDbType.Boolean;

    internal override bool Combine(bool one, bool other) => one || other;

    internal override bool Read(NpgsqlDataReader row, int ordinal) => row.GetBoolean(ordinal);

    internal override void Write(Utf8JsonWriter writer, bool value) => writer.WriteBooleanValue(value);

    internal override string? TryRead(ref Utf8JsonReader reader, out bool value)
    {
        value = reader.TokenType == JsonTokenType.True;
        return reader.TokenType is JsonTokenType.True or JsonTokenType.False ? null : WrongType;
    }

    internal override string? TryParse(string text, out bool value)
    {
        value = Yes.Contains(text.Trim(), StringComparer.OrdinalIgnoreCase);
        return value || No.Contains(text.Trim(), StringComparer.OrdinalIgnoreCase) ? null : "This is yes or no, true or false, 1 or 0.";
    }
}

/// <summary>A day. Source 5 shows it with a midnight behind it, which is read too.</summary>
internal sealed class DateKind(Func<DateOnly, DateOnly, string?> rule) : FieldKind<DateOnly?>
{
    private const string Form = "yyyy-MM-dd";

    public override string JsonFormat => "date";

    internal override NpgsqlDbType ColumnType => NpgsqlDbType.Date;

    internal override string? Problem(DateOnly? value, DateOnly today) => rule(value!.Value, today);

    internal override DateOnly? Read(NpgsqlDataReader row, int ordinal) => row.GetFieldValue<DateOnly>(ordinal);

    internal override void Write(Utf8JsonWriter writer, DateOnly? value) => writer.WriteStringValue(value!.Value.ToString(Form, CultureInfo.InvariantCulture));

    internal override string? TryRead(ref Utf8JsonReader reader, out DateOnly? value)
    {
        value = null;
        return TextReading.TryRead(ref reader, out var text) is null && TryParse(text!, out value) is null ? null : WrongType;
    }

    internal override string? TryParse(string text, out DateOnly? value)
    {
        var written = text.AsSpan().Trim();
        var isDay = DateOnly.TryParseExact(written.Length >= Form.Length && IsMidnight(written[Form.Length..]) ? written[..Form.Length] : written, Form, CultureInfo.InvariantCulture, DateTimeStyles.None, out var date);
        value = isDay ? date : null;
        return isDay ? null : "Write the date like 1990-01-15.";
    }

    // T00:00:00, with any number of zeros behind a point, with or without the zone of UTC.
    private static bool IsMidnight(ReadOnlySpan<char> time)
    {
        const string Midnight = "T00:00:00";
        if (time.IsEmpty || !time.StartsWith(Midnight, StringComparison.Ordinal))
        {
            return time.IsEmpty;
        }

        var rest = time[Midnight.Length..];
        rest = rest.EndsWith("+00:00", StringComparison.Ordinal) ? rest[..^6] : rest.EndsWith("Z", StringComparison.Ordinal) ? rest[..^1] : rest;
        return rest.IsEmpty || (rest[0] == '.' && rest.Length > 1 && rest[1..].TrimStart('0').IsEmpty);
    }
}

/// <summary>A set of tags; in JSON and files one text with commas between them.</summary>
internal sealed class TagsKind : FieldKind<IReadOnlyList<string>>
{
    public override IReadOnlyList<string> Empty => [];

    public override bool CanBeNull => true;

    public override int? MaxLength => CustomerTags.MaxLength;

    internal override NpgsqlDbType ColumnType => NpgsqlDbType.Array | NpgsqlDbType.Text;

    public override IReadOnlyList<string> Normalize(IReadOnlyList<string> value) => CustomerTags.ToSet(value);

    public override bool AreEqual(IReadOnlyList<string> one, IReadOnlyList<string> other) => one.SequenceEqual(other, StringComparer.Ordinal);

    internal override IReadOnlyList<string> Combine(IReadOnlyList<string> one, IReadOnlyList<string> other) => [.. one, .. other.Except(one, StringComparer.Ordinal)];

    internal override string? Problem(IReadOnlyList<string> value, DateOnly today) => CustomerRules.Tags(value);

    internal override object ToColumn(IReadOnlyList<string> value) => value as string[] ?? [.. value];

    internal override IReadOnlyList<string> Read(NpgsqlDataReader row, int ordinal) => row.GetFieldValue<string[]>(ordinal);

    internal override void Write(Utf8JsonWriter writer, IReadOnlyList<string> value) => writer.WriteStringValue(CustomerTags.Format(value));

    internal override string? TryRead(ref Utf8JsonReader reader, out IReadOnlyList<string> value)
    {
        var problem = TextReading.TryRead(ref reader, out var text);
        value = CustomerTags.Parse(text);
        return problem;
    }

    internal override string? TryParse(string text, out IReadOnlyList<string> value)
    {
        value = CustomerTags.Parse(text);
        return null;
    }
}

/// <summary>A JSON object, compared by what it says.</summary>
internal sealed class JsonKind : FieldKind<string>
{
    private const string Nothing = "{}";

    public override string Empty => Nothing;

    public override string JsonType => "object";

    internal override NpgsqlDbType ColumnType => NpgsqlDbType.Jsonb;

    public override bool AreEqual(string one, string other) => new JsonText(one).Equals(new JsonText(other));

    internal override string? Problem(string value, DateOnly today) => CustomerRules.Preferences(new JsonText(value));

    internal override string Read(NpgsqlDataReader row, int ordinal) => row.GetString(ordinal);

    internal override void Write(Utf8JsonWriter writer, string value) => writer.WriteRawValue(value);

    internal override string? TryRead(ref Utf8JsonReader reader, out string value)
    {
        value = Nothing;
        if (reader.TokenType != JsonTokenType.StartObject)
        {
            return WrongType;
        }

        using var document = JsonDocument.ParseValue(ref reader);
        return Take(document, out value);
    }

    internal override string? TryParse(string text, out string value)
    {
        value = Nothing;
        try
        {
            using var document = JsonDocument.Parse(text);
            return Take(document, out value);
        }
        catch (JsonException)
        {
            return "This is not JSON.";
        }
    }

    // Without the blanks between its parts; what PostgreSQL cannot hold is refused before anything reads it.
    private static string? Take(JsonDocument document, out string value)
    {
        var problem = JsonText.Problem(document.RootElement);
        value = problem is null ? FieldText.ToJson(document.RootElement.WriteTo) : Nothing;
        return problem;
    }
}

/// <summary>A value that Patron keeps and nobody writes: numbers, times, identifiers.</summary>
internal sealed class SystemKind<T>(NpgsqlDbType columnType, string jsonType, string? jsonFormat, Action<Utf8JsonWriter, T> write) : FieldKind<T>
{
    public override string JsonType => jsonType;

    public override string? JsonFormat => jsonFormat;

    public override bool TakesNull => default(T) is null;

    internal override NpgsqlDbType ColumnType => columnType;

    internal override T Read(NpgsqlDataReader row, int ordinal) => row.GetFieldValue<T>(ordinal);

    internal override void Write(Utf8JsonWriter writer, T value) => write(writer, value);

    internal override string TryRead(ref Utf8JsonReader reader, out T value)
    {
        value = default!;
        return WrongType;
    }

    internal override string TryParse(string text, out T value)
    {
        value = default!;
        return WrongType;
    }
}

/// <summary>The kinds that fields share.</summary>
internal static class FieldKinds
{
    public static FieldKind<string?> Phone { get; } = new TextKind(20, CustomerRules.Phone);

    public static FieldKind<string?> Email { get; } = new TextKind(EmailAddress.MaxLength, CustomerRules.Email);

    public static FieldKind<string?> Website { get; } = new TextKind(255, CustomerRules.Website);

    public static FieldKind<DateOnly?> BirthDate { get; } = new DateKind(CustomerRules.BirthDate);

    public static FieldKind<IReadOnlyList<string>> Tags { get; } = new TagsKind();

    public static FieldKind<string> Json { get; } = new JsonKind();

    public static FieldKind<bool> Flag { get; } = new FlagKind();

    public static FieldKind<bool> FlagUnlessSaid { get; } = new FlagKind(empty: true);

    /// <summary>A text that Patron writes.</summary>
    public static FieldKind<string> Name { get; } = new NameKind();

    /// <summary>A text that Patron writes where there is one.</summary>
    public static FieldKind<string?> OptionalText { get; } = new TextKind();

    public static FieldKind<long> Long { get; } = new SystemKind<long>(NpgsqlDbType.Bigint, "integer", "int64", (writer, value) => writer.WriteNumberValue(value));

    public static FieldKind<long?> OptionalLong { get; } = new SystemKind<long?>(NpgsqlDbType.Bigint, "integer", "int64", (writer, value) => writer.WriteNumberValue(value!.Value));

    public static FieldKind<int> Int { get; } = new SystemKind<int>(NpgsqlDbType.Integer, "integer", "int32", (writer, value) => writer.WriteNumberValue(value));

    public static FieldKind<Guid> Uuid { get; } = new SystemKind<Guid>(NpgsqlDbType.Uuid, "string", "uuid", (writer, value) => writer.WriteStringValue(value));

    public static FieldKind<Guid?> OptionalUuid { get; } = new SystemKind<Guid?>(NpgsqlDbType.Uuid, "string", "uuid", (writer, value) => writer.WriteStringValue(value!.Value));

    // UTC, ISO 8601, ending in Z (contract, 'Common to all').
    public static FieldKind<DateTimeOffset> Time { get; } =
        new SystemKind<DateTimeOffset>(NpgsqlDbType.TimestampTz, "string", "date-time", (writer, value) => writer.WriteStringValue(value.UtcDateTime));

    public static FieldKind<DateTimeOffset?> OptionalTime { get; } =
        new SystemKind<DateTimeOffset?>(NpgsqlDbType.TimestampTz, "string", "date-time", (writer, value) => writer.WriteStringValue(value!.Value.UtcDateTime));

    public static FieldKind<string?> Text(int max, bool severalLines = false) => new TextKind(max, severalLines: severalLines);

    public static FieldKind<string> Required(int max, string empty = "") => new NameKind(max, empty);

    public static FieldKind<T> Word<T>()
        where T : struct, Enum => new WordKind<T>();

    public static FieldKind<T?> OptionalWord<T>()
        where T : struct, Enum => new OptionalWordKind<T>();
}
