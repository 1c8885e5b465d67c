using System.Globalization;
using System.Text.Json;
using Patron.Customers.Customers;
using Patron.Customers.Schema;

namespace Patron.Customers.Merges;

/// <summary>
/// All stored values of a record at one time, and when each of its consents was last stated (by the field's name). Merges and their undo
/// are computed from snapshots; nothing here reads or writes the database.
/// </summary>
internal sealed record RecordSnapshot(Customer Record, IReadOnlyDictionary<string, DateTimeOffset> StatedAt)
{
    /// <summary>The version of the form in which snapshots are stored. Columns that are newer than a snapshot have their default.</summary>
    public const int SchemaVersion = 1;

    /// <summary>The columns of a new record, for those that a stored snapshot does not have.</summary>
    public static string Defaults { get; } = FieldText.ToJson(writer => WriteRecord(writer, new Customer()));

    /// <summary>The consents of a customer, in the order of their declaration.</summary>
    public static IReadOnlyList<Field<Customer, bool>> ConsentFields { get; } =
        [.. CustomerSchema.Fields.Written.Where(field => field.IsConsent).OfType<Field<Customer, bool>>()];

    /// <summary>A snapshot whose record can be changed without changing this one.</summary>
    public RecordSnapshot Copy() => new(Record.Copy(), new Dictionary<string, DateTimeOffset>(StatedAt, StringComparer.Ordinal));

    /// <summary>The form in which it is stored: the columns by name, as PostgreSQL reads them, and the times of the statements.</summary>
    public string ToJson() => FieldText.ToJson(writer =>
    {
        writer.WriteStartObject();
        writer.WritePropertyName("record");
        WriteRecord(writer, Record);
        writer.WriteStartObject("consents");
        foreach (var (kind, at) in StatedAt.OrderBy(entry => entry.Key, StringComparer.Ordinal))
        {
            writer.WriteString(kind, at.UtcDateTime);
        }

        writer.WriteEndObject();
        writer.WriteEndObject();
    });

    /// <summary>The times of the statements, as <see cref="ToJson"/> wrote them.</summary>
    public static IReadOnlyDictionary<string, DateTimeOffset> ReadStatements(string json)
    {
        using var document = JsonDocument.Parse(json);
        return document.RootElement.EnumerateObject()
            .ToDictionary(entry => entry.Name, entry => entry.Value.GetDateTimeOffset(), StringComparer.Ordinal);
    }

    private static void WriteRecord(Utf8JsonWriter writer, Customer record)
    {
        writer.WriteStartObject();
        foreach (var field in CustomerSchema.Fields.All)
        {
            writer.WritePropertyName(field.Name);
            WriteColumn(writer, field, field.ToColumn(record));
        }

        writer.WriteEndObject();
    }

    private static void WriteColumn(Utf8JsonWriter writer, Field<Customer> field, object? value)
    {
        switch (value)
        {
            case null:
                writer.WriteNullValue();
                break;
            case string json when field.ColumnType == NpgsqlTypes.NpgsqlDbType.Jsonb:
                writer.WriteRawValue(json);
                break;
            case string[] texts:
                writer.WriteStartArray();
                Array.ForEach(texts, writer.WriteStringValue);
                writer.WriteEndArray();
                break;
            case bool flag:
                writer.WriteBooleanValue(flag);
                break;
            case int or long:
                writer.WriteNumberValue(Convert.ToInt64(value, CultureInfo.InvariantCulture));
                break;
            case DateTimeOffset time:
                writer.WriteStringValue(time.UtcDateTime);
                break;
            case DateOnly date:
                writer.WriteStringValue(date.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture));
                break;
            default:
                writer.WriteStringValue(value.ToString());
                break;
        }
    }
}
