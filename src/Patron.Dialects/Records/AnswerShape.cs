using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using Patron.Customers.Schema;
using Patron.Shared.Text;

namespace Patron.Dialects.Records;

/// <summary>An answer that shows a record: what is shown under which name, and in which order.</summary>
public interface IRecordAnswer<TSelf> : IDescribed
    where TSelf : IRecordAnswer<TSelf>
{
    static abstract AnswerShape<TSelf> Shape { get; }
}

/// <summary>The members of an answer, in their order: declared fields under the dialect's names, and values that are computed for the answer.</summary>
public sealed class AnswerShape<T>
{
    private readonly List<Member> members = [];
    private readonly List<Action<Utf8JsonWriter, T>> parts = [];
    private readonly HashSet<string> shown = new(StringComparer.Ordinal); // The declared fields' names.

    public IReadOnlyList<Member> Members => members;

    /// <summary>An answer of the members' examples, as JSON.</summary>
    public string Example => $"{{{string.Join(", ", members.Where(member => !member.IsLeftOut).Select(member => $"\"{member.Name}\": {member.Example ?? "null"}"))}}}";

    /// <summary>Fields of a record under their own names.</summary>
    public AnswerShape<T> Fields<TRecord>(Func<T, TRecord> record, params IReadOnlyList<Field<TRecord>> fields)
        where TRecord : class
    {
        foreach (var field in fields)
        {
            var name = JsonEncodedText.Encode(field.Name);
            members.Add(Shown(field));
            shown.Add(field.Name);
            parts.Add((writer, answer) =>
            {
                writer.WritePropertyName(name);
                field.WriteValue(writer, record(answer));
            });
        }

        return this;
    }

    /// <summary>Those of the fields that are not shown yet. A new field of the record is shown without a word of the dialect.</summary>
    public AnswerShape<T> Rest<TRecord>(Func<T, TRecord> record, IEnumerable<Field<TRecord>> fields)
        where TRecord : class => Fields(record, [.. fields.Where(field => field.IsShown && !shown.Contains(field.Name))]);

    /// <summary>A field of a record under a name of the dialect's own.</summary>
    public AnswerShape<T> Renamed<TRecord>(string name, Func<T, TRecord> record, Field<TRecord> field)
        where TRecord : class => Special(field, Shown(field, name), (writer, answer) => field.WriteValue(writer, record(answer)));

    /// <summary>A field of a record that the dialect writes in a way of its own.</summary>
    public AnswerShape<T> Special<TRecord>(Field<TRecord> field, Member member, Action<Utf8JsonWriter, T> write)
        where TRecord : class
    {
        shown.Add(field.Name);
        return Add(member, write);
    }

    /// <param name="example">The text itself, not its JSON.</param>
    public AnswerShape<T> Text(string name, string description, Func<T, string?> read, bool isNullable = true, string? example = null) => Add(
        new Member(name, "string") { IsNullable = isNullable, Description = description, Example = example is null ? null : $"\"{JsonEncodedText.Encode(example, JavaScriptEncoder.UnsafeRelaxedJsonEscaping)}\"" },
        (writer, answer) => writer.WriteStringValue(read(answer)));

    public AnswerShape<T> Flag(string name, string description, Func<T, bool> read) =>
        Add(new Member(name, "boolean") { Description = description, Example = "false" }, (writer, answer) => writer.WriteBooleanValue(read(answer)));

    public AnswerShape<T> Uuid(string name, string description, Func<T, Guid> read) =>
        Add(new Member(name, "string") { Format = "uuid", Description = description }, (writer, answer) => writer.WriteStringValue(read(answer)));

    public AnswerShape<T> Number(string name, string description, Func<T, long?> read, bool isNullable = true) => Add(
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

    public AnswerShape<T> Word<TWord>(string name, string description, Func<T, TWord> read)
        where TWord : struct, Enum => Add(
            new Member(name, "string") { Words = EnumNames<TWord>.All, Description = description }, (writer, answer) => writer.WriteStringValue(EnumNames<TWord>.Of(read(answer))));

    /// <summary>A list of texts; null, or left out, where there is none.</summary>
    public AnswerShape<T> Texts(string name, string description, Func<T, IReadOnlyList<string>?> read, bool isLeftOut = false) => Add(
        new Member(name, "array") { IsNullable = true, IsLeftOut = isLeftOut, Description = description },
        (writer, answer) => Write(writer, read(answer)),
        isLeftOut ? answer => read(answer) is null : null);

    /// <summary>Members of another shape, of what it shows.</summary>
    public AnswerShape<T> Including<TOther>(AnswerShape<TOther> other, Func<T, TOther> read)
    {
        members.AddRange(other.members);
        shown.UnionWith(other.shown);
        parts.Add((writer, answer) => other.WriteParts(writer, read(answer)));
        return this;
    }

    public AnswerShape<T> Add(Member member, Action<Utf8JsonWriter, T> write, Func<T, bool>? isLeftOut = null)
    {
        var name = JsonEncodedText.Encode(member.Name);
        members.Add(member);
        parts.Add((writer, answer) =>
        {
            if (isLeftOut?.Invoke(answer) != true)
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

    private void WriteParts(Utf8JsonWriter writer, T answer)
    {
        foreach (var part in parts)
        {
            part(writer, answer);
        }
    }

    // What an ERP sends may be longer than what people may write.
    private static Member Shown<TRecord>(Field<TRecord> field, string? name = null)
        where TRecord : class => Member.Of(field, name) with { MaxLength = null };

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

/// <summary>Writes an answer by its shape.</summary>
internal sealed class RecordAnswerConverter<T> : JsonConverter<T>
    where T : IRecordAnswer<T>
{
    public override T Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => throw new NotSupportedException("Answers are written, not read.");

    public override void Write(Utf8JsonWriter writer, T value, JsonSerializerOptions options) => T.Shape.Write(writer, value);
}
