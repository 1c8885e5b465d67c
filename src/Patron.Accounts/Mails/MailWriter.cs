using System.Globalization;
using System.Resources;
using Microsoft.Extensions.Options;
using Patron.Shared.Callers;
using Patron.Shared.Mail;
using Patron.Shared.Text;

namespace Patron.Accounts.Mails;

/// <summary>The mailbox of a mail, and the language tags that its text may follow, the most wanted first.</summary>
/// <param name="Name">How the mail greets the person; empty for a greeting without a name.</param>
public sealed record MailRecipient(string Address, string Name, params IReadOnlyList<string?> LanguageTags);

/// <summary>
/// What all mails to people have in common: the language, the greeting, the footer and the details of security notices. Names that people
/// typed are inserted by <see cref="NameInMail"/>.
/// </summary>
public sealed class MailWriter(IOptions<AccountsOptions> options, MailBrand brand, PortalAddress portal, MailComposer composer)
{
    /// <summary>The texts in the first language of the recipient that there are texts in, else in the one of the organization.</summary>
    internal MailTexts TextsFor(MailRecipient to) => new(Languages.FirstOf([.. to.LanguageTags, options.Value.Language]));

    /// <param name="reason">Why the recipient gets this mail.</param>
    internal OutgoingMail Write(
        MailKind kind, MailRecipient to, string subject, IReadOnlyList<MailPart> parts, string reason, string? unsubscribe = null)
    {
        var texts = TextsFor(to);
        var greeting = to.Name.Length == 0 ? texts.T("greeting") : texts.T("greeting_name", NameInMail.Of(to.Name));
        return composer.Compose(
            new MailContent(kind, to.Address, texts.Culture, subject, greeting, parts, FooterOf(texts, reason, unsubscribe))
            {
                Unsubscribe = unsubscribe,
            });
    }

    /// <summary>The button that leads to a page of the portal. None where there are no pages.</summary>
    internal IEnumerable<MailPart> Button(string label, string path) => portal.Page(path) is { } url ? [new MailButton(label, url)] : [];

    /// <summary>The button of a mailed secret: to the operator's own page, else to the portal's. Without both, the secret.</summary>
    internal IReadOnlyList<MailPart> SecretOrButton(MailTexts texts, string label, string? ownPage, string? page, string secret)
    {
        var portalPage = page is null ? null : portal.Page(page + secret);
        var url = ownPage?.Replace("{token}", secret, StringComparison.Ordinal) ?? portalPage;
        return url is null ? [new MailParagraph(texts.T("token")), new MailSecret(secret)] : [new MailButton(label, url)];
    }

    /// <summary>When, from which device and roughly where something was done. The full address would tell the reader too much.</summary>
    internal static MailParagraph DetailsOf(MailTexts texts, RequestOrigin origin, DateTimeOffset at)
    {
        var lines = new List<string> { texts.T("detail_time", at.UtcDateTime) };
        if (origin.ApproximateAddress is { } address)
        {
            lines.Add(texts.T("detail_device", Device.Describe(origin.UserAgent) ?? texts.T("unknown_device")));
            lines.Add(texts.T("detail_address", address));
        }

        return new MailParagraph(string.Join('\n', lines));
    }

    private MailFooter FooterOf(MailTexts texts, string reason, string? unsubscribe)
    {
        var contact = brand.Options;
        string?[] lines =
        [
            texts.T("footer_sender", brand.Name),
            reason,
            contact.SupportEmail is { } email ? texts.T("footer_email", email) : null,
            contact.SupportPhone is { } phone ? texts.T("footer_phone", phone) : null,
            contact.SupportHours,
        ];
        (string Label, string? Url)[] links =
        [
            (texts.T("footer_unsubscribe"), unsubscribe), (texts.T("footer_imprint"), contact.ImprintUrl),
            (texts.T("footer_privacy"), contact.PrivacyUrl),
        ];
        return new MailFooter(
            [.. lines.OfType<string>()],
            [.. links.Where(link => link.Url is not null).Select(link => new MailLink(link.Label, link.Url!))]);
    }
}

/// <summary>The texts of mails in one language, from the resource files in this folder.</summary>
internal sealed class MailTexts(CultureInfo culture)
{
    private static readonly ResourceManager Files = new("Patron.Accounts.Mails.Mails", typeof(MailTexts).Assembly);

    public CultureInfo Culture => culture;

    /// <summary>The text of this name with these values. A missing text is a bug.</summary>
    public string T(string name, params object[] values) => string.Format(
        culture, Files.GetString(name, culture) ?? throw new MissingManifestResourceException($"There is no text '{name}'."), values);
}
