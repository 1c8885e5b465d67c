using Microsoft.Extensions.Options;
using Patron.Accounts.Mails;
using Patron.Shared.Mail;

namespace Patron.Accounts.Activation;

/// <summary>
/// The mails about first passwords. A code begins the subject. In the body it is alone on its line, and no digit comes before it: not in
/// the brand, not in a name (contract, 'Dialect: portal'). Links lead to the portal's pages.
/// </summary>
public sealed class ActivationMails(
    IOptions<AccountsOptions> options, MailWriter writer, PortalAddress portal, DeclineTokens declineTokens)
{
    private string Brand => options.Value.Brand;

    public OutgoingMail Setup(MailRecipient to, IssuedActivation issued)
    {
        var texts = writer.TextsFor(to);
        var button = writer.Button(texts.T("setup_button"), $"/set-password?token={issued.LinkSecret}");
        var ignore = new MailParagraph(texts.T("setup_ignore"));
        return issued.Code is { } code
            ? writer.Write(
                MailKind.SetupLink, to, texts.T("code_subject", code, Brand),
                [
                    new MailParagraph(texts.T("code")), new MailSecret(code), new MailParagraph(texts.T("code_after", Brand)),
                    new MailParagraph(texts.T("code_link")), .. button, ignore,
                ],
                texts.T("reason_setup", Brand))
            : writer.Write(
                MailKind.SetupLink, to, texts.T("setup_subject", Brand),
                [new MailParagraph(texts.T("setup", Brand)), .. button, new MailParagraph(texts.T("setup_after")), ignore],
                texts.T("reason_setup", Brand));
    }

    /// <summary>The invitation, or with a higher number a reminder.</summary>
    public OutgoingMail Invitation(MailRecipient to, long invitationId, int number)
    {
        var texts = writer.TextsFor(to);
        return writer.Write(
            MailKind.CustomerInvitation, to,
            number == 1 ? texts.T("account_ready_subject", Brand) : texts.T("reminder_subject", Brand),
            [
                new MailParagraph(texts.T("account_ready", Brand)),
                .. writer.Button(texts.T("account_ready_button"), $"/first-time-setup?email={Uri.EscapeDataString(to.Address)}"),
                new MailParagraph(texts.T("account_ready_after")),
            ],
            texts.T("reason_customer", Brand),
            portal.Page($"/unsubscribe?token={declineTokens.TokenFor(invitationId)}"));
    }
}
