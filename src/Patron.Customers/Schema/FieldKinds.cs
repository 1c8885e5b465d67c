using System.Text.Json;
using Npgsql;
using NpgsqlTypes;
using Patron.Customers.Customers;
using Patron.Shared.Text;

namespace Patron.Customers.Schema;

/// <summary>A value that only Patron writes: numbers, times, identifiers.</summary>
internal sealed class SystemKind<T>(
    NpgsqlDbType columnType, string jsonType, string? jsonFormat, Func<NpgsqlDataReader, int, T> read,
    Action<Utf8JsonWriter, T> write) : FieldKind<T>
{
    private const string OnlyPatronWrites = "Only Patron writes this field.";

    public override string JsonType => jsonType;

    public override string? JsonFormat => jsonFormat;

    public override bool TakesNull => default(T) is null;

    internal override NpgsqlDbType ColumnType => columnType;

    internal override T Read(NpgsqlDataReader row, int ordinal) => read(row, ordinal);

    internal override void Write(Utf8JsonWriter writer, T value) => write(writer, value);

    internal override string TryRead(ref Utf8JsonReader reader, out T value)
    {
        value = default!;
        return OnlyPatronWrites;
    }

    internal override string TryParse(string text, out T value)
    {
        value = default!;
        return OnlyPatronWrites;
    }
}

/// <summary>The kinds of the declared fields.</summary>
internal static class FieldKinds
{
    public static FieldKind<string?> Phone { get; } = new TextKind(
        PhoneNumber.MaxLength, CustomerRules.Phone, clean: InvisibleCharacters.Remove);

    public static FieldKind<string?> Email { get; } = new TextKind(EmailAddress.MaxLength, CustomerRules.Email);

    public static FieldKind<string?> Language { get; } = new TextKind(
        LanguageTag.MaxLength, text => LanguageTag.Normalize(text) is null ? LanguageTag.Rule : null,
        clean: text => LanguageTag.Normalize(text) ?? text);

    public static FieldKind<string?> Website { get; } = new TextKind(255, CustomerRules.Website);

    public static FieldKind<DateOnly?> BirthDate { get; } = new DateKind(CustomerRules.BirthDate);

    public static FieldKind<IReadOnlyList<string>> Tags { get; } = new TagsKind();

    public static FieldKind<string> Json { get; } = new JsonKind();

    public static FieldKind<bool> Flag { get; } = new FlagKind();

    /// <summary>A text that only Patron writes.</summary>
    public static FieldKind<string> Name { get; } = new NameKind();

    /// <summary>A text that only Patron writes, or null.</summary>
    public static FieldKind<string?> OptionalText { get; } = new TextKind();

    public static FieldKind<long> Long { get; } = new SystemKind<long>(
        NpgsqlDbType.Bigint, "integer", "int64", (row, ordinal) => row.GetInt64(ordinal),
        (writer, value) => writer.WriteNumberValue(value));

    public static FieldKind<long?> OptionalLong { get; } = new SystemKind<long?>(
        NpgsqlDbType.Bigint, "integer", "int64", (row, ordinal) => row.GetInt64(ordinal),
        (writer, value) => writer.WriteNumberValue(value!.Value));

    public static FieldKind<int> Int { get; } = new SystemKind<int>(
        NpgsqlDbType.Integer, "integer", "int32", (row, ordinal) => row.GetInt32(ordinal),
        (writer, value) => writer.WriteNumberValue(value));

    public static FieldKind<Guid> Uuid { get; } = new SystemKind<Guid>(
        NpgsqlDbType.Uuid, "string", "uuid", (row, ordinal) => row.GetGuid(ordinal), (writer, value) => writer.WriteStringValue(value));

    public static FieldKind<Guid?> OptionalUuid { get; } = new SystemKind<Guid?>(
        NpgsqlDbType.Uuid, "string", "uuid", (row, ordinal) => row.GetGuid(ordinal),
        (writer, value) => writer.WriteStringValue(value!.Value));

    // UTC, ISO 8601, ending in Z (contract, 'Common to all').
    public static FieldKind<DateTimeOffset> Time { get; } =
        new SystemKind<DateTimeOffset>(
            NpgsqlDbType.TimestampTz, "string", "date-time", (row, ordinal) =>
                row.GetFieldValue<DateTimeOffset>(ordinal), (writer, value) => writer.WriteStringValue(value.UtcDateTime));

    public static FieldKind<DateTimeOffset?> OptionalTime { get; } =
        new SystemKind<DateTimeOffset?>(
            NpgsqlDbType.TimestampTz, "string", "date-time", (row, ordinal) =>
                row.GetFieldValue<DateTimeOffset>(ordinal), (writer, value) => writer.WriteStringValue(value!.Value.UtcDateTime));

    public static FieldKind<string?> Text(int max, bool severalLines = false) => new TextKind(max, severalLines: severalLines);

    public static FieldKind<string> Required(int max, string empty = "") => new NameKind(max, empty);

    public static FieldKind<T> Enum<T>()
        where T : struct, Enum => new EnumKind<T>();

    public static FieldKind<T?> OptionalEnum<T>()
        where T : struct, Enum => new OptionalEnumKind<T>();
}
