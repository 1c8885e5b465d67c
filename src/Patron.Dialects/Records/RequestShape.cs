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
    /// <summary>Reads the body, from the object's start to its end.</summary>
    void Read(ref Utf8JsonReader reader);

    /// <summary>Writes all that was read: by this a repeated request is recognized.</summary>
    void Write(Utf8JsonWriter writer);
}

/// <summary>Reads a member of a request that is no field of the record; false where the name is not such a one.</summary>
public delegate bool OtherMember(string name, ref Utf8JsonReader reader);

/// <summary>
/// The names of a request and the fields behind them. What is left out stays, and <c>null</c> empties a field; fields that are always there (flags,
/// words) take <c>null</c> as left out. All mistakes are collected. A name that is nearly a known one is a mistake too; any other is ignored (contract,
/// 'Common to all').
/// </summary>
public sealed class RequestShape<TRecord>
    where TRecord : class
{
    // Whoever sends more strange names than this means none of ours.
    private const int MostGuesses = 10;

    private readonly Dictionary<string, Field<TRecord>> fields;
    private readonly HashSet<string> ignored;

    /// <param name="renamed">Fields under names of the dialect's own.</param>
    /// <param name="others">Members that are no fields of the record.</param>
    /// <param name="shown">What answers show: whoever sends it back as it was may do so.</param>
    public RequestShape(
        IReadOnlyList<Field<TRecord>> fields, IReadOnlyList<(string Name, Field<TRecord> Field)>? renamed = null, IReadOnlyList<Member>? others = null, IReadOnlyList<Member>? shown = null)
    {
        renamed ??= [];
        var all = renamed.Concat(fields.Where(field => renamed.All(one => one.Field != field)).Select(field => (field.Name, Field: field))).ToList();
        this.fields = all.ToDictionary(member => member.Name, member => member.Field, StringComparer.Ordinal);
        Members = [.. others ?? [], .. all.Select(member => Member.Of(member.Field, member.Name) with { IsNullable = true, Format = null })]; // A day may have a midnight behind it.
        ignored = (shown ?? []).Select(member => member.Name).ToHashSet(StringComparer.Ordinal);
    }

    public IReadOnlyList<Member> Members { get; }

    public void Read(ref Utf8JsonReader reader, RecordChanges<TRecord> changes, OtherMember? other = null)
    {
        var guesses = 0;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var name = reader.GetGivenText();
            reader.Read();
            if (fields.TryGetValue(name, out var field))
            {
                changes.Add(field, field.TryRead(ref reader));
            }
            else if (other?.Invoke(name, ref reader) != true && !ignored.Contains(name) && guesses++ < MostGuesses && SimilarNames.Find(name, Members.Select(member => member.Name)) is { } meant)
            {
                changes.Refuse(name, $"There is no field with this name. Did you mean {meant}?");
            }

            _ = reader.TrySkip(); // All of it is there: a converter gets whole values.
        }
    }
}

/// <summary>Reads a request by its own words.</summary>
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
