using System.Text.Json;
using Npgsql;
using NpgsqlTypes;
using Patron.Shared.Text;

namespace Patron.Customers.Schema;

/// <summary>A value of an enumeration.</summary>
internal sealed class EnumKind<T> : FieldKind<T>
    where T : struct, Enum
{
    public override bool TakesNull => false;

    public override IReadOnlyList<string> AllowedValues => EnumNames<T>.All;

    internal override NpgsqlDbType ColumnType => NpgsqlDbType.Text;

    internal override T Read(NpgsqlDataReader row, int ordinal) => EnumNames<T>.Parse(row.GetString(ordinal));

    internal override object ToColumn(T value) => EnumNames<T>.Of(value);

    internal override void Write(Utf8JsonWriter writer, T value) => writer.WriteStringValue(EnumNames<T>.Of(value));

    internal override string? TryRead(ref Utf8JsonReader reader, out T value) => EnumReader<T>.TryRead(ref reader, out value);

    internal override string? TryParse(string text, out T value) => EnumReader<T>.TryParse(text, out value);
}

/// <summary>An optional value of an enumeration.</summary>
internal sealed class OptionalEnumKind<T> : FieldKind<T?>
    where T : struct, Enum
{
    public override IReadOnlyList<string> AllowedValues => EnumNames<T>.All;

    internal override NpgsqlDbType ColumnType => NpgsqlDbType.Text;

    internal override T? Read(NpgsqlDataReader row, int ordinal) => EnumNames<T>.Parse(row.GetString(ordinal));

    internal override object? ToColumn(T? value) => value is { } word ? EnumNames<T>.Of(word) : null;

    internal override void Write(Utf8JsonWriter writer, T? value) => writer.WriteStringValue(EnumNames<T>.Of(value!.Value));

    internal override string? TryRead(ref Utf8JsonReader reader, out T? value)
    {
        var problem = EnumReader<T>.TryRead(ref reader, out var word);
        value = word;
        return problem;
    }

    internal override string? TryParse(string text, out T? value)
    {
        var problem = EnumReader<T>.TryParse(text, out var word);
        value = word;
        return problem;
    }
}

internal static class EnumReader<T>
    where T : struct, Enum
{
    public static string? TryRead(ref Utf8JsonReader reader, out T value)
    {
        value = default;
        return RequestText.TryRead(ref reader, out var text) is null && EnumNames<T>.TryRead(text!, out value) ? null : EnumNames<T>.Rule;
    }

    public static string? TryParse(string text, out T value) =>
        EnumNames<T>.TryRead(text.Trim().ToLowerInvariant(), out value) ? null : EnumNames<T>.Rule;
}
