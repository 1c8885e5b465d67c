using System.Text;
using System.Text.Json;
using Patron.Shared.Results;

namespace Patron.Customers.Schema;

/// <summary>
/// A change of a record as data: fields and their new values, in the order in which they are applied. It can be compared, stored as JSON
/// and applied later. It also carries the errors of reading the request, so that all errors are reported at once.
/// </summary>
public abstract class RecordChanges<TRecord>(RecordSchema<TRecord> schema, IEnumerable<FieldValue<TRecord>> values)
    where TRecord : class
{
    private readonly List<FieldValue<TRecord>> values = [.. values];

    public IReadOnlyList<FieldValue<TRecord>> Values => values;

    /// <summary>The errors of reading the values; null where there are none.</summary>
    public FieldErrors? Errors { get; private set; }

    public bool Contains(Field<TRecord> field) => values.Exists(value => value.Field == field);

    /// <summary>Adds a value or its error. If a name occurs twice the last one counts, as in JSON.</summary>
    public void Add(Field<TRecord> field, (FieldValue<TRecord>? Value, string? Problem) read)
    {
        if (read.Problem is { } problem)
        {
            AddError(field.Name, problem);
        }
        else if (read.Value is { } value)
        {
            values.RemoveAll(existing => existing.Field == field);
            values.Add(value);
        }
    }

    public void AddError(string name, string problem) => (Errors ??= new FieldErrors()).Add(name, problem);

    /// <summary>The names and values as a JSON object, for storage.</summary>
    public string ToJson() => FieldText.ToJson(writer =>
    {
        writer.WriteStartObject();
        Write(writer);
        writer.WriteEndObject();
    });

    /// <summary>Writes all members, and the errors.</summary>
    public void WriteAll(Utf8JsonWriter writer)
    {
        Write(writer);
        if (Errors is { } mistakes)
        {
            writer.WriteString("?", mistakes.ToError().Sentence);
        }
    }

    /// <summary>
    /// Adds the values that <see cref="ToJson"/> wrote. Unknown fields and invalid values are added to <see cref="Errors"/>.
    /// </summary>
    public void AddJson(string json)
    {
        var reader = new Utf8JsonReader(Encoding.UTF8.GetBytes(json));
        reader.Read();
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var name = reader.GetString()!;
            reader.Read();
            if (schema.Find(name) is { } field)
            {
                Add(field, field.TryRead(ref reader));
            }
            else
            {
                AddError(name, "There's no such field.");
            }

            reader.Skip();
        }
    }

    /// <summary>The new value of the field; default where the change does not contain it.</summary>
    public TValue? ValueOf<TValue>(Field<TRecord, TValue> field) =>
        values.Find(value => value.Field == field) is FieldValue<TRecord, TValue> named ? named.Value : default;

    private void Write(Utf8JsonWriter writer)
    {
        foreach (var value in values)
        {
            writer.WritePropertyName(value.Field.Name);
            value.Write(writer);
        }
    }

    internal void Apply(TRecord record)
    {
        foreach (var value in values)
        {
            value.Apply(record);
        }
    }

    internal void CopyErrors(RecordChanges<TRecord> other) => Errors = other.Errors;
}
