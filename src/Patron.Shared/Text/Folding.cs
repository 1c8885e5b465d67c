using System.Globalization;
using System.Text;

namespace Patron.Shared.Text;

/// <summary>
/// Normalizes texts for comparison: NFKC, then invariant lower case. The database compares the resulting keys (linking.md, 'Proof'). All
/// normalization goes through this class, because it accepts every string and takes linear time.
/// </summary>
public static class Folding
{
    /// <summary>
    /// The longest sequence of combining marks; after it a grapheme joiner is inserted (UAX #15, 'Stream-Safe Text Format'), because
    /// sorting marks takes quadratic time. No language uses so many.
    /// </summary>
    private const int MaxMarks = 30;

    // Decomposition cannot turn a sequence of this length into more than MaxMarks: a mark becomes at most two, and a letter adds at most
    // three.
    private const int SafeMarks = 8;

    private const char CombiningGraphemeJoiner = '\u034F';

    /// <summary>
    /// The comparison key of an address, a username or a name, without surrounding blanks. The key of a key is the key itself.
    /// </summary>
    public static string Key(string text) =>
        // Normalized again after ToLowerInvariant: a lower-case letter can have a composed form that the upper-case one lacks (J with
        // caron).
        Compatible(Compatible(text.Trim()).ToLowerInvariant()).Trim();

    /// <summary>The text in NFKC. Invalid characters become U+FFFD.</summary>
    public static string Compatible(string text)
    {
        if (Ascii.IsValid(text))
        {
            return text;
        }

        var clean = InputText.Clean(text);
        return HasFewMarks(clean)
            ? clean.Normalize(NormalizationForm.FormKC)
            : DecomposeWithLimit(clean).Normalize(NormalizationForm.FormKC);
    }

    /// <summary>The text in NFKD: accents are separated from their letters. Invalid characters become U+FFFD.</summary>
    public static string Decomposed(string text)
    {
        if (Ascii.IsValid(text))
        {
            return text;
        }

        var clean = InputText.Clean(text);
        return HasFewMarks(clean) ? clean.Normalize(NormalizationForm.FormKD) : DecomposeWithLimit(clean);
    }

    // Decomposition turns some marks into two, so the result is limited again. This makes the function idempotent.
    private static string DecomposeWithLimit(string text) => LimitMarks(LimitMarks(text).Normalize(NormalizationForm.FormKD));

    private static bool HasFewMarks(string text)
    {
        var marks = 0;
        foreach (var rune in text.EnumerateRunes())
        {
            marks = IsMark(rune) ? marks + 1 : 0;
            if (marks > SafeMarks)
            {
                return false;
            }
        }

        return true;
    }

    private static string LimitMarks(string text)
    {
        var limited = new StringBuilder(text.Length + (text.Length / MaxMarks));
        var marks = 0;
        foreach (var rune in text.EnumerateRunes())
        {
            marks = IsMark(rune) ? marks + 1 : 0;
            if (marks > MaxMarks)
            {
                limited.Append(CombiningGraphemeJoiner);
                marks = 1;
            }

            limited.Append(rune);
        }

        return limited.ToString();
    }

    // All characters that can be reordered. The half-width voiced sound marks are letters that become marks, and unassigned characters may
    // be marks in a newer Unicode version. The joiner is formally a mark, but marks are never reordered across it.
    private static bool IsMark(Rune rune) =>
        rune.Value is 0xFF9E or 0xFF9F || (rune.Value != CombiningGraphemeJoiner && Rune.GetUnicodeCategory(rune) is
        UnicodeCategory.NonSpacingMark or UnicodeCategory.SpacingCombiningMark or UnicodeCategory.EnclosingMark
            or UnicodeCategory.OtherNotAssigned);
}
