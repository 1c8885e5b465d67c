using System.Text;
using Patron.Shared.Text;

namespace Patron.Customers.Matching;

/// <summary>
/// Folds texts for comparison: lower case, in Latin letters without accents, words separated by one blank. Apostrophes and full stops
/// disappear (O'Brien is obrien), other signs separate words. Cyrillic and Greek letters are transliterated; other scripts stay.
/// </summary>
internal static class MatchText
{
    private const string Cyrillic = "абвгдежзийклмнопрстуфхцчшщъыьэюяёіїєґ";
    private static readonly string[] CyrillicLatin =
    [
        "a", "b", "v", "g", "d", "e", "zh", "z", "i", "y", "k", "l", "m", "n", "o", "p", "r", "s", "t", "u", "f", "kh", "ts", "ch", "sh",
        "shch", "", "y", "", "e", "yu", "ya", "e", "i", "i", "ie", "g",
    ];

    private const string Greek = "αβγδεζηθικλμνξοπρσςτυφχψω";
    private static readonly string[] GreekLatin =
    [
        "a", "v", "g", "d", "e", "z", "i", "th", "i", "k", "l", "m", "n", "x", "o", "p", "r", "s", "s", "t", "y", "f", "ch", "ps", "o",
    ];

    private const string Special = "äöüßæœøåđðłþı";
    private static readonly string[] SpecialLatin = ["ae", "oe", "ue", "ss", "ae", "oe", "oe", "a", "d", "d", "l", "th", "i"];

    /// <summary>Writes the folded text into the buffer and returns its length; what does not fit is cut.</summary>
    public static int Fold(string? text, Span<char> buffer)
    {
        if (string.IsNullOrEmpty(text))
        {
            return 0;
        }

        var source = text.Length > 4 * buffer.Length ? text[..(4 * buffer.Length)] : text;
        source = Ascii.IsValid(source) ? source : ToLatin(source);
        var length = 0;
        var needsBlank = false;
        foreach (var raw in source)
        {
            var character = char.IsAsciiLetterUpper(raw) ? (char)(raw | 0x20) : raw;
            if (char.IsLetterOrDigit(character))
            {
                if (needsBlank && length > 0 && length < buffer.Length)
                {
                    buffer[length++] = ' ';
                }

                needsBlank = false;
                if (length == buffer.Length)
                {
                    break;
                }

                buffer[length++] = character;
            }
            else if (character is not ('\'' or '.' or '`' or '\u2019'))
            {
                needsBlank = true;
            }
        }

        return length;
    }

    /// <summary>The folded text as a string; empty for a missing one.</summary>
    public static string Fold(string? text)
    {
        Span<char> buffer = stackalloc char[ValuePool.MaxLength];
        return new string(buffer[..Fold(text, buffer)]);
    }

    private static string ToLatin(string text)
    {
        var latin = new StringBuilder(text.Length + 8);
        foreach (var character in Folding.Compatible(text).ToLowerInvariant())
        {
            if (char.IsAscii(character))
            {
                latin.Append(character);
            }
            else if (Find(Special, SpecialLatin, character) is { } special)
            {
                latin.Append(special);
            }
            else
            {
                AppendLetter(latin, character);
            }
        }

        return latin.ToString();
    }

    private static void AppendLetter(StringBuilder latin, char character)
    {
        // A surrogate cannot be decomposed alone; such letters stay.
        var decomposed = char.IsSurrogate(character) ? character.ToString() : Folding.Decomposed(character.ToString());
        foreach (var part in decomposed.Where(part => char.IsLetterOrDigit(part) || char.IsSurrogate(part) || char.IsWhiteSpace(part)))
        {
            latin.Append(Find(Cyrillic, CyrillicLatin, part) ?? Find(Greek, GreekLatin, part) ?? part.ToString());
        }

        if (char.GetUnicodeCategory(character) is System.Globalization.UnicodeCategory.DashPunctuation)
        {
            latin.Append(' ');
        }
    }

    private static string? Find(string letters, string[] latin, char letter) =>
        letters.IndexOf(letter, StringComparison.Ordinal) is >= 0 and var place ? latin[place] : null;
}
