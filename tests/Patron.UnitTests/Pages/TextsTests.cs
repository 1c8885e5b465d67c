using System.Globalization;
using System.Text.RegularExpressions;
using System.Xml.Linq;
using Patron.Tests;
using Patron.UnitTests.Customers.Filters;
using Patron.Web.Texts;

namespace Patron.UnitTests.Pages;

/// <summary>The texts of the pages are complete in every language, and translated sentences exist in the source.</summary>
public sealed partial class TextsTests
{
    private static readonly string Source = Path.Combine(Checkout.Folder, "src");
    private static readonly string[] Projects = ["Patron.Web", "Patron.Portal", "Patron.Console"];
    private static readonly string[] UseCases = ["Patron.Shared", "Patron.Accounts", "Patron.Customers", "Patron.Linking", "Patron.Erp", "Patron.Console", "Patron.Portal"];

    // What only commands, the API and the role customers say, which have no pages.
    private static readonly string[] WithoutPages =
    [
        "ForeignHash", "ImportUsers", "ImportedAccount", "ImportCustomers", "ImportLine", "PartnerImporter", "SyncMetrics", "HttpAccountDirectory", "IdempotentWork",
        "RefreshSession", "EndSessions", "VerifyEmail", "QuickSetup", "SearchCustomers", "CustomerCriteria",
    ];

    [Theory]
    [InlineData("Patron.Web/Texts/Words")]
    [InlineData("Patron.Web/Texts/Sentences")]
    [InlineData("Patron.Portal/Texts/Words")]
    [InlineData("Patron.Console/Texts/Words")]
    public void Both_languages_have_the_same_texts_and_placeholders(string file)
    {
        var (english, german) = (Read($"{file}.resx"), Read($"{file}.de.resx"));
        Assert.Equal(english.Keys.Order(StringComparer.Ordinal), german.Keys.Order(StringComparer.Ordinal));
        Assert.All(english, text => Assert.Equal(Placeholders(text.Value), Placeholders(german[text.Key])));
        Assert.All(german.Values, text => Assert.NotEmpty(text.Trim()));
    }

    [Fact]
    public void No_two_projects_have_a_text_of_one_name() =>
        Assert.Empty(Projects.SelectMany(project => WordsOf(project).Keys).GroupBy(name => name).Where(names => names.Count() > 1).Select(names => names.Key));

    [Theory]
    [InlineData("Patron.Web")]
    [InlineData("Patron.Portal")]
    [InlineData("Patron.Console")]
    public void Every_text_of_a_page_exists(string project)
    {
        var known = WordsOf(project).Keys.Concat(WordsOf("Patron.Web").Keys).ToHashSet(StringComparer.Ordinal);
        var used = Sources(project).SelectMany(text => Named().Matches(text)).Select(match => match.Groups["name"].Value).ToList();
        Assert.True(used.Count > 8, "The names were not found.");
        Assert.All(used, name => Assert.True(known.Contains(name), $"There is no text '{name}'."));
    }

    [Fact]
    public void Every_text_is_used()
    {
        var sources = string.Concat(Projects.SelectMany(Sources));
        var prefixes = Prefixes().Matches(sources).Select(match => match.Groups["part"].Value).ToHashSet(StringComparer.Ordinal);
        var suffixes = Suffixes().Matches(sources).Select(match => match.Groups["part"].Value).ToHashSet(StringComparer.Ordinal);
        var all = string.Concat(Sources("."));

        Assert.All(Projects.SelectMany(project => WordsOf(project).Keys), name => Assert.True(IsUsed(name), $"No page shows the text '{name}'."));

        // As it is, or made of parts: a fixed beginning or end, and a word of the code, such as the name of a field or a status.
        bool IsUsed(string name) => sources.Contains($"\"{name}\"", StringComparison.Ordinal)
            || prefixes.Any(prefix => name.StartsWith(prefix, StringComparison.Ordinal) && (IsWord(name[prefix.Length..]) || IsUsed(name[prefix.Length..])))
            || suffixes.Any(suffix => name.EndsWith(suffix, StringComparison.Ordinal) && (IsWord(name[..^suffix.Length]) || IsUsed(name[..^suffix.Length])));

        bool IsWord(string part) => int.TryParse(part, CultureInfo.InvariantCulture, out _)
            || all.Contains($"\"{part}\"", StringComparison.Ordinal) || all.Contains($"'{part}'", StringComparison.Ordinal)
            || Regex.IsMatch(all, $@"\b{string.Concat(part.Split('_').Select(word => word.Length == 0 ? "" : char.ToUpperInvariant(word[0]) + word[1..]))}\b", RegexOptions.None, TimeSpan.FromSeconds(5));
    }

