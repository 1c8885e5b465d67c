using FsCheck;
using FsCheck.Fluent;
using Patron.Accounts.Passwords;
using Patron.Accounts.Users;
using Patron.Shared.Text;
using Patron.Tests;

namespace Patron.UnitTests.Accounts;

public class PasswordRulesTests
{
    private static readonly PersonNames Jane = new("Jane", "Featherstone", null, "jfeather");

    // The examples of the contract.
    [Theory]
    [InlineData("TestPass123!")]
    [InlineData("SecurePass123")]
    [InlineData("securepassword")]
    [InlineData("correct horse battery staple")]
    [InlineData("пароль из слов")]
    public void A_good_password_is_accepted(string password) => Assert.Null(Refusal(password));

    [Theory]
    [InlineData("password123")]
    [InlineData("PassWord123")]
    [InlineData("password")]
    [InlineData("12345678")]
    [InlineData("qwertyuiop")]
    [InlineData("ｐａｓｓｗｏｒｄ")]
    public void A_common_password_is_refused_in_any_spelling(string password) =>
        Assert.Contains("too common", Refusal(password), StringComparison.Ordinal);

    [Theory]
    [InlineData("jane.doe@example.com")]
    [InlineData("JANE.DOE@EXAMPLE.COM")]
    [InlineData("jane.doe")]
    [InlineData("Jane.Doe123")]
    [InlineData("!jane.doe")]
    [InlineData("featherstone")]
    [InlineData("Featherstone!!!")]
    [InlineData("JaneFeatherstone1")]
    [InlineData("jane featherstone")]
    [InlineData("jfeather")]
    [InlineData("jfeather22")]
    [InlineData("acmebank")]
    [InlineData("AcmeBank2!")]
    public void Personal_data_with_up_to_three_more_characters_is_refused(string password) =>
        Assert.Contains("Don't use your", Refusal(password), StringComparison.Ordinal);

    [Theory]
    [InlineData("featherstone2026")]
    [InlineData("the featherstone")]
    [InlineData("acmebank2026")]
    public void Personal_data_with_more_characters_is_accepted(string password) => Assert.Null(Refusal(password));

    [Theory]
    [InlineData("        ")]
    [InlineData("            a")]
    [InlineData("abc         def")]
    [InlineData("\u200b\u200b\u200b\u200b\u200b\u200b\u200b\u200b")]
    [InlineData("a\u00adb\u00adc\u00add\u00ade\u00ad")]
    [InlineData("\u3000\u3000\u3000\u3000\u3000\u3000\u3000\u3000")]
    [InlineData("\t\t\t\t\t\t\t\t\t")]
    public void Blanks_and_invisible_characters_do_not_make_a_password(string password) =>
        Assert.Contains("at least 8", Refusal(password), StringComparison.Ordinal);

    [Fact]
    public void Length_is_counted_in_code_points_after_NFKC()
    {
        Assert.Contains("at least 8", Refusal("a1b2c3d"), StringComparison.Ordinal);
        Assert.Contains("at least 8", Refusal(string.Concat(Enumerable.Repeat("😀", 7))), StringComparison.Ordinal);
        Assert.Null(Refusal(string.Concat(Enumerable.Repeat("😀", 8))));
        Assert.Null(Refusal(string.Concat(Enumerable.Repeat("😀", 128))));
        Assert.Contains("at most 128", Refusal(string.Concat(Enumerable.Repeat("😀", 129))), StringComparison.Ordinal);
        Assert.Contains("at least 8", Refusal(string.Concat(Enumerable.Repeat("e\u0301", 7))), StringComparison.Ordinal);
        Assert.Null(Refusal("\u3392\u3392\u3392")); // One character each for 'MHz': nine characters after NFKC.
    }

    [Fact]
    public void Without_personal_data_only_length_and_common_passwords_are_checked()
    {
        Assert.Null(PasswordRules.Refusal("featherstone", null, null, "Acme Bank"));
        Assert.NotNull(PasswordRules.Refusal("password123", null, null, "Acme Bank"));
    }

    [Fact]
    public void Blank_names_are_ignored() =>
        Assert.Null(PasswordRules.Refusal("TestPass123!", "", new PersonNames("", " ", null, null), "Patron"));

    [Fact]
    public void The_rules_never_throw_and_ignore_spelling() =>
        Check.QuickThrowOnFailure(Prop.ForAll(HostileTexts.Any.ToArbitrary(), text =>
        {
            var length = TextRules.Length(PasswordRules.Normalize(text));
            return PasswordRules.IsTooLong(text) ? Refusal(text)!.Contains("at most 128", StringComparison.Ordinal)
                : (Refusal(text) is null) == (Refusal(PasswordRules.Normalize(text)) is null) && (length is >= 8 and <= 128 || Refusal(text) is not null);
        }));

    private static string? Refusal(string password) => PasswordRules.Refusal(password, "jane.doe@example.com", Jane, "AcmeBank");
}
