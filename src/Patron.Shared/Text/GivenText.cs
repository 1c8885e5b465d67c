using System.Globalization;
using System.Text;

namespace Patron.Shared.Text;

/// <summary>
/// What holds for every text that comes from outside, whatever its field, before anything else is done with it. From people a text with a
/// flaw is refused, from an ERP or a file it is mended: nobody there can be asked.
/// </summary>
public static class GivenText
{
    /// <summary>The longest text that any field takes, in characters: notes.</summary>
    public const int MaxCharacters = 10_000;

    /// <summary>The same in UTF-16 code units, of which a character has two at most. What is longer is not even looked at.</summary>
    public const int MaxLength = 2 * MaxCharacters;

    /// <summary>The longest text of an ERP that is kept, in UTF-16 code units; more is no value of a person's or company's.</summary>
    public const int MaxErpLength = 100_000;

    /// <summary>What is said of half a character.</summary>
    public const string NoUnicode = "This text is not valid Unicode: it holds half of a surrogate pair.";

    private const string NoCharacter = "This text holds something that is no character in Unicode. Please type it again instead of copying it.";
    private const int LongestSentence = 2_000;
    private const char LastBeforeSurrogates = '\uD7FF';

    private static readonly string TooLong = string.Create(CultureInfo.InvariantCulture, $"This text is too long: no field takes more than {MaxCharacters} characters.");

    /// <summary>What is wrong with a text of somebody's, as a sentence; null when nothing is. Its length is asked first.</summary>
    public static string? Problem(string text)
    {
        if (text.Length > MaxLength)
        {
            return TooLong;
        }

        var span = text.AsSpan();
        var odd = span.IndexOfAnyExceptInRange('\u0001', LastBeforeSurrogates);
        return odd < 0 ? null : Flaw(span[odd..]);
    }

    /// <summary>The text with U+FFFD for each noncharacter and each half of a surrogate pair: what can be neither stored nor compared.</summary>
    public static string Clean(string text)
    {
        if (text.AsSpan().IndexOfAnyInRange('\uD800', '\uFFFF') < 0)
        {
            return text;
        }

        var clean = new StringBuilder(text.Length);
        foreach (var rune in text.EnumerateRunes()) // Half a pair comes as U+FFFD.
        {
            clean.Append(IsNoncharacter(rune) ? Rune.ReplacementChar : rune);
        }

        return clean.ToString();
    }

    /// <summary>
    /// A text of an ERP as it is kept: without blanks around it and without what no text should hold, NUL, other control characters and invisible ones, and with
    /// U+FFFD for what is no character. Null where nothing is left.
    /// </summary>
    public static string? Mend(string text)
    {
        if (text.Any(IsUnwanted))
        {
            text = string.Concat(text.Where(character => !IsUnwanted(character)));
        }

        return TextRules.NullIfBlank(Clean(InvisibleCharacters.Mend(text)));
    }

    /// <summary>What another program said went wrong, as PostgreSQL can hold it, and no longer than somebody reads.</summary>
    public static string Storable(string sentence) =>
        Clean(sentence.Length > LongestSentence ? sentence[..LongestSentence] : sentence).Replace('\0', '\uFFFD');

    private static string? Flaw(ReadOnlySpan<char> text)
    {
        while (!text.IsEmpty)
        {
            if (Rune.DecodeFromUtf16(text, out var rune, out var length) != System.Buffers.OperationStatus.Done)
            {
                return NoUnicode;
            }

            if (rune.Value == 0)
            {
                return TextRules.NoControls;
            }

            if (IsNoncharacter(rune))
            {
                return NoCharacter;
            }

            text = text[length..];
        }

        return null;
    }

    private static bool IsUnwanted(char character) => char.IsControl(character) && character is not ('\t' or '\n' or '\r');

    // Unicode, 23.7: the last two of each plane, and 32 in a row.
    private static bool IsNoncharacter(Rune rune) => (rune.Value & 0xFFFE) == 0xFFFE || rune.Value is >= 0xFDD0 and <= 0xFDEF;
}
