using System.Globalization;
using System.Text.RegularExpressions;
using System.Xml.Linq;
using Patron.Portal.Texts;

namespace Patron.UnitTests.Portal;

/// <summary>The texts of the pages are complete in every language, and translated sentences exist in the source.</summary>
public sealed partial class TextsTests
{
    private static readonly string Source = Path.Combine(Find(AppContext.BaseDirectory), "src");
    private static readonly string Folder = Path.Combine(Source, "Patron.Portal", "Texts");

    [Theory]
    [InlineData("Words")]
    [InlineData("Sentences")]
    public void Both_languages_have_the_same_texts_and_placeholders(string file)
    {
        var (english, german) = (Read($"{file}.resx"), Read($"{file}.de.resx"));
        Assert.Equal(english.Keys.Order(StringComparer.Ordinal), german.Keys.Order(StringComparer.Ordinal));
        Assert.All(english, text => Assert.Equal(Placeholders(text.Value), Placeholders(german[text.Key])));
        Assert.All(german.Values, text => Assert.NotEmpty(text.Trim()));
    }

    [Fact]
    public void Every_text_of_a_page_exists()
    {
        var known = Read("Words.resx");
        var used = Sources("Patron.Portal").SelectMany(text => Named().Matches(text)).Select(match => match.Groups["name"].Value).ToList();
        Assert.True(used.Count > 100, "The names were not found.");
        Assert.All(used, name => Assert.True(known.ContainsKey(name), $"There is no text '{name}'."));
    }

    [Fact]
    public void Every_translated_sentence_exists_in_the_source()
    {
        var sources = string.Concat(Sources("."));
        Assert.All(Read("Sentences.resx").Keys, sentence => Assert.All(
            Placeholders().Split(sentence).Where(part => part.Length > 6), part => Assert.True(sources.Contains(part, StringComparison.Ordinal), $"Nobody says '{part}' any more.")));
    }

    [Theory]
    [InlineData("en-GB", "Use at least 8 characters.")]
    [InlineData("de-DE", "Das Passwort braucht mindestens 8 Zeichen.")]
    public void A_sentence_is_translated_with_its_numbers(string culture, string expected) =>
        Assert.Equal(expected, In(culture).Sentence("Use at least 8 characters."));

    [Theory]
    [InlineData("th-TH")]
    [InlineData("ar-SA")]
    [InlineData("tr-TR")]
    [InlineData("de-DE")]
    public void The_language_does_not_depend_on_the_culture_of_the_process(string culture)
    {
        var before = (CultureInfo.CurrentCulture, CultureInfo.CurrentUICulture);
        (CultureInfo.CurrentCulture, CultureInfo.CurrentUICulture) = (new(culture), new(culture));
        try
        {
            Assert.Equal("1,5 %", In("de-DE").T("percent", 1.5));
            Assert.Equal("Use at least 8 characters.", In("en-GB").Sentence("Use at least 8 characters."));
        }
        finally
        {
            (CultureInfo.CurrentCulture, CultureInfo.CurrentUICulture) = before;
        }
    }

    [Fact]
    public void A_sentence_without_a_translation_stays_English() => Assert.Equal("Only {0} of 5 {.", In("de-DE").Sentence("Only {0} of 5 {."));

    private static PortalTexts In(string culture) => new(CultureInfo.GetCultureInfo(culture));

    private static Dictionary<string, string> Read(string file) =>
        XDocument.Load(Path.Combine(Folder, file)).Root!.Elements("data").ToDictionary(data => data.Attribute("name")!.Value, data => data.Element("value")!.Value, StringComparer.Ordinal);

    private static IEnumerable<string> Placeholders(string text) => Placeholders().Matches(text).Select(match => match.Value).Order(StringComparer.Ordinal);

    private static IEnumerable<string> Sources(string project) => Directory.EnumerateFiles(Path.Combine(Source, project), "*.*", SearchOption.AllDirectories)
        .Where(file => Path.GetExtension(file) is ".cs" or ".razor").Select(File.ReadAllText);

    private static string Find(string folder) => File.Exists(Path.Combine(folder, "Patron.slnx")) ? folder : Find(Path.GetDirectoryName(Path.TrimEndingDirectorySeparator(folder))!);

    [GeneratedRegex(@"\{[0-9]\}", RegexOptions.None, 1000)]
    private static partial Regex Placeholders();

    [GeneratedRegex("""\bT\("(?<name>[a-z0-9_]+)"[),]""", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Named();
}
