using System.Text.RegularExpressions;
using FsCheck;
using FsCheck.Fluent;
using Patron.Shared.Callers;
using Patron.Shared.Text;

namespace Patron.UnitTests.Shared;

/// <summary>Valid phone numbers, and their E.164 form with and without a region.</summary>
public sealed partial class PhoneNumberTests
{
    private static readonly char[] Invisible = ['\u200E', '\u200F', '\u202A', '\u202C', '\u2066', '\u2069', '\u200B', '\u2060', '\uFEFF', '\u00AD', '\uFE0F', '\u061C'];

    [Theory]
    [InlineData("+1-555-0123", "+15550123")]
    [InlineData("+49 (0)30 / 123-456", "+4930123456")]
    [InlineData("+49 030 123456", "+4930123456")]
    [InlineData("(+49) 30 123456", "+4930123456")]
    [InlineData("+39 06 1234567", "+39061234567")]
    [InlineData("+39 (0)6 1234567", "+39061234567")]
    [InlineData("0049 30 123456", "+4930123456")]
    [InlineData("0044 (0)20 7946 0958", "+442079460958")]
    [InlineData("0 0 49 30 123456", "+4930123456")]
    [InlineData("030 123456", null)]
    [InlineData("+1 555 0123 ext. 12", "+15550123")]
    [InlineData("+1 555 0123 x12", "+15550123")]
    [InlineData("+1 555 0123 #12", "+15550123")]
    [InlineData("+49 30 123456789 ext. 1234", "+4930123456789")]
    [InlineData("12345", null)]
    [InlineData("+12345", "+12345")]
    [InlineData("+123456789012345", "+123456789012345")]
    [InlineData("+1 (0) 555 0123", "+15550123")]
    [InlineData("  +15550123  ", "+15550123")]
    [InlineData("+0 555 0123", null)]
    [InlineData("000 555 0123", null)]
    public void Without_a_region_only_international_numbers_have_an_E164_form(string text, string? e164)
    {
        Assert.True(PhoneNumber.IsValid(text));
        Assert.Equal(e164, new PhoneNumberParser(region: null).ToE164(text));
    }

    [Theory]
    [InlineData("DE", "030 123456", "+4930123456")]
    [InlineData("de", "(030) 123 456 ext. 7", "+4930123456")]
    [InlineData("DE", "0151/12345678", "+4915112345678")]
    [InlineData("DE", "0049 30 123456", "+4930123456")]
    [InlineData("DE", "+1 555 0123", "+15550123")]
    [InlineData("DE", "110", null)]
    [InlineData("DE", "12345", null)]
    [InlineData("IT", "06 1234567", "+39061234567")]
    [InlineData("US", "(202) 555-0123", "+12025550123")]
    [InlineData("US", "(555) 123-4567", "+15551234567")]
    [InlineData("US", "555-0123", null)]
    [InlineData("US", "011 49 30 123456", "+4930123456")]
    [InlineData("US", "0049 30 1234", "+49301234")]
    [InlineData("AU", "0011 49 30 123456", "+4930123456")]
    [InlineData("RU", "8 (495) 123-45-67", "+74951234567")]
    [InlineData("AD", "712 345", "+376712345")]
    public void With_a_region_national_numbers_have_an_E164_form(string region, string text, string? e164) =>
        Assert.Equal(e164, new PhoneNumberParser(region).ToE164(text));

    [Theory]
    [InlineData("\u200E+49 30 123456\u200F")]
    [InlineData("\u202A+49\u00A030\u2009123456\u202C")]
    [InlineData("＋４９（０）３０\u3000１２３４５６")]
    [InlineData("\uFE6249 30 123456")]
    [InlineData("+٤٩ ٣٠ ١٢٣٤٥٦")]
    [InlineData("+۴۹ ۳۰ ۱۲۳۴۵۶")]
    [InlineData("+४९ ३० १२३४५६")]
    [InlineData("+49\u201030\u2011123\u2013456")]
    [InlineData("+49\u221230\u2014123\u30FC456")]
    [InlineData("+4\uFE0F\u20E39\uFE0F\u20E3 30 123456")]
    [InlineData("+49 30 123456 ｅｘｔ．１２")]
    [InlineData("+\U0001D7D2\U0001D7D7 30 123456")]
    public void Digits_blanks_and_dashes_of_any_script_are_accepted(string text)
    {
        Assert.True(PhoneNumber.IsValid(text));
        Assert.Equal("+4930123456", new PhoneNumberParser(region: null).ToE164(text));
    }

