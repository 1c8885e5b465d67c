using Patron.Shared.Text;

namespace Patron.UnitTests.Shared;

public sealed class LanguageTagTests
{
    [Theory]
    [InlineData("de", "de")]
    [InlineData("PT-br", "pt-BR")]
    [InlineData("zh-hant-TW", "zh-Hant-TW")]
    [InlineData("es-419", "es-419")]
    [InlineData("sl-ROZAJ-biske", "sl-rozaj-biske")]
    [InlineData("de-1996", "de-1996")]
    public void Tag_is_written_in_the_usual_case(string text, string tag) => Assert.Equal(tag, LanguageTag.Normalize(text));

    [Theory]
    [InlineData("")]
    [InlineData("d")]
    [InlineData("deutsch")]
    [InlineData("de_DE")]
    [InlineData("de-")]
    [InlineData("-de")]
    [InlineData("de-DE-u-co-phonebk")]
    [InlineData("de de")]
    [InlineData("dé")]
    [InlineData("de-aaaaaaaa-bbbbbbbb-cccccccc-dddddddd")]
    public void Other_texts_are_no_tag(string text) => Assert.Null(LanguageTag.Normalize(text));

    [Theory]
    [InlineData("de-AT", "de-DE")]
    [InlineData("DE", "de-DE")]
    [InlineData("en-US", "en-GB")]
    [InlineData("fr", null)]
    [InlineData(null, null)]
    public void Texts_are_found_by_the_language_of_a_tag(string? tag, string? culture) => Assert.Equal(culture, Languages.Find(tag)?.Name);
}
