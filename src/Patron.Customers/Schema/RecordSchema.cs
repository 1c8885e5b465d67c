using System.Text.Json;
using Npgsql;
using Patron.Shared.Database;
using Patron.Shared.Results;

namespace Patron.Customers.Schema;

/// <summary>All declared fields of a record and what is derived from them: column lists, rows, differences and validation.</summary>
public sealed class RecordSchema<TRecord>
    where TRecord : class
{
    private readonly Dictionary<string, Field<TRecord>> byName;
    private readonly Dictionary<Field<TRecord>, int> places;

    public RecordSchema(params IReadOnlyList<Field<TRecord>> fields)
    {
        All = fields;
        Columns = [.. fields];
        Inserted = [.. fields.Where(field => field.Column != FieldColumn.Generated)];
        Updated = [.. fields.Where(field => field.Column == FieldColumn.Written)];
        Generated = [.. fields.Where(field => field.Column == FieldColumn.Generated)];
        Written = [.. fields.Where(field => field.IsWritten)];
        places = fields.Select((field, place) => (field, place)).ToDictionary(one => one.field, one => one.place);
        byName = fields.ToDictionary(field => field.Name, StringComparer.Ordinal);
    }

    public IReadOnlyList<Field<TRecord>> All { get; }

    /// <summary>All fields, for reading whole rows.</summary>
    internal Field<TRecord>[] Columns { get; }

    /// <summary>The field's position in the declaration.</summary>
    public int PlaceOf(Field<TRecord> field) => places[field];

    /// <summary>The fields of a new row, for INSERT or COPY.</summary>
    public IReadOnlyList<Field<TRecord>> Inserted { get; }

    /// <summary>The fields that an UPDATE may write.</summary>
    public IReadOnlyList<Field<TRecord>> Updated { get; }

    /// <summary>The fields that the database generates.</summary>
    public IReadOnlyList<Field<TRecord>> Generated { get; }

    /// <summary>The fields that people write, which are validated, audited and merged.</summary>
    public IReadOnlyList<Field<TRecord>> Written { get; }

    public Field<TRecord>? Find(string name) => byName.GetValueOrDefault(name);

    /// <summary>The fields with these names, in the order of the declaration.</summary>
    public IReadOnlyList<Field<TRecord>> Named(IReadOnlyCollection<string> names) =>
        [.. All.Where(field => names.Contains(field.Name, StringComparer.Ordinal))];

    /// <summary>The fields that people write and in which the two records differ.</summary>
    public IReadOnlyList<Field<TRecord>> Changed(TRecord before, TRecord after) =>
        [.. Written.Where(field => field.Differs(before, after))];

    /// <summary>Validates these fields of the record and adds to <paramref name="errors"/>. Required fields must not be empty.</summary>
    internal static void Check(
        TRecord record, IEnumerable<Field<TRecord>> fields, IReadOnlyCollection<string> required, DateOnly today, FieldErrors errors)
    {
        foreach (var field in fields)
        {
            if (field.IsEmpty(record) && required.Contains(field.Name, StringComparer.Ordinal))
            {
                errors.AddRequired(field.Name);
            }
            else if (field.Problem(record, today) is { } problem)
            {
                errors.Add(field.Name, problem);
            }
        }
    }
}

/// <summary>Extensions for lists of fields.</summary>
internal static class FieldLists
{
    /// <summary>The columns' names separated by commas, each with the alias as prefix.</summary>
    public static string Names<TRecord>(this IEnumerable<Field<TRecord>> fields, string alias = "")
        where TRecord : class => string.Join(", ", fields.Select(field => alias + field.Name));

    /// <summary>Reads the columns of these fields into the record.</summary>
    public static TRecord Record<TRecord>(this ref RowCursor cursor, Field<TRecord>[] fields, TRecord record)
        where TRecord : class
    {
        var (row, first) = cursor.Take(fields.Length);
        for (var place = 0; place < fields.Length; place++)
        {
            fields[place].ReadColumn(record, row, first + place);
        }

        return record;
    }

    public static NpgsqlParameter ToParameter<TRecord>(this Field<TRecord> field, TRecord record)
        where TRecord : class => OptionalParameter.Of(field.ToColumn(record), field.ColumnType);

    /// <summary>The fields' values as a JSON object for audit entries, followed by further members.</summary>
    public static string ToJson<TRecord>(
        this IEnumerable<Field<TRecord>> fields, TRecord record, params IReadOnlyList<(string Name, string? Value)> further)
        where TRecord : class => FieldText.ToJson(writer =>
        {
            writer.WriteStartObject();
            foreach (var field in fields)
            {
                writer.WritePropertyName(field.Name);
                field.WriteValue(writer, record);
            }

            foreach (var (name, value) in further)
            {
                writer.WriteString(name, value);
            }

            writer.WriteEndObject();
        });
}