    [Theory]
    [InlineData("1234")]
    [InlineData("1234567890123456")]
    [InlineData("call me")]
    [InlineData("+1 555 CALL")]
    [InlineData("++1 555 0123")]
    [InlineData("1 555 0123 ext")]
    [InlineData("+1 555 0123 ext. 1234567")]
    [InlineData("")]
    [InlineData("\u200E\u200F")]
    [InlineData("1;5;5;5;5;5")]
    [InlineData("1²³4567")]
    [InlineData("+49 30 12345\uD800")]
    public void Other_texts_are_refused(string text)
    {
        Assert.False(PhoneNumber.IsValid(text));
        Assert.Null(new PhoneNumberParser("US").ToE164(text));
    }

    [Fact]
    public void Number_with_thousands_of_blanks_is_refused() => Assert.False(PhoneNumber.IsValid("+1 555" + new string(' ', 20_000) + "0123"));

    [Theory]
    [InlineData(null)]
    [InlineData("DE")]
    [InlineData("US")]
    public void E164_form_is_a_plus_and_digits_for_any_input(string? region)
    {
        var phones = new PhoneNumberParser(region);
        Check.QuickThrowOnFailure(Prop.ForAll(Numbers.ToArbitrary(), text => phones.ToE164(text) is not { } e164 || International().IsMatch(e164)));
    }

    [Fact]
    public void Invisible_characters_do_not_matter()
    {
        var phones = new PhoneNumberParser("DE");
        var marked = Numbers.SelectMany(text => Gen.ListOf(Gen.Elements(Invisible), text.Length + 1)
            .Select(marks => (text, marked: string.Concat(text.Select((character, place) => $"{marks[place]}{character}")) + marks[^1])));
        Check.QuickThrowOnFailure(Prop.ForAll(marked.ToArbitrary(), pair => phones.ToE164(pair.text) == phones.ToE164(pair.marked)));
    }

    [Fact]
    public void Simple_international_numbers_keep_their_form()
    {
        var phones = new PhoneNumberParser("DE");
        var numbers = from country in Gen.Elements("1", "33", "39", "44", "49", "61", "352")
                      from first in Gen.Choose(2, 9)
                      from rest in Gen.ArrayOf(Gen.Choose(0, 9), 9)
                      from length in Gen.Choose(4, 9)
                      select $"{country}{first}{string.Concat(rest.Take(length))}";
        Check.QuickThrowOnFailure(Prop.ForAll(
            numbers.ToArbitrary(), digits => phones.ToE164("+" + digits) == "+" + digits && phones.ToE164("00" + digits) == "+" + digits));
    }

    [Theory]
    [InlineData("DE", null)]
    [InlineData("de", null)]
    [InlineData(null, null)]
    [InlineData("UK", "Home:Region must be a country's two letters by ISO 3166 such as DE; 'UK' is none.")]
    [InlineData("Germany", "Home:Region must be a country's two letters by ISO 3166 such as DE; 'Germany' is none.")]
    [InlineData("", "Home:Region must be a country's two letters by ISO 3166 such as DE; '' is none.")]
    [InlineData("001", "Home:Region must be a country's two letters by ISO 3166 such as DE; '001' is none.")]
    public void Unknown_region_is_refused_with_a_sentence(string? region, string? sentence) =>
        Assert.Equal(sentence, new HomeOrganization { Region = region }.Contradiction());

    // Most are valid numbers, some are slightly invalid.
    private static Gen<string> Numbers =>
        from prefix in Gen.Elements("+", "00", "0", "", "(+", "+49 (0)", "++")
        from characters in Gen.ArrayOf(Gen.Frequency(
            (20, Gen.Elements("0123456789".ToCharArray())), (3, Gen.Elements("-()./ ".ToCharArray())), (1, Gen.Elements("x#+".ToCharArray()))))
        select prefix + new string(characters);

    [GeneratedRegex(@"^\+[1-9][0-9]{4,14}\z", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex International();
}
