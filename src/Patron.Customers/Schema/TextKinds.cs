using System.Text.Json;
using Npgsql;
using NpgsqlTypes;
using Patron.Customers.Customers;
using Patron.Shared.Text;

namespace Patron.Customers.Schema;

/// <summary>A text that may be missing: null, never blank, without blanks around it. A rule says what else is wrong with one.</summary>
internal sealed class TextKind(
    int? max = null, Func<string, string?>? rule = null, bool severalLines = false, Func<string, string>? tidy = null) : FieldKind<string?>
{
    public override int? MaxLength => max;

    internal override NpgsqlDbType ColumnType => NpgsqlDbType.Text;

    public override string? Normalize(string? value) => TextRules.NullIfBlank(value is null || tidy is null ? value : tidy(value));

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

    public override string Normalize(string value) => TextRules.NullIfBlank(value) ?? empty;

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
