using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace Patron.Shared.Text;

/// <summary>A phone number as people write it, which is stored as given. Its form in E.164 is <see cref="PhoneNumberParser"/>'s.</summary>
public static partial class PhoneNumber
{
    public const string Rule = "A phone number has 5 to 15 digits, with spaces, + - ( ) . / and an extension such as 'ext. 12'.";

    /// <summary>The longest one that a record takes: 15 digits as people group them, and an extension.</summary>
    public const int MaxLength = 40;

    // Blanks and dashes do not count as digits: without an end a number could fill pages.
    private const int LongestText = 100;

    /// <summary>Whether the text is a phone number by <see cref="Rule"/>, in digits of any script and with whatever cannot be seen in it.</summary>
    public static bool IsValid(string text) =>
        text.Length <= LongestText && WithoutExtension(text) is { } number && number.Count(char.IsAsciiDigit) is >= 5 and <= 15;

    /// <summary>The number in ASCII without its extension; null where the text has another form.</summary>
    internal static string? WithoutExtension(string text) =>
        Form().Match(ToAscii(text)) is { Success: true } match ? match.Groups["number"].Value.Trim() : null;

    private static string ToAscii(string text)
    {
        if (Ascii.IsValid(text))
        {
            return text;
        }

        var ascii = new StringBuilder(text.Length);
        foreach (var rune in text.EnumerateRunes())
        {
            if (!IsInvisible(rune))
            {
                ascii.Append(ToAscii(rune));
            }
        }

        return ascii.ToString();
    }

    // Direction marks, joiners and the like; variation selectors and the frame of a key, which make digits pictures.
    private static bool IsInvisible(Rune rune) =>
        Rune.GetUnicodeCategory(rune) == UnicodeCategory.Format
        || rune.Value is 0x034F or 0x20E3 or (>= 0xFE00 and <= 0xFE0F) or (>= 0xE0100 and <= 0xE01EF);

    private static Rune ToAscii(Rune rune) => rune.Value switch
    {
        >= 0xFF01 and <= 0xFF5E => new Rune(rune.Value - 0xFF01 + '!'), // Full-width forms, in the order of ASCII.
        0xFE62 => new Rune('+'),
        0x2212 or 0x30FC => new Rune('-'), // Minus, and the long vowel sign of katakana that is typed for a dash.
        _ => Rune.GetUnicodeCategory(rune) switch
        {
            UnicodeCategory.DecimalDigitNumber => new Rune('0' + (int)Rune.GetNumericValue(rune)),
            UnicodeCategory.DashPunctuation => new Rune('-'),
            UnicodeCategory.SpaceSeparator => new Rune(' '),
            _ => rune,
        },
    };

    [GeneratedRegex(@"^(?<number>\s*\(?\+?[0-9\s\-().\/]+?)(\s*(ext\.?|x|#)\s*[0-9]{1,6})?\s*$", RegexOptions.IgnoreCase | RegexOptions.ExplicitCapture | RegexOptions.NonBacktracking)]
    private static partial Regex Form();
}
