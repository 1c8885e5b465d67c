using System.Text.Json;

namespace Patron.Shared.Text;

/// <summary>Says of a value which type it must have, in words for the people who call the API.</summary>
public static class ValueTypes
{
    public const string Text = "a string";
    public const string Flag = "true or false";
    public const string WholeNumber = "a whole number";
    public const string Date = "a date like 1990-01-15";
    public const string Time = "a time like 2024-01-15T10:30:00Z";
    public const string Uuid = "a UUID";
    public const string List = "a list";
    public const string Object = "an object";

    /// <summary>The type of values that are read into this .NET type; lists are described by <see cref="List"/>.</summary>
    public static string Of(Type type)
    {
        var value = type.IsGenericType && type.GetGenericTypeDefinition() == typeof(Optional<>) ? type.GetGenericArguments()[0] : type;
        value = Nullable.GetUnderlyingType(value) ?? value;
        return value switch
        {
            _ when value == typeof(string) => Text,
            _ when value == typeof(bool) => Flag,
            _ when value == typeof(int) || value == typeof(long) => WholeNumber,
            _ when value == typeof(DateOnly) => Date,
            _ when value == typeof(DateTimeOffset) => Time,
            _ when value == typeof(Guid) => Uuid,
            _ when value.IsAssignableTo(typeof(System.Collections.IEnumerable)) => List,
            _ => Object,
        };
    }

    /// <summary>The message for a JSON value of another type, or with another format.</summary>
    public static string Mismatch(string expected, JsonTokenType found) => found switch
    {
        JsonTokenType.Number when expected != WholeNumber => $"Must be {expected}, not a number.",
        JsonTokenType.True or JsonTokenType.False => $"Must be {expected}, not {(found == JsonTokenType.True ? "true" : "false")}.",
        JsonTokenType.StartArray => $"Must be {expected}, not an array.",
        JsonTokenType.StartObject => $"Must be {expected}, not an object.",
        JsonTokenType.Null => $"Must be {expected}, not null.",
        JsonTokenType.String when expected is Flag or WholeNumber or List or Object => $"Must be {expected}, not a string.",
        _ => $"Must be {expected}.",
    };
}
