using System.Globalization;
using System.Text;

namespace Patron.Shared.Text;

/// <summary>
/// Checks every text from outside, whatever its field, before it is processed. An invalid text from a person is refused. A text from an ERP
/// or a file is repaired, because nobody can correct it at that moment.
/// </summary>
public static class InputText
{
    /// <summary>The maximum length of any field, in characters; notes have it.</summary>
    public const int MaxCharacters = 10_000;

    /// <summary>The same in UTF-16 code units; a character has at most two. Longer texts are refused without being read.</summary>
    public const int MaxLength = 2 * MaxCharacters;

    /// <summary>The maximum length of a text from an ERP, in UTF-16 code units. No real value is longer.</summary>
    public const int MaxErpLength = 100_000;

    /// <summary>The error message for an unpaired surrogate.</summary>
    public const string InvalidUnicode = "This text isn't valid Unicode. It contains half of a surrogate pair.";

    private const string Noncharacter =
        "This text contains something that isn't a character in Unicode. Type it again instead of pasting it.";
    private const int MaxMessageLength = 2_000;
    private const char LastBeforeSurrogates = '\uD7FF';

    private static readonly string TooLong = string.Create(
        CultureInfo.InvariantCulture, $"This text is too long. No field takes more than {MaxCharacters} characters.");

    /// <summary>The error in a text from a person, as a sentence; null if there is none. The length is checked first.</summary>
    public static string? Problem(string text)
    {
        if (text.Length > MaxLength)
        {
            return TooLong;
        }

        var span = text.AsSpan();
        var start = span.IndexOfAnyExceptInRange('\u0001', LastBeforeSurrogates);
        return start < 0 ? null : FindError(span[start..]);
    }

    /// <summary>The text with U+FFFD for each noncharacter and each unpaired surrogate, which can be neither stored nor compared.</summary>
    public static string Clean(string text)
    {
        if (text.AsSpan().IndexOfAnyInRange('\uD800', '\uFFFF') < 0)
        {
            return text;
        }

        var clean = new StringBuilder(text.Length);
        foreach (var rune in text.EnumerateRunes()) // Returns U+FFFD for an unpaired surrogate.
        {
            clean.Append(IsNoncharacter(rune) ? Rune.ReplacementChar : rune);
        }

        return clean.ToString();
    }

    /// <summary>
    /// A text from an ERP as it is stored: without surrounding blanks, NUL, other control characters and invisible characters, and with
    /// U+FFFD for invalid characters. Null if nothing remains.
    /// </summary>
    public static string? Repair(string text)
    {
        var repaired = InvisibleCharacters.Repair(text);
        if (repaired.Any(IsRemovedControl))
        {
            repaired = string.Concat(repaired.Where(character => !IsRemovedControl(character)));
        }

        return TextRules.NullIfBlank(Clean(repaired));
    }

    /// <summary>An error message of another program in a form that PostgreSQL can store, shortened to 2000 UTF-16 code units.</summary>
    public static string Storable(string message) =>
        Clean(message.Length > MaxMessageLength ? message[..MaxMessageLength] : message).Replace('\0', '\uFFFD');

    private static string? FindError(ReadOnlySpan<char> text)
    {
        while (!text.IsEmpty)
        {
            if (Rune.DecodeFromUtf16(text, out var rune, out var length) != System.Buffers.OperationStatus.Done)
            {
                return InvalidUnicode;
            }

            if (rune.Value == 0)
            {
                return TextRules.NoControls;
            }

            if (IsNoncharacter(rune))
            {
                return Noncharacter;
            }

            text = text[length..];
        }

        return null;
    }

    private static bool IsRemovedControl(char character) => char.IsControl(character) && character is not ('\t' or '\n' or '\r');

    // Unicode, 23.7: the last two code points of each plane, and a range of 32.
    private static bool IsNoncharacter(Rune rune) => (rune.Value & 0xFFFE) == 0xFFFE || rune.Value is >= 0xFDD0 and <= 0xFDEF;
}
