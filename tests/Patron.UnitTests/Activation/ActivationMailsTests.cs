using System.Text.RegularExpressions;
using Microsoft.Extensions.Options;
using Patron.Accounts;
using Patron.Accounts.Activation;
using Patron.Accounts.Mails;
using Patron.Shared.Branding;
using Patron.Shared.Mail;
using Patron.Shared.Secrets;

namespace Patron.UnitTests.Activation;

public class ActivationMailsTests
{
    private const string Secret = "0Jq2mU7l5yWc8V1rZk4sN6tB9dFhG3pQeRaTyUiOpL1";

    private static readonly DeclineTokens Tokens = new(MasterKey.FromBase64(Convert.ToBase64String(new byte[32])));

    // Digits wherever an operator can configure them.
    private static readonly PortalAddress Portal = new("https://portal24.example.com:8443/", null);
    private static readonly ActivationMails Mails = MailsOf(new AccountsOptions { Brand = "Studio 54" });

    [Theory]
    [InlineData("123456", "en", "123456 is your Studio 54 code")]
    [InlineData("00000000", "de-AT", "00000000 ist Ihr Code für Studio 54")]
    public void A_code_begins_the_subject_and_is_alone_on_a_line_before_every_other_digit(string code, string language, string subject)
    {
        var mail = Mails.Setup(new MailRecipient("jane@example.com", "", language), new IssuedActivation(code, Secret));

        Assert.Equal(subject, mail.Subject);
        Assert.Equal(code, Regex.Match(mail.Text, "[0-9]+", RegexOptions.None, TimeSpan.FromSeconds(1)).Value);
        Assert.Single(mail.Text.Split('\n'), line => line == code);
        Assert.Single(mail.Text.Split('\n'), line => line == $"https://portal24.example.com:8443/set-password?token={Secret}");
    }

    [Fact]
    public void A_mail_without_a_code_has_the_link_alone_on_its_line()
    {
        var mail = Mails.Setup(new MailRecipient("jane@example.com", ""), new IssuedActivation(null, Secret));

        Assert.Single(mail.Text.Split('\n'), line => line == $"https://portal24.example.com:8443/set-password?token={Secret}");
        Assert.DoesNotContain(mail.Text.Split('\n'), line => line.Length > 0 && line.All(char.IsAsciiDigit));
    }

    [Fact]
    public void An_invitation_links_to_the_page_and_its_only_token_ends_invitations()
    {
        var to = new MailRecipient("jane+erp@example.com", "Jane Doe");
        var mail = Mails.Invitation(to, 7, 1);

        Assert.Contains("https://portal24.example.com:8443/first-time-setup?email=jane%2Berp%40example.com", mail.Text, StringComparison.Ordinal);
        Assert.Equal($"https://portal24.example.com:8443/unsubscribe?token={Tokens.TokenFor(7)}", mail.Unsubscribe);
        Assert.Equal(1, mail.Text.Split("token").Length - 1);
        Assert.Contains(mail.Unsubscribe!, mail.Text, StringComparison.Ordinal);
        Assert.Equal("Set up your Studio 54 account", mail.Subject);
        Assert.Equal("Reminder: set up your Studio 54 account", Mails.Invitation(to, 7, 2).Subject);
    }

    [Theory]
    [InlineData("de", null, "Richten")]
    [InlineData("fr", "de", "Richten")]
    [InlineData(null, "en", "Set up")]
    [InlineData("fr", null, "Richten")]
    public void The_language_is_the_first_with_texts_else_the_one_of_the_organization(string? own, string? page, string start)
    {
        var mail = MailsOf(new AccountsOptions { Language = "de" }).Invitation(new MailRecipient("jane@example.com", "Jane", own, page), 7, 1);
        Assert.StartsWith(start, mail.Subject, StringComparison.Ordinal);
    }

    [Fact]
    public void A_token_that_ends_invitations_cannot_be_made_for_another_one()
    {
        var token = Tokens.TokenFor(7);
        Assert.Equal(7, Tokens.Read(token));
        Assert.NotEqual(token, Tokens.TokenFor(8));
        Assert.Null(Tokens.Read(Tokens.TokenFor(8)[..11] + token[11..]));
        Assert.Null(Tokens.Read(token[..^1]));
        Assert.Null(Tokens.Read(token + token));
        Assert.Null(new DeclineTokens(MasterKey.FromBase64(Convert.ToBase64String(Enumerable.Repeat((byte)1, 32).ToArray()))).Read(token));
    }

    [Theory]
    [InlineData(null, "http://127.0.0.1:8123", "http://127.0.0.1:8123/login")]
    [InlineData(null, "http://0.0.0.0:8123", "http://127.0.0.1:8123/login")]
    [InlineData(null, "http://[::]:8123", "http://127.0.0.1:8123/login")]
    [InlineData(null, "http://+:8123", "http://127.0.0.1:8123/login")]
    [InlineData(null, "http://shop.example.com:8123", "http://shop.example.com:8123/login")]
    [InlineData("https://portal.example.com/shop/", "http://0.0.0.0:8123", "https://portal.example.com/shop/login")]
    public void Links_begin_with_the_setting_or_the_listening_address(string? url, string listening, string page) =>
        Assert.Equal(page, new PortalAddress(url, () => listening).Page("/login"));

    [Fact]
    public void A_role_without_pages_has_no_links() => Assert.Null(new PortalAddress(null, null).Page("/login"));

    private static ActivationMails MailsOf(AccountsOptions settings)
    {
        var options = Options.Create(settings);
        var brand = new MailBrand(settings.Brand, new BrandOptions(), LogoPath: null);
        return new ActivationMails(options, new MailWriter(options, brand, Portal, new MailComposer(brand, Portal)), Portal, Tokens);
    }
}
