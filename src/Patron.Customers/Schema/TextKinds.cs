using System.Text.Json;
using Npgsql;
using NpgsqlTypes;
using Patron.Customers.Customers;
using Patron.Shared.Text;

namespace Patron.Customers.Schema;

/// <summary>An optional text: null or trimmed and not blank. A rule may validate it further.</summary>
internal sealed class TextKind(
    int? max = null, Func<string, string?>? rule = null, bool severalLines = false, Func<string, string>? clean = null) : FieldKind<string?>
{
    public override int? MaxLength => max;

    internal override NpgsqlDbType ColumnType => NpgsqlDbType.Text;

    public override string? Normalize(string? value) => TextRules.NullIfBlank(value is null || clean is null ? value : clean(value));

    /// <summary>Texts of several lines follow each other. One that would be too long is left out.</summary>
    internal override string? Combine(string? one, string? other)
    {
        if (!severalLines || one is null || other is null || one == other)
        {
            return base.Combine(one, other);
        }

        var both = $"{one}\n\n{other}";
        return Problem(both, default) is null ? both : one;
    }

    internal override string? Problem(string? value, DateOnly today) =>
        (max is { } limit ? CustomerRules.Text(value!, limit, severalLines) : null) ?? rule?.Invoke(value!);

    internal override string? Read(NpgsqlDataReader row, int ordinal) => row.GetString(ordinal);

    internal override void Write(Utf8JsonWriter writer, string? value) => writer.WriteStringValue(value);

    internal override string? TryRead(ref Utf8JsonReader reader, out string? value) => RequestText.TryRead(ref reader, out value);

    internal override string? TryParse(string text, out string? value)
    {
        value = text;
        return null;
    }
}

/// <summary>A text that is never null: empty, or a default value, where nothing was entered.</summary>
internal sealed class NameKind(int? max = null, string empty = "") : FieldKind<string>
{
    public override string Empty => empty;

    public override int? MaxLength => max;

    internal override NpgsqlDbType ColumnType => NpgsqlDbType.Text;

    public override string Normalize(string value) => TextRules.NullIfBlank(value) ?? empty;

    internal override string? Problem(string value, DateOnly today) => max is { } limit ? CustomerRules.Text(value, limit) : null;

    internal override string Read(NpgsqlDataReader row, int ordinal) => row.GetString(ordinal);

    internal override void Write(Utf8JsonWriter writer, string value) => writer.WriteStringValue(value);

    internal override string? TryRead(ref Utf8JsonReader reader, out string value)
    {
        var problem = RequestText.TryRead(ref reader, out var text);
        value = text ?? empty;
        return problem;
    }

    internal override string? TryParse(string text, out string value)
    {
        value = text;
        return null;
    }
}

/// <summary>Reads a text of a request: a JSON string that keeps the rules of <see cref="InputText"/>.</summary>
internal static class RequestText
{
    public static string? TryRead(ref Utf8JsonReader reader, out string? value, string expected = ValueTypes.Text)
    {
        value = null;
        if (reader.TokenType != JsonTokenType.String)
        {
            return ValueTypes.Mismatch(expected, reader.TokenType);
        }

        try
        {
            value = reader.GetString()!;
            return InputText.Problem(value);
        }
        catch (InvalidOperationException)
        {
            return InputText.InvalidUnicode; // Half of a surrogate pair cannot be decoded.
        }
    }
}
