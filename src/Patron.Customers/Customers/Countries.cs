using System.Collections.Frozen;
using System.Globalization;
using Patron.Shared.Text;

namespace Patron.Customers.Customers;

/// <summary>
/// The countries of ISO 3166 with their names (countries.tsv). A country is known by its code of two or three letters, its English, German
/// or native name, and other common names, without regard to case, accents and signs. The table is committed, so that every process knows
/// the same names.
/// </summary>
public static class Countries
{
    private const string File = "Patron.Customers.Customers.countries.tsv";
    private const string Article = "the";
    private const string German = "de";

    private static readonly Lazy<CountryTable> Table = new(Load);

    /// <summary>The two-letter codes of all countries.</summary>
    public static IReadOnlyList<string> Codes => Table.Value.Names.Keys;

    /// <summary>The English name of a country, which records store.</summary>
    public static string EnglishNameOf(string code) => Table.Value.Names[code].English;

    /// <summary>The two-letter code, or null for an unknown text.</summary>
    public static string? CodeOf(string? country) => country is null ? null : Table.Value.Codes.GetValueOrDefault(KeyOf(country));

    /// <summary>
    /// The one name under which lists and statistics show this text: the country's German or else English name, or the text itself.
    /// </summary>
    public static string NameOf(string country, CultureInfo language)
    {
        if (CodeOf(country) is not { } code)
        {
            return country;
        }

        var names = Table.Value.Names[code];
        return language.TwoLetterISOLanguageName == German ? names.German : names.English;
    }

    private static string KeyOf(string name)
    {
        var words = SearchText.Words(name.Replace(".", "", StringComparison.Ordinal).ToLowerInvariant());
        return string.Join(' ', words.Count > 1 && words[0] == Article ? words.Skip(1) : words);
    }

    private static CountryTable Load()
    {
        using var reader = new StreamReader(typeof(Countries).Assembly.GetManifestResourceStream(File)!);
        var codes = new Dictionary<string, string>(StringComparer.Ordinal);
        var names = new Dictionary<string, CountryNames>(StringComparer.Ordinal);
        while (reader.ReadLine() is { } line)
        {
            if (line.Split('\t') is not [{ Length: 2 } code, var longCode, var english, var german, var others])
            {
                continue; // The comment.
            }

            names.Add(code, new CountryNames(english, german));
            foreach (var name in (ReadOnlySpan<string>)[code, longCode, english, german, .. others.Split('|')])
            {
                codes.TryAdd(KeyOf(name), code);
            }
        }

        codes.Remove("");
        return new CountryTable(codes.ToFrozenDictionary(StringComparer.Ordinal), names.ToFrozenDictionary(StringComparer.Ordinal));
    }

    private sealed record CountryTable(FrozenDictionary<string, string> Codes, FrozenDictionary<string, CountryNames> Names);

    private readonly record struct CountryNames(string English, string German);
}
