using PhoneNumbers;

namespace Patron.Shared.Text;

/// <summary>
/// Converts phone numbers to E.164, such as <c>+4930123456</c>: international numbers always, national ones by the organization's region.
/// The library loads a country's metadata at the first number of that country.
/// </summary>
/// <param name="region">ISO 3166, two letters; null if there is no region for national numbers.</param>
public sealed class PhoneNumberParser(string? region)
{
    private const int MinDigits = 5;
    private const int MaxDigits = 15;

    // Most shorter numbers lack their area code.
    private const int MinNationalDigits = 7;

    private readonly string? region = region?.ToUpperInvariant();

    /// <summary>Whether this is the code of a region that has phone numbers.</summary>
    public static bool IsRegion(string code) => PhoneNumberUtil.GetInstance().GetSupportedRegions().Contains(code.ToUpperInvariant());

    /// <summary>
    /// The number in E.164 without its extension; null if it is not a phone number, or is national and there is no region.
    /// </summary>
    public string? ToE164(string? text)
    {
        if (text is null || PhoneNumber.WithoutExtension(text) is not { } number)
        {
            return null;
        }

        if (number.TrimStart('(', ' ').StartsWith('+'))
        {
            return FromInternational(number);
        }

        var hasZeroPrefix = Digits(number).StartsWith("00", StringComparison.Ordinal);
        return FromNational(number, hasZeroPrefix) ?? (hasZeroPrefix ? FromInternational(AfterTwoZeros(number)) : null);
    }

    // The library's result if it considers the number possible. Other numbers keep their digits: examples such as +12345, and numbers that
    // are longer than the numbering plan the library knows.
    private static string? FromInternational(string number)
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

        var withoutTrunkPrefix = Digits(number.Replace("(0)", "", StringComparison.Ordinal));
        return withoutTrunkPrefix.Length is >= MinDigits and <= MaxDigits ? "+" + withoutTrunkPrefix : null;
    }

    private static string AfterTwoZeros(string number) => number[(number.IndexOf('0', number.IndexOf('0') + 1) + 1)..];

    // "00" is the international prefix of most regions. If it is not the prefix of this region, the number is not a national one.
    private string? FromNational(string number, bool hasZeroPrefix)
    {
        if (region is null || Parse(number, region) is not { } parsed)
        {
            return null;
        }

        var library = PhoneNumberUtil.GetInstance();
        if ((hasZeroPrefix && parsed.CountryCodeSource != PhoneNumbers.PhoneNumber.Types.CountryCodeSource.FROM_NUMBER_WITH_IDD)
            || library.IsPossibleNumberWithReason(parsed) != PhoneNumberUtil.ValidationResult.IS_POSSIBLE)
        {
            return null;
        }

        var isLongEnough = library.GetNationalSignificantNumber(parsed).Length >= MinNationalDigits || library.IsValidNumber(parsed);
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
        PhoneNumberUtil.GetInstance().Format(parsed, PhoneNumberFormat.E164) is { Length: > MinDigits and <= MaxDigits + 1 } e164
            ? e164
            : null;

    private static string Digits(string number) => string.Concat(number.Where(char.IsAsciiDigit));
}
