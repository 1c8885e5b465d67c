using System.Text.Json;

namespace Patron.Shared.Text;

/// <summary>The names of an enumeration as everything outside of C# spells them (JSON, files, the database): snake_case.</summary>
public static class Words<T>
    where T : struct, Enum
{
    private static readonly Dictionary<T, string> Texts = Enum.GetValues<T>().ToDictionary(value => value, value => JsonNamingPolicy.SnakeCaseLower.ConvertName(value.ToString()));
    private static readonly Dictionary<string, T> Values = Texts.ToDictionary(pair => pair.Value, pair => pair.Key, StringComparer.Ordinal);

    /// <summary>All of them, in the enumeration's order.</summary>
    public static IReadOnlyList<string> All { get; } = [.. Enum.GetValues<T>().Select(Of)];

    /// <summary>What to tell somebody who wrote another word.</summary>
    public static string Rule { get; } = $"This is one of: {string.Join(", ", All)}.";

    public static string Of(T value) => Texts[value];

    public static bool TryRead(string text, out T value) => Values.TryGetValue(text, out value);
}
