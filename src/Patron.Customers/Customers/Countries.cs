using System.Collections.Frozen;
using System.Globalization;
using Patron.Shared.Text;

namespace Patron.Customers.Customers;

/// <summary>Finds the ISO 3166 code of a country by its code of two or three letters, its English or its native name.</summary>
internal static class Countries
{
    private static readonly Lazy<FrozenDictionary<string, string>> Codes = new(Load);

    /// <summary>The two-letter code, or null for an unknown text.</summary>
    public static string? CodeOf(string? country) => country is null ? null : Codes.Value.GetValueOrDefault(Folding.Key(country));

    private static FrozenDictionary<string, string> Load()
    {
        var codes = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["uk"] = "GB", ["great britain"] = "GB", ["england"] = "GB", ["scotland"] = "GB", ["wales"] = "GB",
            ["u.s."] = "US", ["u.s.a."] = "US", ["america"] = "US", ["united states of america"] = "US",
            ["holland"] = "NL", ["czech republic"] = "CZ", ["turkey"] = "TR", ["south korea"] = "KR", ["viet nam"] = "VN",
            ["russian federation"] = "RU",
        };
        foreach (var culture in CultureInfo.GetCultures(CultureTypes.SpecificCultures))
        {
            var region = new RegionInfo(culture.Name);
            if (region.TwoLetterISORegionName is { Length: 2 } code && char.IsAsciiLetterUpper(code[0]))
            {
                foreach (var name in (ReadOnlySpan<string>)[code, region.ThreeLetterISORegionName, region.EnglishName, region.NativeName])
                {
                    codes.TryAdd(Folding.Key(name), code);
                }
            }
        }

        return codes.ToFrozenDictionary(StringComparer.Ordinal);
    }
}
