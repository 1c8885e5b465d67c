using System.Text.Json;

namespace Patron.Shared.Text;

/// <summary>The snake_case names of an enumeration, as JSON, files and the database spell them.</summary>
public static class EnumNames<T>
    where T : struct, Enum
{
    // Arrays instead of dictionaries: a dictionary per enumeration costs milliseconds at the start, and enumerations have few values.
    private static readonly T[] Values = Enum.GetValues<T>();
    private static readonly string[] Texts = Array.ConvertAll(
        Values, value => JsonNamingPolicy.SnakeCaseLower.ConvertName(value.ToString()));

    /// <summary>All names, in the enumeration's order.</summary>
    public static IReadOnlyList<string> All { get; } = [.. Texts];

    /// <summary>The error message for any other text.</summary>
    public static string Rule { get; } = $"Must be one of: {string.Join(", ", All)}.";

    public static string Of(T value) => Texts[Array.IndexOf(Values, value)];

    /// <summary>The value with this name.</summary>
    /// <exception cref="KeyNotFoundException">There is no such value.</exception>
    public static T Parse(string text) =>
        TryRead(text, out var value) ? value : throw new KeyNotFoundException($"'{text}' is not a {typeof(T).Name}.");

    public static bool TryRead(string text, out T value)
    {
        var index = Array.IndexOf(Texts, text);
        value = index < 0 ? default : Values[index];
        return index >= 0;
    }
}
