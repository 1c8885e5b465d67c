using System.Text.Json;
using System.Text.Json.Serialization;
using Patron.Customers.Schema;
using Patron.Shared.Text;
using Patron.Web.Http;

namespace Patron.Dialects.Records;

/// <summary>A request that changes a record.</summary>
public interface IRecordRequest<TSelf> : IDescribed
    where TSelf : IRecordRequest<TSelf>, new()
{
    /// <summary>Reads the JSON object of the body.</summary>
    void Read(ref Utf8JsonReader reader);

    /// <summary>Writes everything that was read. The result identifies a repeated request.</summary>
    void Write(Utf8JsonWriter writer);
}

/// <summary>Reads a member of a request that is not a field of the record; returns false for any other name.</summary>
public delegate bool OtherMember(string name, ref Utf8JsonReader reader);

/// <summary>
/// The members of a request and the record's fields that they set. Omitted fields stay unchanged, and <c>null</c> clears a field; for
/// fields that cannot be empty (flags, enums), <c>null</c> counts as omitted. All errors are collected. An unknown name that is similar to
/// a known one is an error; other unknown names are ignored (contract, 'Common to all').
/// </summary>
public sealed class RequestSchema<TRecord>
    where TRecord : class
{
    // Limits the cost of looking for similar names.
    private const int MaxSuggestions = 10;

    private readonly Dictionary<string, Field<TRecord>> fields;
    private readonly HashSet<string> ignored;

    /// <param name="renamed">Fields under names of the dialect.</param>
    /// <param name="others">Members that are not fields of the record.</param>
    /// <param name="shown">The members of answers. A client may send them back; they are ignored.</param>
    public RequestSchema(
        IReadOnlyList<Field<TRecord>> fields, IReadOnlyList<(string Name, Field<TRecord> Field)>? renamed = null,
        IReadOnlyList<Member>? others = null, IReadOnlyList<Member>? shown = null)
    {
        renamed ??= [];
        var all = renamed.Concat(fields.Where(field => renamed.All(one => one.Field != field)).Select(field => (field.Name, Field: field)))
            .ToList();
        this.fields = all.ToDictionary(member => member.Name, member => member.Field, StringComparer.Ordinal);
        // A date can be followed by T00:00:00, so it has no format.
        Members = [
            .. others ?? [], .. all.Select(member => Member.From(member.Field, member.Name) with { IsNullable = true, Format = null })];
        ignored = (shown ?? []).Select(member => member.Name).ToHashSet(StringComparer.Ordinal);
    }

    public IReadOnlyList<Member> Members { get; }

    public void Read(ref Utf8JsonReader reader, RecordChanges<TRecord> changes, OtherMember? other = null)
    {
        var suggestions = 0;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var name = reader.GetInputText();
            reader.Read();
            if (fields.TryGetValue(name, out var field))
            {
                changes.Add(field, field.TryRead(ref reader));
            }
            else if (other?.Invoke(name, ref reader) != true && !ignored.Contains(name) && suggestions++ < MaxSuggestions
                && SimilarNames.Find(name, Members.Select(member => member.Name)) is { } meant)
            {
                changes.AddError(name, $"There's no field with this name. Did you mean {meant}?");
            }

            _ = reader.TrySkip(); // Always succeeds, because a converter gets complete values.
        }
    }
}

/// <summary>Reads a request by its schema.</summary>
internal sealed class RecordRequestConverter<T> : JsonConverter<T>
    where T : IRecordRequest<T>, new()
{
    public override T Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        if (reader.TokenType != JsonTokenType.StartObject)
        {
            throw new JsonException();
        }

        var request = new T();
        request.Read(ref reader);
        return request;
    }

    public override void Write(Utf8JsonWriter writer, T value, JsonSerializerOptions options)
    {
        writer.WriteStartObject();
        value.Write(writer);
        writer.WriteEndObject();
    }
}
