using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace Patron.Shared.Text;

/// <summary>A phone number as people write it. It is stored unchanged; <see cref="PhoneNumberParser"/> derives its E.164 form.</summary>
public static partial class PhoneNumber
{
    public const string Rule = "Enter a phone number like +49 30 1234567.";

    /// <summary>The maximum length in a record: 15 grouped digits and an extension.</summary>
    public const int MaxLength = 40;

    // The number of digits is limited, but not that of blanks and dashes, so the length needs a limit of its own.
    private const int MaxTextLength = 100;

    /// <summary>
    /// Whether the text is a phone number by <see cref="Rule"/>. Digits of any script and invisible characters are accepted.
    /// </summary>
    public static bool IsValid(string text) =>
        text.Length <= MaxTextLength && WithoutExtension(text) is { } number && number.Count(char.IsAsciiDigit) is >= 5 and <= 15;

    /// <summary>The number in ASCII without its extension; null if the text has another form.</summary>
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

    // Bidirectional controls and joiners, and the variation selectors and the enclosing keycap that turn digits into emoji.
    private static bool IsInvisible(Rune rune) =>
        Rune.GetUnicodeCategory(rune) == UnicodeCategory.Format
        || rune.Value is 0x034F or 0x20E3 or (>= 0xFE00 and <= 0xFE0F) or (>= 0xE0100 and <= 0xE01EF);

    private static Rune ToAscii(Rune rune) => rune.Value switch
    {
        >= 0xFF01 and <= 0xFF5E => new Rune(rune.Value - 0xFF01 + '!'), // Full-width forms, in the order of ASCII.
        0xFE62 => new Rune('+'),
        0x2212 or 0x30FC => new Rune('-'), // The minus sign, and the katakana long vowel mark, which is typed as a dash.
        _ => Rune.GetUnicodeCategory(rune) switch
        {
            UnicodeCategory.DecimalDigitNumber => new Rune('0' + (int)Rune.GetNumericValue(rune)),
            UnicodeCategory.DashPunctuation => new Rune('-'),
            UnicodeCategory.SpaceSeparator => new Rune(' '),
            _ => rune,
        },
    };

    [
        GeneratedRegex(
            @"^(?<number>\s*\(?\+?[0-9\s\-().\/]+?)(\s*(ext\.?|x|#)\s*[0-9]{1,6})?\s*$",
            RegexOptions.IgnoreCase | RegexOptions.ExplicitCapture | RegexOptions.NonBacktracking)]
    private static partial Regex Form();
}
