using Patron.Erp.Partners;
using Patron.Shared.Text;

namespace Patron.UnitTests.Shared;

public class EmailKeyTests
{
    [Theory]
    [InlineData("anna@bücher.example")]
    [InlineData("Anna@BÜCHER.Example")]
    [InlineData("anna@xn--bcher-kva.example")]
    [InlineData("anna@XN--BCHER-KVA.EXAMPLE")]
    [InlineData("anna@bu\u0308cher.example")]
    [InlineData("anna@bücher\u3002example")]
    [InlineData("anna@bücher\uff0eexample")]
    [InlineData("anna@bücher\uff61example")]
    [InlineData("ａnna@bücher.ｅxample")]
    [InlineData("\u200banna@bücher.example\u202c\ufeff ")]
    public void Spellings_of_a_domain_have_one_key(string text)
    {
        Assert.True(EmailAddress.TryParse(text, out var address));
        Assert.Equal("anna@xn--bcher-kva.example", address.Key);
        Assert.Equal("anna@bücher.example", EmailAddress.FormerKey(address.Key));
    }

    [Fact]
    public void Address_text_stays_as_written()
    {
        Assert.True(EmailAddress.TryParse(" Anna@Bücher.example\u200e", out var address));
        Assert.Equal("Anna@Bücher.example", address.Text);
    }

    [Theory]
    [InlineData("anna@xn--zzzzzzzz999.example")]
    [InlineData("anna@büch er.example")]
    [InlineData("anna@bü_cher.example")]
    [InlineData("anna@-bücher.example")]
    [InlineData("anna@bücher..example")]
    [InlineData("anna@bücher.example.")]
    [InlineData("anna@\u3002example")]
    [InlineData("an\u200bna@example.com")]
    [InlineData("anna@exam\u00adple.com")]
    [InlineData("anna@exam\u200dple.com")]
    [InlineData("anna@ex\u202eample.com")]
    [InlineData("anna@ex\u2066ample.com")]
    [InlineData("anna@ex\ufe0fample.com")]
    [InlineData("an\u2028na@example.com")]
    [InlineData("an\u2800na@example.com")]
    [InlineData("an\u3164na@example.com")]
    [InlineData("anna@example\U000e0041.com")]
    public void Invalid_or_deceptive_domain_is_refused(string text) => Assert.False(EmailAddress.TryParse(text, out _));

    [Theory]
    [InlineData("anna@straße.example", "anna@xn--strae-oqa.example")]
    [InlineData("用户@例子.广告", "用户@xn--fsqu00a.xn--4rr70v")]
    [InlineData("ДА@почта.рф", "да@xn--80a1acny.xn--p1ai")]
    [InlineData("a@r3---sn-abc.example", "a@r3---sn-abc.example")]
    public void Local_part_is_folded_and_domain_is_ASCII(string text, string key)
    {
        Assert.True(EmailAddress.TryParse(text, out var address));
        Assert.Equal(key, address.Key);
    }

    [Fact]
    public void Invisible_characters_are_removed_from_an_ERP_address() =>
        Assert.Equal("anna@xn--bcher-kva.example", PartnerEmail.Read("\u202aan\u200bna@bü\u00adcher.example\u202c")?.Key);

    [Theory]
    [InlineData("\u200b Jane \u202c", "Jane")]
    [InlineData("\u200b\u3164\u2800\ufeff\u00ad \u2028", null)]
    [InlineData("می\u200cخواهم", "می\u200cخواهم")]
    [InlineData("\U0001F468\u200d\U0001F469", "\U0001F468\u200d\U0001F469")]
    public void Invisible_characters_are_trimmed_and_a_text_of_them_is_blank(string text, string? expected) => Assert.Equal(expected, TextRules.NullIfBlank(text));

    [Theory]
    [InlineData("Jane\u202eDoe", false)]
    [InlineData("Jane\u2067Doe", false)]
    [InlineData("Jane\u200fDoe", false)]
    [InlineData("Jane\u2028Doe", false)]
    [InlineData("Jane\u2029Doe", false)]
    [InlineData("می\u200cخواهم", true)]
    [InlineData("\u2764\ufe0f \U0001F468\u200d\U0001F469", true)]
    public void Bidi_controls_and_line_separators_are_refused_in_one_line(string text, bool isGood)
    {
        Assert.Equal(isGood, TextRules.Problem(text) is null);
        Assert.Null(TextRules.Problem(text, severalLines: true));
        Assert.Null(TextRules.Problem(InputText.Repair(text)!)); // A text from an ERP is repaired.
        Assert.Equal(isGood, InputText.Repair(text) == text);
    }
}
