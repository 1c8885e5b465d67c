using System.Text.RegularExpressions;
using Microsoft.Extensions.Options;
using Patron.Accounts;
using Patron.Accounts.Activation;
using Patron.Shared.Mail;
using Patron.Shared.Secrets;

namespace Patron.UnitTests.Activation;

public class ActivationMailsTests
{
    private const string Secret = "0Jq2mU7l5yWc8V1rZk4sN6tB9dFhG3pQeRaTyUiOpL1";

    private static readonly DeclineTokens Tokens = new(MasterKey.FromBase64(Convert.ToBase64String(new byte[32])));

    // Digits wherever an operator can configure them.
    private static readonly ActivationMails Mails = new(Options.Create(new AccountsOptions { Brand = "Studio 54" }), new PortalAddress("https://portal24.example.com:8443/", null), Tokens);

    [Theory]
    [InlineData("123456")]
    [InlineData("00000000")]
    public void The_code_is_alone_on_a_line_before_every_other_digit(string code)
    {
        var mail = Mails.Setup("jane@example.com", new IssuedActivation(code, Secret));

        Assert.DoesNotMatch("[0-9]", mail.Subject);
        Assert.Equal(code, Regex.Match(mail.Text, "[0-9]+", RegexOptions.None, TimeSpan.FromSeconds(1)).Value);
        Assert.Single(mail.Text.ReplaceLineEndings("\n").Split('\n'), line => line == code);
        Assert.Single(mail.Text.ReplaceLineEndings("\n").Split('\n'), line => line == $"https://portal24.example.com:8443/set-password?token={Secret}");
    }

    [Fact]
    public void A_mail_without_a_code_has_the_link_alone_on_its_line()
    {
        var mail = Mails.Setup("jane@example.com", new IssuedActivation(null, Secret));

        Assert.Single(mail.Text.ReplaceLineEndings("\n").Split('\n'), line => line == $"https://portal24.example.com:8443/set-password?token={Secret}");
        Assert.DoesNotContain(mail.Text.ReplaceLineEndings("\n").Split('\n'), line => line.Length > 0 && line.All(char.IsAsciiDigit));
    }

    [Fact]
    public void An_invitation_links_to_the_page_and_its_only_token_ends_invitations()
    {
        var mail = Mails.Invitation("jane+erp@example.com", "Jane Doe", 7, 1);

        Assert.Contains("https://portal24.example.com:8443/first-time-setup?email=jane%2Berp%40example.com", mail.Text, StringComparison.Ordinal);
        Assert.Equal($"https://portal24.example.com:8443/unsubscribe?token={Tokens.TokenFor(7)}", mail.Unsubscribe);
        Assert.Equal(1, mail.Text.Split("token").Length - 1);
        Assert.Contains(mail.Unsubscribe!, mail.Text, StringComparison.Ordinal);
        Assert.NotEqual(mail.Subject, Mails.Invitation("jane+erp@example.com", "Jane Doe", 7, 2).Subject);
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
}