    // Words that give away a translation or an older habit (style.md, 'Words').
    [Theory]
    [InlineData("", "any more|at this moment|anew|user name|e-mail|E-mail|look into|on its way|Nobody|Please look|There are no |switched off|[0-9}] %|may not|must not|do not|cannot|is not|are not|does not")]
    [InlineData(".de", "Ihr Kunde|unser Kunde|Es gibt keine|: Nichts|Benutzer(?!name)|Mitarbeiter\\b|bitte bitte|E-mail|Email|Passwort setzen")]
    public void No_text_has_a_tell_tale_phrase(string language, string phrases) => Assert.All(
        Directory.GetFiles(Source, $"*{language}.resx", SearchOption.AllDirectories).Where(file => language.Length > 0 || !file.EndsWith(".de.resx", StringComparison.Ordinal)),
        file => Assert.All(
            XDocument.Load(file).Root!.Elements("data").Select(data => data.Element("value")!.Value),
            text => Assert.DoesNotMatch(new Regex(phrases, RegexOptions.None, TimeSpan.FromSeconds(1)), text)));

    [Fact]
    public void No_sentence_of_the_source_has_a_tell_tale_phrase()
    {
        var literals = Sources(".").SelectMany(text => text.Split('\n'))
            .Where(line => !line.TrimStart().StartsWith("//", StringComparison.Ordinal))
            .SelectMany(line => Literals().Matches(line)).Select(match => match.Value).ToList();
        Assert.True(literals.Count > 1000, "The sentences were not found.");
        Assert.All(literals, literal => Assert.DoesNotMatch(TellTale(), literal));
    }

    [Fact]
    public void Every_translated_sentence_exists_in_the_source()
    {
        var sources = string.Concat(Sources("."));
        Assert.All(Read("Patron.Web/Texts/Sentences.resx").Keys, sentence => Assert.All(
            Placeholders().Split(sentence).Where(part => part.Length > 6), part => Assert.True(sources.Contains(part.Trim(), StringComparison.Ordinal), $"Nobody says '{part}' any more.")));
    }

    [Fact]
    public void Every_error_that_pages_can_show_is_translated()
    {
        var sentences = UseCases.SelectMany(project => Files(project))
            .Where(file => !WithoutPages.Contains(Path.GetFileNameWithoutExtension(file), StringComparer.Ordinal))
            .SelectMany(file => CodeAndSentence().Matches(File.ReadAllText(file))).Select(match => match.Groups["sentence"].Value).ToList();
        Assert.True(sentences.Count > 150, "The errors were not found.");
        Assert.All(sentences, sentence => Assert.NotEqual(sentence, In("de-DE").Sentence(sentence)));
    }

