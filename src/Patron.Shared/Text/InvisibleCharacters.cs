using System.Buffers;
using System.Text;

namespace Patron.Shared.Text;

/// <summary>
/// Characters that nobody sees. Two texts that differ in nothing else are one to a person, and some of these turn the direction of what follows. They
/// are dropped at the ends of texts, refused inside addresses, and nothing to a search.
/// </summary>
public static class InvisibleCharacters
{
    private const char Blank = ' ';

    /// <summary>Whether nothing is shown for the character. Blanks and control characters (Cc) are others.</summary>
    public static bool IsInvisible(Rune rune) => TurnsDirection(rune) || HasMeaningInside(rune) || rune.Value is
        0x00AD or 0x115F or 0x1160 or 0x200B or (>= 0x2060 and <= 0x2065) or (>= 0x206A and <= 0x206F) or 0x2800 or 0x3164
        or 0xFEFF or 0xFFA0 or (>= 0xFFF9 and <= 0xFFFB) or (>= 0x1D173 and <= 0x1D17A)
        or (>= 0xE0000 and <= 0xE01EF);

    /// <summary>Unicode's Bidi_Control: a text with one can look like another text.</summary>
    public static bool TurnsDirection(Rune rune) =>
        rune.Value is 0x061C or 0x200E or 0x200F or (>= 0x202A and <= 0x202E) or (>= 0x2066 and <= 0x2069);

    /// <summary>A line's or a paragraph's end that is no control character.</summary>
    public static bool EndsLine(Rune rune) => rune.Value is 0x2028 or 0x2029;

    /// <summary>Joiners, variation selectors and tags: some scripts and emoji are written with them.</summary>
    public static bool HasMeaningInside(Rune rune) => rune.Value is
        0x034F or 0x17B4 or 0x17B5 or (>= 0x180B and <= 0x180F) or 0x200C or 0x200D
        or (>= 0xFE00 and <= 0xFE0F) or (>= 0xE0020 and <= 0xE007F) or (>= 0xE0100 and <= 0xE01EF);

    /// <summary>Whether there is one in the text.</summary>
    public static bool AreIn(ReadOnlySpan<char> text)
    {
        foreach (var rune in text.EnumerateRunes())
        {
            if (IsInvisible(rune))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>The text without blanks and invisible characters around it.</summary>
    public static string Trim(string text)
    {
        var rest = text.AsSpan().Trim();
        while (Rune.DecodeFromUtf16(rest, out var first, out var length) == OperationStatus.Done && (IsInvisible(first) || Rune.IsWhiteSpace(first)))
        {
            rest = rest[length..];
        }

        while (Rune.DecodeLastFromUtf16(rest, out var last, out var length) == OperationStatus.Done && (IsInvisible(last) || Rune.IsWhiteSpace(last)))
        {
            rest = rest[..^length];
        }

        return rest.Length == text.Length ? text : rest.ToString();
    }

    /// <summary>The text without any.</summary>
    public static string Remove(string text) => Remove(text, keepsMeaning: false);

    /// <summary>The text of a file or an ERP without those that have no meaning in it; where one ends a line is a blank.</summary>
    public static string Mend(string text) => Remove(text, keepsMeaning: true);

    private static string Remove(string text, bool keepsMeaning)
    {
        if (Ascii.IsValid(text))
        {
            return text;
        }

        var kept = new StringBuilder(text.Length);
        foreach (var rune in text.EnumerateRunes())
        {
            if (EndsLine(rune))
            {
                kept.Append(Blank);
            }
            else if (!IsInvisible(rune) || (keepsMeaning && HasMeaningInside(rune)))
            {
                kept.Append(rune);
            }
        }

        return kept.ToString();
    }
}
