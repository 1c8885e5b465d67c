using System.Collections.Frozen;
using System.Globalization;

namespace Patron.Web.Texts;

/// <summary>
/// Writes amounts as the language does: its separators, and the currency before or after the number. A currency has its code, such as USD,
/// unless its sign belongs to it alone.
/// </summary>
public static class MoneyText
{
    private const int DefaultDigits = 2;
    private const char NoBreakSpace = '\u00a0';

    // .NET's patterns for a currency before the number: '$n' and '$ n', '-$n' and '-$ n'.
    private const int SymbolBefore = 0;
    private const int CodeBefore = 2;
    private const int NegativeCodeBefore = 9;

    private static readonly FrozenDictionary<string, string> Symbols =
        new Dictionary<string, string>(StringComparer.Ordinal) { ["EUR"] = "€", ["GBP"] = "£" }.ToFrozenDictionary(StringComparer.Ordinal);

    // ISO 4217: the currencies without a hundredth.
    private static readonly FrozenDictionary<string, int> Digits = new Dictionary<string, int>(StringComparer.Ordinal)
    {
        ["BHD"] = 3, ["CLP"] = 0, ["IQD"] = 3, ["ISK"] = 0, ["JOD"] = 3, ["JPY"] = 0, ["KRW"] = 0, ["KWD"] = 3, ["LYD"] = 3, ["OMR"] = 3,
        ["PYG"] = 0, ["RWF"] = 0, ["TND"] = 3, ["UGX"] = 0, ["VND"] = 0, ["VUV"] = 0, ["XAF"] = 0, ["XOF"] = 0, ["XPF"] = 0,
    }.ToFrozenDictionary(StringComparer.Ordinal);

    /// <param name="currency">ISO 4217; null writes the number alone.</param>
    public static string Format(decimal amount, string? currency, CultureInfo culture)
    {
        if (currency is null)
        {
            return amount.ToString("N2", culture);
        }

        var format = (NumberFormatInfo)culture.NumberFormat.Clone();
        format.CurrencyDecimalDigits = Digits.GetValueOrDefault(currency, DefaultDigits);
        format.CurrencySymbol = Symbols.GetValueOrDefault(currency, currency);
        if (format is { CurrencySymbol.Length: > 1, CurrencyPositivePattern: SymbolBefore })
        {
            (format.CurrencyPositivePattern, format.CurrencyNegativePattern) = (CodeBefore, NegativeCodeBefore);
        }

        return amount.ToString("C", format).Replace(' ', NoBreakSpace);
    }
}
