using System.Globalization;
using System.Text.Json;
using Patron.Shared.Text;

namespace Patron.Odoo.Client;

/// <summary>
/// A record of Odoo's JSON: <c>false</c>, empty and blank texts and missing fields are empty; a related record is <c>[id, name]</c>; times
/// are UTC without a zone.
/// </summary>
internal readonly struct OdooRow(JsonElement row)
{
    public long Id => Number("id") ?? throw new FormatException("It has no id.");

    public bool IsEmpty(string field) => Value(field).ValueKind is JsonValueKind.Undefined or JsonValueKind.Null or JsonValueKind.False;

    /// <summary>The repaired text (<see cref="InputText.Repair"/>).</summary>
    public string? Text(string field) => Clean(Value(field));

    public bool Flag(string field, bool defaultValue = false) => Value(field).ValueKind switch
    {
        JsonValueKind.True => true,
        JsonValueKind.False => false,
        _ => defaultValue,
    };

    public long? Number(string field) => ToInt64(Value(field));

    public decimal? Amount(string field) =>
        Value(field) is { ValueKind: JsonValueKind.Number } value && value.TryGetDecimal(out var amount) ? amount : null;

    /// <summary>The id of a related record.</summary>
    public long? RelatedId(string field) =>
        Value(field) is { ValueKind: JsonValueKind.Array } pair && pair.GetArrayLength() == 2 ? ToInt64(pair[0]) : Number(field);

    /// <summary>The name of a related record.</summary>
    public string? RelatedName(string field) =>
        Value(field) is { ValueKind: JsonValueKind.Array } pair && pair.GetArrayLength() == 2 ? Clean(pair[1]) : null;

    /// <summary>The content of a file; null where there is none.</summary>
    public byte[]? Bytes(string field)
    {
        if (Value(field) is not { ValueKind: JsonValueKind.String } value)
        {
            return null;
        }

        return value.TryGetBytesFromBase64(out var bytes) ? bytes : throw new FormatException("A file is not in base64.");
    }

    public DateOnly? Date(string field) =>
        Value(field) is { ValueKind: JsonValueKind.String } value
            && DateOnly.TryParseExact(value.GetString(), "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var date)
            ? date
            : null;

    public DateTimeOffset? Time(string field) =>
        Value(field) is { ValueKind: JsonValueKind.String } value
        && DateTimeOffset.TryParseExact(
            value.GetString(), OdooTime.Format, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time)
            ? time
            : null;

    private static long? ToInt64(JsonElement value) =>
        value.ValueKind == JsonValueKind.Number && value.TryGetInt64(out var number) ? number : null;

    private static string? Clean(JsonElement value) =>
        value.ValueKind == JsonValueKind.String ? InputText.Repair(value.GetString()!) : null;

    private JsonElement Value(string field) =>
        row.ValueKind == JsonValueKind.Object && row.TryGetProperty(field, out var value) ? value : default;
}

/// <summary>Odoo's format of times: UTC, whole seconds, no zone.</summary>
internal static class OdooTime
{
    public const string Format = "yyyy-MM-dd HH:mm:ss";

    public static string Write(DateTimeOffset time) => time.UtcDateTime.ToString(Format, CultureInfo.InvariantCulture);
}
