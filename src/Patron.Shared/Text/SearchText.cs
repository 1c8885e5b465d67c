using System.Text;

namespace Patron.Shared.Text;

/// <summary>
/// What a text asks for, once <c>shared.fold</c> (Database/Migrations/0002_folding.sql) has dropped its accents: a name typed with
/// its accents apart, as some keyboards do, counts no more letters than the same name typed in one.
/// </summary>
public static class SearchText
{
    private const int FirstAccent = 0x0300;
    private const int LastAccent = 0x036F;

    /// <summary>The text, trimmed; null where nothing of it is left to look for.</summary>
    public static string? NullIfNothing(string? text) => TextRules.NullIfBlank(text) is { } given && Letters(given) > 0 ? given : null;

    /// <summary>Its length in code points without accents that stand by themselves.</summary>
    public static int Letters(string text) => text.EnumerateRunes().Count(rune => rune.Value is < FirstAccent or > LastAccent);
}
