using System.Text;

namespace Patron.Shared.Text;

/// <summary>
/// Splits search queries by the rules of <c>shared.search_fold</c> (Database/Migrations/0003_search_folding.sql): which characters separate
/// words, and which are ignored.
/// </summary>
public static class SearchText
{
    /// <summary>
    /// From this number of digits, a phone number is also found by its last digits, because country and area codes can be written in
    /// several ways.
    /// </summary>
    public const int PhoneSuffixLength = 7;

    /// <summary>The trimmed text; null if it contains nothing to search for.</summary>
    public static string? NullIfEmpty(string? text) =>
        TextRules.NullIfBlank(text) is { } trimmed && Words(trimmed).Count > 0 ? trimmed : null;

    /// <summary>The words of the text in NFKD, without ignored characters.</summary>
    public static IReadOnlyList<string> Words(string text)
    {
        var words = new List<string>();
        var word = new StringBuilder();
        foreach (var rune in Folding.Decomposed(text.Replace("\u00B4", "", StringComparison.Ordinal)).EnumerateRunes())
        {
            if (IsIgnored(rune))
            {
                continue;
            }

            if (!IsSeparator(rune))
            {
                word.Append(rune);
            }
            else if (word.Length > 0)
            {
                words.Add(word.ToString());
                word.Clear();
            }
        }

        return word.Length > 0 ? [.. words, word.ToString()] : words;
    }

    /// <summary>The digits of a text that looks like a phone number or a part of one; null for other texts.</summary>
    public static string? PhoneDigits(string text)
    {
        var digits = new StringBuilder();
        foreach (var rune in Folding.Decomposed(text).EnumerateRunes())
        {
            if (Rune.IsDigit(rune))
            {
                digits.Append((int)Rune.GetNumericValue(rune));
            }
            else if (!IsSeparator(rune) && !IsIgnored(rune) && rune.Value is not ('+' or '(' or ')' or '.' or '/'))
            {
                return null;
            }
        }

        return digits.Length == 0 ? null : digits.ToString();
    }

    /// <summary>Whether <c>shared.fold</c>, the previous folding function, returns the same for this text.</summary>
    public static bool IsPlain(string text) =>
        Ascii.IsValid(text) && text.AsSpan().IndexOfAny("-,'`\t") < 0 && !text.Contains("  ", StringComparison.Ordinal);

    private static bool IsSeparator(Rune rune) => Rune.IsWhiteSpace(rune) || rune.Value is
        '-' or ',' or 0x058A or 0x05BE or 0x060C or (>= 0x2010 and <= 0x2015) or 0x2043 or 0x2053 or 0x2212 or 0x2E3A or 0x2E3B or 0x3001
            or 0x301C;

    // Apostrophes, accents, vowel points and invisible characters.
    private static bool IsIgnored(Rune rune) => InvisibleCharacters.IsInvisible(rune) || rune.Value is
        '\'' or '`' or 0x02B9 or (>= 0x02BB and <= 0x02BF) or 0x02C8 or 0x02CA or 0x02CB or (>= 0x0300 and <= 0x036F)
            or (>= 0x0591 and <= 0x05BD)
        or 0x05BF or 0x05C1 or 0x05C2 or 0x05C4 or 0x05C5 or 0x05C7 or 0x05F3 or 0x055A or (>= 0x0610 and <= 0x061A) or 0x0640
        or (>= 0x064B and <= 0x065F) or 0x0670 or 0x2018 or 0x2019 or 0x201B or 0x2032 or 0x2035 or 0xA78B or 0xA78C;
}
