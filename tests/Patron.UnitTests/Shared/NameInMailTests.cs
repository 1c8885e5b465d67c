using Patron.Shared.Mail;

namespace Patron.UnitTests.Shared;

public class NameInMailTests
{
    [Theory]
    [InlineData("Acme", "Acme")]
    [InlineData("Acme\r\n\r\nYour code is 123", "Acme Your code is 123")]
    [InlineData(" Acme\u2028Ltd\u2029\t", "Acme Ltd")]
    [InlineData("Acme\u202EdtL\u2066\u200F\u061C", "AcmedtL")]
    [InlineData("Ac\u200Bme\uFEFF\u00AD", "Acme")]
    [InlineData("👩\u200D💻 Café", "👩\u200D💻 Café")]
    public void Name_is_one_line_without_invisible_characters(string name, string expected) => Assert.Equal(expected, NameInMail.Of(name));

    [Fact]
    public void Long_name_is_cut_between_grapheme_clusters()
    {
        Assert.Equal(new string('x', 60), NameInMail.Of(new string('x', 60)));
        Assert.Equal($"{new string('x', 59)}…", NameInMail.Of(new string('x', 61)));
        Assert.Equal($"{new string('x', 58)}…", NameInMail.Of($"{new string('x', 58)}e\u0301\u0302yz"));
        Assert.Equal(60, NameInMail.Of($"e{new string('\u0301', 300)}").Length);
    }

    [Fact]
    public void Quoted_name_cannot_end_its_quotes() => Assert.Equal("\"Bank' says 'hello\"", NameInMail.Quoted("Bank\" says \"hello"));
}
