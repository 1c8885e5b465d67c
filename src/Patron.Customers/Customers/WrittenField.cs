using System.Buffers;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Patron.Shared.Results;

namespace Patron.Customers.Customers;

/// <summary>One field that people write on something: its name as callers spell it, its value, its rule.</summary>
internal record WrittenField<T>(string Name, Func<T, object?> Read)
    where T : class
{
    /// <summary>What is wrong with the value, or null. The day is today's in UTC.</summary>
    public Func<object, DateOnly, string?>? Rule { get; init; }

    /// <summary>What does not exist has no values.</summary>
    public bool Differs(T? before, T? after) => (before is null ? null : Read(before), after is null ? null : Read(after)) switch
    {
        (string[] left, string[] right) => !left.AsSpan().SequenceEqual(right),
        var (left, right) => !Equals(left, right),
    };

    /// <summary>Checks a changed value.</summary>
    public void Check(T values, bool required, DateOnly today, FieldErrors errors)
    {
        var value = Read(values);
        if (required && value is null or "")
        {
            errors.AddRequired(Name);
        }
        else if (value is not null && Rule?.Invoke(value, today) is { } message)
        {
            errors.Add(Name, message);
        }
    }

    /// <summary>The value as text, or null where there is none.</summary>
    public string? ReadText(T values) => JsonNode.Parse(WrittenFields.ToJson([this], values))![Name]?.ToString();

    /// <summary>Writes the value under its name.</summary>
    public void Write(T values, Utf8JsonWriter writer)
    {
        writer.WritePropertyName(Name);
        switch (Read(values))
        {
            case null:
                writer.WriteNullValue();
                break;
            case bool value:
                writer.WriteBooleanValue(value);
                break;
            case DateOnly value:
                writer.WriteStringValue(value.ToString("O"));
                break;
            case Guid value:
                writer.WriteStringValue(value);
                break;
            case string[] value:
                writer.WriteStringValue(CustomerTags.Format(value));
                break;
            case JsonText value:
                writer.WriteRawValue(value.Text);
                break;
            case var value:
                writer.WriteStringValue(value as string ?? JsonNamingPolicy.SnakeCaseLower.ConvertName(value.ToString()!));
                break;
        }
    }
}

/// <summary>What is asked of a table of fields.</summary>
internal static class WrittenFields
{
    /// <summary>The fields in which the two differ.</summary>
    public static IReadOnlyList<TField> Changed<TField, T>(this IEnumerable<TField> fields, T? before, T? after)
        where TField : WrittenField<T>
        where T : class => [.. fields.Where(field => field.Differs(before, after))];

    /// <summary>The fields' values as a JSON object, for audit entries.</summary>
    public static string ToJson<T>(this IEnumerable<WrittenField<T>> fields, T values)
        where T : class
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(buffer))
        {
            writer.WriteStartObject();
            foreach (var field in fields)
            {
                field.Write(values, writer);
            }

            writer.WriteEndObject();
        }

        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }
}
