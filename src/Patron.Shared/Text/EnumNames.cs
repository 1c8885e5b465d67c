using System.Text.Json;

namespace Patron.Shared.Text;

/// <summary>The names of an enumeration as everything outside of C# spells them (JSON, files, the database): snake_case.</summary>
public static class EnumNames<T>
    where T : struct, Enum
{
    // Arrays and not dictionaries: a dictionary of its own for every enumeration costs milliseconds at start, and none has many values.
    private static readonly T[] Values = Enum.GetValues<T>();
    private static readonly string[] Texts = Array.ConvertAll(Values, value => JsonNamingPolicy.SnakeCaseLower.ConvertName(value.ToString()));

    /// <summary>All of them, in the enumeration's order.</summary>
    public static IReadOnlyList<string> All { get; } = [.. Texts];

    /// <summary>What to tell somebody who wrote another word.</summary>
    public static string Rule { get; } = $"This is one of: {string.Join(", ", All)}.";

    public static string Of(T value) => Texts[Array.IndexOf(Values, value)];

    /// <summary>The value of a word that is known to be one.</summary>
    public static T Parse(string text) => TryRead(text, out var value) ? value : throw new KeyNotFoundException($"'{text}' is no {typeof(T).Name}.");

    public static bool TryRead(string text, out T value)
    {
        var index = Array.IndexOf(Texts, text);
        value = index < 0 ? default : Values[index];
        return index >= 0;
    }
}
