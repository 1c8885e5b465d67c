using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using Patron.Customers.Schema;
using Patron.Shared.Text;

namespace Patron.Dialects.Records;

/// <summary>An answer that shows a record, as its schema declares.</summary>
public interface IRecordAnswer<TSelf> : IDescribed
    where TSelf : IRecordAnswer<TSelf>
{
    static abstract AnswerSchema<TSelf> Schema { get; }
}

/// <summary>The members of an answer, in order: fields of a record, under the dialect's names, and computed values.</summary>
public sealed class AnswerSchema<T>
{
    private readonly List<Member> members = [];
    private readonly List<Action<Utf8JsonWriter, T>> parts = [];
    private readonly HashSet<string> shown = new(StringComparer.Ordinal); // Names of the record's fields.

    public IReadOnlyList<Member> Members => members;

    /// <summary>An example of the answer in JSON, built from the examples of the members.</summary>
    public string Example =>
        $"{{{string.Join(", ", members.Where(member => !member.IsOptional).Select(member => $"\"{member.Name}\": {member.Example ?? "null"}"))}}}";

    /// <summary>Fields of a record under their own names.</summary>
    public AnswerSchema<T> Fields<TRecord>(Func<T, TRecord> record, params IReadOnlyList<Field<TRecord>> fields)
        where TRecord : class
    {
        foreach (var field in fields)
        {
            var name = JsonEncodedText.Encode(field.Name);
            members.Add(WithoutMaxLength(field));
            shown.Add(field.Name);
            parts.Add((writer, answer) =>
            {
                writer.WritePropertyName(name);
                field.WriteAnswer(writer, record(answer));
            });
        }

        return this;
    }

    /// <summary>The fields that have not been added yet. So a new field of the record is shown without a change of the dialect.</summary>
    public AnswerSchema<T> RemainingFields<TRecord>(Func<T, TRecord> record, IEnumerable<Field<TRecord>> fields)
        where TRecord : class => Fields(record, [.. fields.Where(field => field.IsShown && !shown.Contains(field.Name))]);

    /// <summary>A field of a record under another name.</summary>
    public AnswerSchema<T> Renamed<TRecord>(string name, Func<T, TRecord> record, Field<TRecord> field)
        where TRecord : class => Replace(field, WithoutMaxLength(field, name), (writer, answer) => field.WriteAnswer(writer, record(answer)));

    /// <summary>A field of a record with a custom format, which does not hide it from customers.</summary>
    public AnswerSchema<T> Custom<TRecord>(Field<TRecord> field, Member member, Action<Utf8JsonWriter, T> write)
        where TRecord : class => field.Reader != FieldReader.Staff
            ? Replace(field, member, write)
            : throw new ArgumentException($"Only staff see {field.Name}, and a custom format shows it to everybody.", nameof(field));

    /// <param name="example">The example as plain text, not as JSON.</param>
    public AnswerSchema<T> Text(string name, string description, Func<T, string?> read, bool isNullable = true, string? example = null) =>
        Add(
        new Member(
            name,
            "string")
            {
                IsNullable = isNullable,
                Description = description,
                Example = example is null ? null : $"\"{JsonEncodedText.Encode(example, JavaScriptEncoder.UnsafeRelaxedJsonEscaping)}\"",
            },
        (writer, answer) => writer.WriteStringValue(read(answer)));

    public AnswerSchema<T> Flag(string name, string description, Func<T, bool> read) =>
        Add(
            new Member(name, "boolean") { Description = description, Example = "false" },
            (writer, answer) => writer.WriteBooleanValue(read(answer)));

    public AnswerSchema<T> Uuid(string name, string description, Func<T, Guid> read) =>
        Add(
            new Member(name, "string") { Format = "uuid", Description = description },
            (writer, answer) => writer.WriteStringValue(read(answer)));

    public AnswerSchema<T> Number(string name, string description, Func<T, long?> read, bool isNullable = true) => Add(
        new Member(name, "integer") { Format = "int64", IsNullable = isNullable, Description = description },
        (writer, answer) =>
        {
            if (read(answer) is { } number)
            {
                writer.WriteNumberValue(number);
            }
            else
            {
                writer.WriteNullValue();
            }
        });

    public AnswerSchema<T> Enum<TEnum>(string name, string description, Func<T, TEnum> read)
        where TEnum : struct, Enum => Add(
            new Member(name, "string") { AllowedValues = EnumNames<TEnum>.All, Description = description }, (writer, answer) =>
                writer.WriteStringValue(EnumNames<TEnum>.Of(read(answer))));

    /// <summary>A list of texts. If it is null, it is written as null or, if optional, omitted.</summary>
    public AnswerSchema<T> Texts(string name, string description, Func<T, IReadOnlyList<string>?> read, bool isOptional = false) => Add(
        new Member(name, "array") { IsNullable = true, IsOptional = isOptional, Description = description },
        (writer, answer) => Write(writer, read(answer)),
        isOptional ? answer => read(answer) is null : null);

    /// <summary>The members of another schema, or only those of a part of it where the answer is not complete.</summary>
    public AnswerSchema<T> IncludePart<TOther>(
        AnswerSchema<TOther> whole, AnswerSchema<TOther> part, Func<T, TOther> read, Func<T, bool> isComplete)
    {
        members.AddRange(whole.members.Select(member => member with { IsOptional = part.members.TrueForAll(one => one.Name != member.Name) }));
        parts.Add((writer, answer) => (isComplete(answer) ? whole : part).WriteParts(writer, read(answer)));
        return this;
    }

    /// <summary>The members of another schema.</summary>
    public AnswerSchema<T> Include<TOther>(AnswerSchema<TOther> other, Func<T, TOther> read)
    {
        members.AddRange(other.members);
        shown.UnionWith(other.shown);
        parts.Add((writer, answer) => other.WriteParts(writer, read(answer)));
        return this;
    }

    public AnswerSchema<T> Add(Member member, Action<Utf8JsonWriter, T> write, Func<T, bool>? isOmitted = null)
    {
        var name = JsonEncodedText.Encode(member.Name);
        members.Add(member);
        parts.Add((writer, answer) =>
        {
            if (isOmitted?.Invoke(answer) != true)
            {
                writer.WritePropertyName(name);
                write(writer, answer);
            }
        });
        return this;
    }

    public void Write(Utf8JsonWriter writer, T answer)
    {
        writer.WriteStartObject();
        WriteParts(writer, answer);
        writer.WriteEndObject();
    }

    private AnswerSchema<T> Replace<TRecord>(Field<TRecord> field, Member member, Action<Utf8JsonWriter, T> write)
        where TRecord : class
    {
        shown.Add(field.Name);
        return Add(member, write);
    }

    private void WriteParts(Utf8JsonWriter writer, T answer)
    {
        foreach (var part in parts)
        {
            part(writer, answer);
        }
    }

    // Values from an ERP can be longer than the maximum for people.
    private static Member WithoutMaxLength<TRecord>(Field<TRecord> field, string? name = null)
        where TRecord : class => Member.From(field, name) with { MaxLength = null };

    private static void Write(Utf8JsonWriter writer, IReadOnlyList<string>? texts)
    {
        if (texts is null)
        {
            writer.WriteNullValue();
            return;
        }

        writer.WriteStartArray();
        foreach (var text in texts)
        {
            writer.WriteStringValue(text);
        }

        writer.WriteEndArray();
    }
}

/// <summary>Writes an answer by its schema.</summary>
internal sealed class RecordAnswerConverter<T> : JsonConverter<T>
    where T : IRecordAnswer<T>
{
    public override T Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        throw new NotSupportedException("Answers are written, not read.");

    public override void Write(Utf8JsonWriter writer, T value, JsonSerializerOptions options) => T.Schema.Write(writer, value);
}
