using System.Globalization;
using System.Text.Json;

namespace Patron.OdooStandIn.Models;

/// <summary>
/// Writes records as the response to <c>read</c>: these fields, related ones as <c>[id, name]</c> unless only ids are requested.
/// </summary>
internal sealed record Rows(StandInModel Model, IReadOnlyList<StandInRecord> Records, IReadOnlyList<string> Fields, bool WithNames)
{
    private static readonly string[] Units = ["bytes", "Kb", "Mb", "Gb", "Tb"];

    /// <summary>Whether files are returned as a size.</summary>
    public bool HasSizes { get; init; }

    public void Write(Utf8JsonWriter writer, Reading reading)
    {
        writer.WriteStartArray();
        foreach (var record in Records)
        {
            writer.WriteStartObject();
            writer.WriteNumber("id", record.Id);
            foreach (var field in Fields.Where(field => field != "id"))
            {
                writer.WritePropertyName(field);
                Write(writer, reading, Model.Fields[field], reading.Value(Model, record, field));
            }

            writer.WriteEndObject();
        }

        writer.WriteEndArray();
    }

    private void Write(Utf8JsonWriter writer, Reading reading, StandInField field, object? value)
    {
        switch (value ?? field.Empty)
        {
            case long id when field.Type == "many2one" && WithNames:
                writer.WriteStartArray();
                writer.WriteNumberValue(id);
                writer.WriteStringValue(reading.Related(field.Relation!, id) is { } related ? reading.DisplayName(field.Relation!, related) : "");
                writer.WriteEndArray();
                break;
            case string text: writer.WriteStringValue(text); break;
            case bool flag: writer.WriteBooleanValue(flag); break;
            case long number: writer.WriteNumberValue(number); break;
            // Amounts are Python floats: 89.0.
            case decimal amount: writer.WriteRawValue(amount.ToString("0.0############", CultureInfo.InvariantCulture)); break;
            case DateTime time: writer.WriteStringValue(time.ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture)); break;
            case DateOnly date: writer.WriteStringValue(date.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture)); break;
            case byte[] file when HasSizes: writer.WriteStringValue(Size(file.Length)); break;
            case byte[] file: writer.WriteBase64StringValue(file); break;
            case long[] ids: JsonSerializer.Serialize(writer, ids); break;
            default: throw new InvalidOperationException($"{field.Name} holds what no field can: {value?.GetType()}");
        }
    }

    // Like Odoo's human_size.
    private static string Size(double size)
    {
        var unit = 0;
        for (; size >= 1024 && unit < Units.Length - 1; unit++)
        {
            size /= 1024;
        }

        return $"{size.ToString("0.00", CultureInfo.InvariantCulture)} {Units[unit]}";
    }
}
