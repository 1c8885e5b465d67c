using System.Text;
using System.Text.Json;
using Patron.Shared.Results;

namespace Patron.Customers.Schema;

/// <summary>
/// A change of a record as data: fields and the values that they are to have, in the order in which they are applied. It can be compared, kept as JSON
/// and applied later. What could not be read of a request travels with it, so that all mistakes are told at once.
/// </summary>
public abstract class RecordChanges<TRecord>(RecordSchema<TRecord> schema, IEnumerable<FieldValue<TRecord>> values)
    where TRecord : class
{
    private readonly List<FieldValue<TRecord>> values = [.. values];

    public IReadOnlyList<FieldValue<TRecord>> Values => values;

    /// <summary>What could not be read; null where everything could.</summary>
    public FieldErrors? Mistakes { get; private set; }

    public bool Names(Field<TRecord> field) => values.Exists(value => value.Field == field);

    /// <summary>Adds a field's value as it was read, or what is wrong with it. Of a name that is there twice the last one counts, as in JSON.</summary>
    public void Add(Field<TRecord> field, (FieldValue<TRecord>? Value, string? Problem) read)
    {
        if (read.Problem is { } problem)
        {
            Refuse(field.Name, problem);
        }
        else if (read.Value is { } value)
        {
            values.RemoveAll(known => known.Field == field);
            values.Add(value);
        }
    }

    /// <summary>Says that something of the request could not be read.</summary>
    public void Refuse(string name, string problem) => (Mistakes ??= new FieldErrors()).Add(name, problem);

    /// <summary>A JSON object of the names and values, to be kept.</summary>
    public string ToJson() => FieldText.ToJson(writer =>
    {
        writer.WriteStartObject();
        Write(writer);
        writer.WriteEndObject();
    });

    /// <summary>The same members, and what could not be read.</summary>
    public void WriteAll(Utf8JsonWriter writer)
    {
        Write(writer);
        if (Mistakes is { } mistakes)
        {
            writer.WriteString("?", mistakes.ToError().Sentence);
        }
    }

    /// <summary>Adds what <see cref="ToJson"/> wrote. A name that is no field any more, and a value that is none, are among the <see cref="Mistakes"/>.</summary>
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
                Refuse(name, "There is no such field (any more).");
            }

            reader.Skip();
        }
    }

    /// <summary>The value that the field is to have; nothing where the change does not name it.</summary>
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

    /// <summary>Carries the mistakes of another change on.</summary>
    internal void TakeMistakes(RecordChanges<TRecord> other) => Mistakes = other.Mistakes;
}
