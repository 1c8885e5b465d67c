using System.Text.RegularExpressions;

namespace Patron.Shared.Text;

/// <summary>A phone number as people write it: stored as given, with E.164 beside it where the country code was written.</summary>
public static partial class PhoneNumber
{
    public const string Rule = "A phone number has 5 to 15 digits, with spaces, + - ( ) . / and an extension such as 'ext. 12'.";

    // Blanks and dashes do not count as digits: without an end a number could fill pages.
    private const int MaxLength = 100;

    /// <summary>Whether the text is a phone number by <see cref="Rule"/>.</summary>
    public static bool IsValid(string text)
    {
        if (text.Length > MaxLength)
        {
            return false;
        }

        var match = Form().Match(text);
        return match.Success && match.Groups["number"].ValueSpan.CountDigits() is >= 5 and <= 15;
    }

    /// <summary>The number in E.164 (<c>+15550123</c>) where it begins with <c>+</c> or <c>00</c>, else null. Without the extension.</summary>
    public static string? ToE164(string text)
    {
        var match = Form().Match(text);
        if (!match.Success)
        {
            return null;
        }

        var number = match.Groups["number"].Value.Replace("(0)", "", StringComparison.Ordinal);
        var digits = string.Concat(number.Where(char.IsAsciiDigit));
        var international = number.TrimStart().StartsWith('+') ? digits : digits.StartsWith("00", StringComparison.Ordinal) ? digits[2..] : null;
        return international is { Length: >= 5 and <= 15 } && international[0] != '0' ? "+" + international : null;
    }

    private static int CountDigits(this ReadOnlySpan<char> text)
    {
        var count = 0;
        foreach (var character in text)
        {
            count += char.IsAsciiDigit(character) ? 1 : 0;
        }

        return count;
    }

    [GeneratedRegex(@"^(?<number>\s*\+?[0-9\s\-().\/]+?)(\s*(ext\.?|x|#)\s*[0-9]{1,6})?\s*$", RegexOptions.IgnoreCase | RegexOptions.ExplicitCapture | RegexOptions.NonBacktracking)]
    private static partial Regex Form();
}