    [Theory]
    [InlineData("the last one was taken 3 hours ago", "die letzte ist vor 3 Stunden entstanden")]
    [InlineData("received, 0.4 seconds behind", "wird empfangen, Rückstand 0,4 Sekunden")]
    [InlineData("2026-11-30T22-10-00-123Z was restored for a test 1 second ago", "2026-11-30T22-10-00-123Z wurde vor 1 Sekunde zur Probe wiederhergestellt")]
    [InlineData("recounted at 2026-11-30 22:10 UTC, all correct", "neu gezählt am 30.11.2026 um 22:10 UTC, alles richtig")]
    [InlineData("smtp.example.com:587 answers", "smtp.example.com:587 antwortet")]
    [InlineData("127.0.0.1:25 answers and accepts the user and password", "127.0.0.1:25 antwortet und nimmt Benutzername und Passwort an")]
    [InlineData("Use 3-30 characters: letters a-z, digits, dots, hyphens, underscores.", "Verwenden Sie 3-30 Zeichen: Buchstaben a-z, Ziffern, Punkte, Bindestriche, Unterstriche.")]
    public void Sentence_is_translated_with_its_times_and_servers(string english, string expected) =>
        Assert.Equal(expected, In("de-DE").Sentence(english));

    [Theory]
    [InlineData("en-GB", "Use at least 8 characters.")]
    [InlineData("de-DE", "Verwenden Sie mindestens 8 Zeichen.")]
    public void A_sentence_is_translated_with_its_numbers(string culture, string expected) =>
        Assert.Equal(expected, In(culture).Sentence("Use at least 8 characters."));

    [Theory]
    [InlineData("citi:x", "Den Begriff citi: gibt es nicht. Meinten Sie city:?")]
    [InlineData("is:happy", "is:happy gibt es nicht. Verwenden Sie einen von diesen: is:active, is:inactive")]
    [InlineData("created:", "Schreiben Sie hinter created: einen Wert, zum Beispiel created:>2026-01-01.")]
    [InlineData("created:yesterday", "created: Schreiben Sie einen Tag (2026-01-31),")]
    [InlineData("first_name:'", "first_name: Schreiben Sie Buchstaben")]
    public void An_error_of_a_filter_is_translated_with_its_terms(string filter, string expected) => Assert.StartsWith(
        expected, In("de-DE").Sentence(FilterTermsTests.Terms.Parse(filter).Errors[0].Message), StringComparison.Ordinal);

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

    private static PageTexts In(string culture) => new(
        CultureInfo.GetCultureInfo(culture),
        [TextFile.Of("Patron.Web", typeof(PageTexts).Assembly), TextFile.Of("Patron.Portal", typeof(Patron.Portal.PortalModule).Assembly)]);

    private static Dictionary<string, string> WordsOf(string project) => Read($"{project}/Texts/Words.resx");

    private static Dictionary<string, string> Read(string file) =>
        XDocument.Load(Path.Combine(Source, file)).Root!.Elements("data").ToDictionary(data => data.Attribute("name")!.Value, data => data.Element("value")!.Value, StringComparer.Ordinal);

    private static IEnumerable<string> Placeholders(string text) => Placeholders().Matches(text).Select(match => match.Value).Order(StringComparer.Ordinal);

    private static IEnumerable<string> Sources(string project) => Files(project).Select(File.ReadAllText);

    private static IEnumerable<string> Files(string project) => Directory.EnumerateFiles(Path.Combine(Source, project), "*.*", SearchOption.AllDirectories)
        .Where(file => Path.GetExtension(file) is ".cs" or ".razor");

    // As in Error.Rule("code", "Sentence.").
    [GeneratedRegex("\"[a-z_]+\",\\s*\"(?<sentence>[A-Z][^\"\\\\{}]*\\.)\"", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex CodeAndSentence();

    [GeneratedRegex("\"[^\"]*\"", RegexOptions.None, 1000)]
    private static partial Regex Literals();

    [GeneratedRegex(@"any more|at this moment|\banew\b|user name|e-mail|look into|on its way|switched off", RegexOptions.None, 1000)]
    private static partial Regex TellTale();

    [GeneratedRegex("\"(?<part>[a-z0-9_]+_)(\"|\\{)", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Prefixes();

    [GeneratedRegex("(\"|\\})(?<part>_[a-z0-9_]+)\"", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Suffixes();

    [GeneratedRegex(@"\{[0-9]+\}", RegexOptions.None, 1000)]
    private static partial Regex Placeholders();

    [GeneratedRegex("""\bT\("(?<name>[a-z0-9_]+)"[),]""", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Named();
}
