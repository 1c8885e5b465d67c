using System.Globalization;
using Patron.Shared.Branding;
using Patron.Shared.Mail;

namespace Patron.UnitTests.Mails;

public sealed class MailComposerTests
{
    private const string Hostile = "<a href='//evil'>\"&</a>";
    private static readonly PortalAddress Portal = new("https://portal.example.com", null);

    [Fact]
    public void Text_has_every_part_in_order_and_secrets_and_addresses_alone_on_their_lines()
    {
        var mail = Compose(
            new MailBrand("Acme", new BrandOptions(), null),
            new MailParagraph("First."), new MailSecret("123456"), new MailButton("Go", "https://a.example/?b=1&c=2"), new MailLink("More", "https://m.example"));
        Assert.Equal(
            "Hello,\n\nFirst.\n\n123456\n\nGo:\n\nhttps://a.example/?b=1&c=2\n\nMore: https://m.example\n\n--\nAcme sent it.\nPrivacy: https://p.example\n", mail.Text);
    }

    [Fact]
    public void Everything_is_encoded_in_HTML()
    {
        var mail = new MailComposer(new MailBrand(Hostile, new BrandOptions(), null), Portal).Compose(new MailContent(
            MailKind.Welcome, "to@example.com", CultureInfo.GetCultureInfo("de-DE"), Hostile, Hostile,
            [new MailParagraph(Hostile + "\nnext"), new MailSecret(Hostile), new MailButton(Hostile, "https://a.example/?\"<&"), new MailLink(Hostile, "https://a.example/?\"<&")],
            new MailFooter([Hostile], [new MailLink(Hostile, "https://a.example/?\"<&")])));

        Assert.DoesNotContain("<a href='", mail.Html, StringComparison.Ordinal);
        Assert.DoesNotContain("?\"<&", mail.Html, StringComparison.Ordinal);
        Assert.Contains("<br>next", mail.Html, StringComparison.Ordinal);
        Assert.Contains("<html lang=\"de\">", mail.Html, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/assets/logo.1.png", "<img src=\"https://portal.example.com/assets/logo.1.png\" alt=\"Acme\"")]
    [InlineData("/assets/logo.1.svg", ">Acme</div>")]
    [InlineData(null, ">Acme</div>")]
    public void The_logo_is_shown_where_mail_programs_can_show_it(string? path, string expected) =>
        Assert.Contains(expected, Compose(new MailBrand("Acme", new BrandOptions(), path)).Html, StringComparison.Ordinal);

    [Fact]
    public void Button_has_the_colour_of_the_brand()
    {
        var mail = Compose(new MailBrand("Acme", new BrandOptions { Accent = "#8a1538" }, null), new MailButton("Go", "https://a.example"));
        Assert.Contains("background-color:#8a1538;color:#ffffff", mail.Html, StringComparison.Ordinal);
    }

    private static OutgoingMail Compose(MailBrand brand, params MailPart[] parts) => new MailComposer(brand, Portal).Compose(new MailContent(
            MailKind.Welcome, "to@example.com", CultureInfo.GetCultureInfo("en-GB"), "Subject", "Hello,", parts,
        new MailFooter(["Acme sent it."], [new MailLink("Privacy", "https://p.example")])));
}
