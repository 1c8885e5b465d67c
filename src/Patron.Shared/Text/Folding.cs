using System.Globalization;
using System.Text;

namespace Patron.Shared.Text;

/// <summary>
/// The one way two spellings are compared: NFKC, then invariant lower case. The database compares the keys (linking.md, 'Proof'). Nothing
/// else normalizes: this takes every string, and its time grows with the text's length alone.
/// </summary>
public static class Folding
{
    /// <summary>
    /// Marks in a row from which a joiner separates the next ones (UAX #15, 'Stream-Safe Text Format'): sorting them takes the square of
    /// their number. No language has so many.
    /// </summary>
    private const int MostMarks = 30;

    // Taken apart these are still fewer than MostMarks: one becomes two at most, and a letter brings three.
    private const int FewMarks = 8;

    private const char Joiner = '\u034F';

    /// <summary>The comparison key of an address, a user name or a name, without blanks around it. The key of a key is itself.</summary>
    public static string Key(string text) =>
        // Lower case may have a composed form that upper case has not: J with a caron.
        Compatible(Compatible(text.Trim()).ToLowerInvariant()).Trim();

    /// <summary>The text in NFKC. What is no character becomes the replacement character.</summary>
    public static string Compatible(string text)
    {
        if (Ascii.IsValid(text))
        {
            return text;
        }

        var clean = GivenText.Clean(text);
        return HasFewMarks(clean) ? clean.Normalize(NormalizationForm.FormKC) : TakeApart(clean).Normalize(NormalizationForm.FormKC);
    }

    /// <summary>The text in NFKD: letters and their accents apart.</summary>
    public static string Decomposed(string text)
    {
        if (Ascii.IsValid(text))
        {
            return text;
        }

        var clean = GivenText.Clean(text);
        return HasFewMarks(clean) ? clean.Normalize(NormalizationForm.FormKD) : TakeApart(clean);
    }

    // Some marks become two: what is taken apart is limited once more, so that doing it again changes nothing.
    private static string TakeApart(string text) => Limit(Limit(text).Normalize(NormalizationForm.FormKD));

    private static bool HasFewMarks(string text)
    {
        var marks = 0;
        foreach (var rune in text.EnumerateRunes())
        {
            marks = IsMark(rune) ? marks + 1 : 0;
            if (marks > FewMarks)
            {
                return false;
            }
        }

        return true;
    }

    private static string Limit(string text)
    {
        var limited = new StringBuilder(text.Length + (text.Length / MostMarks));
        var marks = 0;
        foreach (var rune in text.EnumerateRunes())
        {
            marks = IsMark(rune) ? marks + 1 : 0;
            if (marks > MostMarks)
            {
                limited.Append(Joiner);
                marks = 1;
            }

            limited.Append(rune);
        }

        return limited.ToString();
    }

    // Whatever may move when it is sorted. The half-width sound marks are letters that become marks; what is not assigned here may be a mark to
    // a newer library. The joiner is called a mark, too, and is what none moves across.
    private static bool IsMark(Rune rune) => rune.Value is 0xFF9E or 0xFF9F || (rune.Value != Joiner && Rune.GetUnicodeCategory(rune) is
        UnicodeCategory.NonSpacingMark or UnicodeCategory.SpacingCombiningMark or UnicodeCategory.EnclosingMark or UnicodeCategory.OtherNotAssigned);
}
