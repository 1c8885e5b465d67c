using FsCheck;
using FsCheck.Fluent;
using Patron.Shared.Text;

namespace Patron.UnitTests.Shared;

public class FoldingTests
{
    [Theory]
    [InlineData("Jane@Example.COM", "jane@example.com")]
    [InlineData("  jane\t", "jane")]
    [InlineData("ＪＡＮＥ", "jane")]
    [InlineData("ﬁona", "fiona")]
    [InlineData("e\u0301", "é")]
    [InlineData("\u00A0jane\u3000", "jane")]
    [InlineData("\uFFFE", "\uFFFD")]
    [InlineData("I", "i")]
    public void Spellings_of_the_same_have_one_key(string text, string key) => Assert.Equal(key, Folding.Key(text));

    [Fact]
    public void Folding_twice_changes_nothing_and_case_and_blanks_do_not_matter() =>
        Check.QuickThrowOnFailure(Prop.ForAll(ArbMap.Default.ArbFor<NonNull<string>>(), any =>
        {
            var text = Stored(any.Get);
            var key = Folding.Key(text);
            return Folding.Key(key) == key && Folding.Key($"  {text}\t") == key && key.Trim() == key;
        }));

    [Fact]
    public void It_does_not_depend_on_the_culture()
    {
        var before = System.Globalization.CultureInfo.CurrentCulture;
        try
        {
            System.Globalization.CultureInfo.CurrentCulture = new("tr-TR");
            Assert.Equal("jill@insel.example", Folding.Key("JILL@INSEL.EXAMPLE"));
        }
        finally
        {
            System.Globalization.CultureInfo.CurrentCulture = before;
        }
    }

    internal static string Stored(string text) => string.Concat(text.Where(character => !char.IsSurrogate(character)));
}

public class EmailAddressTests
{
    [Theory]
    [InlineData("jane@example.com", "jane@example.com")]
    [InlineData(" Jane.Doe+tag@Sub.Example.COM ", "jane.doe+tag@sub.example.com")]
    [InlineData("o'brien_1%x@ex-ample.co", "o'brien_1%x@ex-ample.co")]
    [InlineData("jäne@exämple.de", "jäne@exämple.de")]
    [InlineData("ｊａｎｅ@example.com", "jane@example.com")]
    [InlineData("用户@例え.jp", "用户@例え.jp")]
    public void An_address_is_kept_as_given_with_its_key(string text, string key)
    {
        Assert.True(EmailAddress.TryParse(text, out var address));
        Assert.Equal(text.Trim(), address.Text);
        Assert.Equal(key, address.Key);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("   ")]
    [InlineData("jane")]
    [InlineData("@example.com")]
    [InlineData("jane@")]
    [InlineData("jane@example")]
    [InlineData("jane@.example.com")]
    [InlineData("jane@example..com")]
    [InlineData("jane@example.com.")]
    [InlineData("jane@-example.com")]
    [InlineData("jane@example-.com")]
    [InlineData(".jane@example.com")]
    [InlineData("jane.@example.com")]
    [InlineData("ja..ne@example.com")]
    [InlineData("ja ne@example.com")]
    [InlineData("ja\nne@example.com")]
    [InlineData("ja\u0000ne@example.com")]
    [InlineData("jane@exa mple.com")]
    [InlineData("jane@exa_mple.com")]
    [InlineData("a@b@example.com")]
    [InlineData("a＠b@example.com")]
    [InlineData("jane＠example.com")]
    [InlineData("Jane <jane@example.com>")]
    [InlineData("\"jane\"@example.com")]
    [InlineData("jane@[127.0.0.1]")]
    [InlineData("jane@example.com, joe@example.com")]
    [InlineData("jane@example.com\r\nBcc: all@example.com")]
    public void Anything_else_is_none(string? text) => Assert.False(EmailAddress.TryParse(text, out _));

    [Fact]
    public void Its_parts_have_their_limits()
    {
        Assert.True(EmailAddress.TryParse($"{new string('a', 64)}@example.com", out _));
        Assert.False(EmailAddress.TryParse($"{new string('a', 65)}@example.com", out _));
        Assert.True(EmailAddress.TryParse($"a@{new string('b', 63)}.com", out _));
        Assert.False(EmailAddress.TryParse($"a@{new string('b', 64)}.com", out _));
        var domain = string.Join('.', Enumerable.Repeat(new string('b', 50), 5));
        Assert.False(EmailAddress.TryParse($"a@{domain}", out _));
        Assert.False(EmailAddress.TryParse($"{string.Concat(Enumerable.Repeat('\uFDFA', 10))}@example.com", out _)); // Eighteen characters each, folded.
    }

    [Fact]
    public void What_is_missing_and_what_is_none_are_told_apart()
    {
        Assert.Contains("required", EmailAddress.Rule(" "), StringComparison.Ordinal);
        Assert.Contains("name@example.com", EmailAddress.Rule("jane"), StringComparison.Ordinal);
    }

    [Fact]
    public void The_key_of_an_address_is_an_address_with_the_same_key_and_no_text_is_too_strange() =>
        Check.QuickThrowOnFailure(Prop.ForAll(ArbMap.Default.ArbFor<NonNull<string>>(), any =>
        {
            var text = $"{FoldingTests.Stored(any.Get)}@example.com";
            return !EmailAddress.TryParse(text, out var address) || (EmailAddress.TryParse(address.Key, out var again) && again.Key == address.Key);
        }));
}

public class PhoneNumberTests
{
    [Theory]
    [InlineData("+1-555-0123", "+15550123")]
    [InlineData("+49 (0)30 / 123-456", "+4930123456")]
    [InlineData("0049 30 123456", "+4930123456")]
    [InlineData("030 123456", null)]
    [InlineData("+1 555 0123 ext. 12", "+15550123")]
    [InlineData("+1 555 0123 x12", "+15550123")]
    [InlineData("+1 555 0123 #12", "+15550123")]
    [InlineData("12345", null)]
    [InlineData("  +15550123  ", "+15550123")]
    [InlineData("+0 555 0123", null)]
    public void A_number_is_valid_and_has_an_international_form_where_the_country_was_written(string text, string? e164)
    {
        Assert.True(PhoneNumber.IsValid(text));
        Assert.Equal(e164, PhoneNumber.ToE164(text));
    }

    [Theory]
    [InlineData("1234")]
    [InlineData("1234567890123456")]
    [InlineData("call me")]
    [InlineData("+1 555 CALL")]
    [InlineData("++1 555 0123")]
    [InlineData("1 555 0123 ext")]
    [InlineData("٠١٢٣٤٥٦")]
    [InlineData("")]
    [InlineData("1;5;5;5;5;5")]
    public void Anything_else_is_none(string text) => Assert.False(PhoneNumber.IsValid(text));

    [Fact]
    public void An_international_form_is_plus_and_digits_and_stays_as_it_is() =>
        Check.QuickThrowOnFailure(Prop.ForAll(Gen.ArrayOf(Gen.Elements("0123456789+-()./ x#".ToCharArray())).ToArbitrary(), characters =>
        {
            var e164 = PhoneNumber.ToE164(new string(characters));
            return e164 is null || (System.Text.RegularExpressions.Regex.IsMatch(e164, @"^\+[1-9][0-9]{4,14}\z", System.Text.RegularExpressions.RegexOptions.None, TimeSpan.FromSeconds(1))
                && PhoneNumber.IsValid(e164) && PhoneNumber.ToE164(e164) == e164);
        }));
}
