using PhoneNumbers;

namespace Patron.Shared.Text;

/// <summary>
/// Phone numbers in E.164, such as <c>+4930123456</c>: international ones always, national ones by the region of the organization. What the
/// library knows of a country is read when a number of it comes for the first time.
/// </summary>
/// <param name="region">ISO 3166, two letters; null where national numbers have no region.</param>
public sealed class PhoneNumberParser(string? region)
{
    private const int FewestDigits = 5;
    private const int MostDigits = 15;

    // Shorter ones lack their area code more often than not.
    private const int FewestNationalDigits = 7;

    private readonly string? region = region?.ToUpperInvariant();

    /// <summary>Whether this is the code of a region that has phone numbers.</summary>
    public static bool IsRegion(string code) => PhoneNumberUtil.GetInstance().GetSupportedRegions().Contains(code.ToUpperInvariant());

    /// <summary>The number in E.164 without its extension; null where it is none, or where it is national without a region.</summary>
    public string? ToE164(string? text)
    {
        if (text is null || PhoneNumber.WithoutExtension(text) is not { } number)
        {
            return null;
        }

        if (number.TrimStart('(', ' ').StartsWith('+'))
        {
            return OfInternational(number);
        }

        var isDialledAbroad = Digits(number).StartsWith("00", StringComparison.Ordinal);
        return OfNational(number, isDialledAbroad) ?? (isDialledAbroad ? OfInternational(AfterTwoZeros(number)) : null);
    }

    // The library's word where the number may be one. Others keep their digits: examples such as +12345, and numbers longer than the plan
    // it knows.
    private static string? OfInternational(string number)
    {
        var digits = Digits(number);
        if (digits.StartsWith('0'))
        {
            return null;
        }

        if (Parse("+" + digits, region: null) is { } parsed
            && PhoneNumberUtil.GetInstance().IsPossibleNumber(parsed) && Format(parsed) is { } e164)
        {
            return e164;
        }

        var kept = Digits(number.Replace("(0)", "", StringComparison.Ordinal));
        return kept.Length is >= FewestDigits and <= MostDigits ? "+" + kept : null;
    }

    private static string AfterTwoZeros(string number) => number[(number.IndexOf('0', number.IndexOf('0') + 1) + 1)..];

    // Two zeros lead abroad from most regions; where they do not, the number is none of the region's.
    private string? OfNational(string number, bool isDialledAbroad)
    {
        if (region is null || Parse(number, region) is not { } parsed)
        {
            return null;
        }

        var library = PhoneNumberUtil.GetInstance();
        if ((isDialledAbroad && parsed.CountryCodeSource != PhoneNumbers.PhoneNumber.Types.CountryCodeSource.FROM_NUMBER_WITH_IDD)
            || library.IsPossibleNumberWithReason(parsed) != PhoneNumberUtil.ValidationResult.IS_POSSIBLE)
        {
            return null;
        }

        var isLongEnough = library.GetNationalSignificantNumber(parsed).Length >= FewestNationalDigits || library.IsValidNumber(parsed);
        return isLongEnough ? Format(parsed) : null;
    }

    private static PhoneNumbers.PhoneNumber? Parse(string number, string? region)
    {
        try
        {
            return PhoneNumberUtil.GetInstance().ParseAndKeepRawInput(number, region);
        }
        catch (NumberParseException)
        {
            return null;
        }
    }

    private static string? Format(PhoneNumbers.PhoneNumber parsed) =>
        PhoneNumberUtil.GetInstance().Format(parsed, PhoneNumberFormat.E164) is { Length: > FewestDigits and <= MostDigits + 1 } e164 ? e164 : null;

    private static string Digits(string number) => string.Concat(number.Where(char.IsAsciiDigit));
}
