using System.Buffers;
using System.Text;

namespace Patron.Shared.Text;

/// <summary>
/// Invisible characters. Texts that differ only in them look the same, and some of them change the direction of the following text. They
/// are trimmed from the ends of texts, refused inside addresses and ignored in searches.
/// </summary>
public static class InvisibleCharacters
{
    private const char Blank = ' ';

    /// <summary>Whether the character is invisible. Blanks and control characters (Cc) do not count.</summary>
    public static bool IsInvisible(Rune rune) => IsBidiControl(rune) || IsMeaningful(rune) || rune.Value is
        0x00AD or 0x115F or 0x1160 or 0x200B or (>= 0x2060 and <= 0x2065) or (>= 0x206A and <= 0x206F) or 0x2800 or 0x3164
        or 0xFEFF or 0xFFA0 or (>= 0xFFF9 and <= 0xFFFB) or (>= 0x1D173 and <= 0x1D17A)
        or (>= 0xE0000 and <= 0xE01EF);

    /// <summary>Unicode's Bidi_Control: it can make a text look like another one.</summary>
    public static bool IsBidiControl(Rune rune) =>
        rune.Value is 0x061C or 0x200E or 0x200F or (>= 0x202A and <= 0x202E) or (>= 0x2066 and <= 0x2069);

    /// <summary>Unicode's line ends besides CR and LF: vertical tab, form feed, next line, line and paragraph separator.</summary>
    public static bool IsLineSeparator(Rune rune) => rune.Value is 0x0B or 0x0C or 0x85 or 0x2028 or 0x2029;

    /// <summary>Joiners, variation selectors and tags, which some scripts and emoji need inside a text.</summary>
    public static bool IsMeaningful(Rune rune) => rune.Value is
        0x034F or 0x17B4 or 0x17B5 or (>= 0x180B and <= 0x180F) or 0x200C or 0x200D
        or (>= 0xFE00 and <= 0xFE0F) or (>= 0xE0020 and <= 0xE007F) or (>= 0xE0100 and <= 0xE01EF);

    /// <summary>Whether the text contains an invisible character.</summary>
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

    /// <summary>The text without leading and trailing blanks and invisible characters.</summary>
    public static string Trim(string text)
    {
        var rest = text.AsSpan().Trim();
        while (Rune.DecodeFromUtf16(rest, out var first, out var length) == OperationStatus.Done
            && (IsInvisible(first) || Rune.IsWhiteSpace(first)))
        {
            rest = rest[length..];
        }

        while (Rune.DecodeLastFromUtf16(rest, out var last, out var length) == OperationStatus.Done
            && (IsInvisible(last) || Rune.IsWhiteSpace(last)))
        {
            rest = rest[..^length];
        }

        return rest.Length == text.Length ? text : rest.ToString();
    }

    /// <summary>The text without invisible characters; line separators become blanks.</summary>
    public static string Remove(string text) => Remove(text, keepMeaningful: false);

    /// <summary>The text from a file or an ERP without meaningless invisible characters; line separators become blanks.</summary>
    public static string Repair(string text) => Remove(text, keepMeaningful: true);

    private static string Remove(string text, bool keepMeaningful)
    {
        if (Ascii.IsValid(text) && text.AsSpan().IndexOfAny('\v', '\f') < 0)
        {
            return text;
        }

        var result = new StringBuilder(text.Length);
        foreach (var rune in text.EnumerateRunes())
        {
            if (IsLineSeparator(rune))
            {
                result.Append(Blank);
            }
            else if (!IsInvisible(rune) || (keepMeaningful && IsMeaningful(rune)))
            {
                result.Append(rune);
            }
        }

        return result.ToString();
    }
}
