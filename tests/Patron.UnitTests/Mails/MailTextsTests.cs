using System.Text.RegularExpressions;
using System.Xml.Linq;
using Patron.Tests;

namespace Patron.UnitTests.Mails;

/// <summary>The texts of mails are complete in every language, and each is used.</summary>
public sealed partial class MailTextsTests
{
    private static readonly string Module = Path.Combine(Checkout.Folder, "src", "Patron.Accounts");

    [Fact]
    public void Both_languages_have_the_same_texts_and_placeholders()
    {
        var (english, german) = (Read("Mails.resx"), Read("Mails.de.resx"));
        Assert.Equal(english.Keys.Order(StringComparer.Ordinal), german.Keys.Order(StringComparer.Ordinal));
        Assert.All(english, text => Assert.Equal(Numbers(text.Value), Numbers(german[text.Key])));
        Assert.All(german.Values, text => Assert.NotEmpty(text.Trim()));
    }

    [Fact]
    public void Every_text_is_used_and_every_used_text_exists()
    {
        var used = Directory.EnumerateFiles(Module, "*.cs", SearchOption.AllDirectories).Select(File.ReadAllText)
            .SelectMany(source => Name().Matches(source)).Select(match => match.Groups["name"].Value).ToHashSet(StringComparer.Ordinal);
        Assert.Equal(Read("Mails.resx").Keys.Order(StringComparer.Ordinal), used.Order(StringComparer.Ordinal));
    }

    private static Dictionary<string, string> Read(string file) =>
        XDocument.Load(Path.Combine(Module, "Mails", file)).Root!.Elements("data").ToDictionary(data => data.Attribute("name")!.Value, data => data.Element("value")!.Value, StringComparer.Ordinal);

    // Formats differ between languages; what they format does not.
    private static IEnumerable<string> Numbers(string text) =>
        Placeholder().Matches(text).Select(match => match.Groups["number"].Value).Order(StringComparer.Ordinal);

    [GeneratedRegex(@"\{(?<number>[0-9])(:[^}]+)?\}", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Placeholder();

    [GeneratedRegex("""\.T\("(?<name>[a-z_]+)"[),]""", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Name();
}
