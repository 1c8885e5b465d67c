using Microsoft.Extensions.Options;
using Patron.Accounts.Mails;
using Patron.Shared.Callers;
using Patron.Shared.Mail;
using Patron.Shared.Text;

namespace Patron.Accounts.Users;

/// <summary>
/// The mails about accounts. Each goes to the stored address only and says what to do if the recipient did not cause it. Notices about
/// security say when, from which device and roughly where it was done.
/// </summary>
public sealed class AccountMails(IOptions<AccountsOptions> options, MailWriter writer, PortalAddress portal)
{
    private readonly AccountsOptions options = options.Value;

    public OutgoingMail VerifyEmail(MailRecipient to, string secret)
    {
        var texts = writer.TextsFor(to);
        return writer.Write(
            MailKind.Verification, to, texts.T("verify_subject"),
            [
                new MailParagraph(texts.T("verify", options.Brand)),
                .. writer.SecretOrButton(texts, texts.T("verify_button"), options.VerifyEmailLink, "/verify-email?token=", secret),
                new MailParagraph(texts.T("verify_after")),
            ],
            texts.T("reason_sign_up", options.Brand));
    }

    public OutgoingMail ConfirmNewEmail(MailRecipient to, string secret)
    {
        var texts = writer.TextsFor(to);
        return writer.Write(
            MailKind.EmailChange, to, texts.T("new_email_subject"),
            [
                new MailParagraph(texts.T("new_email", options.Brand)),
                .. writer.SecretOrButton(texts, texts.T("verify_button"), options.VerifyEmailLink, "/verify-email?token=", secret),
                new MailParagraph(texts.T("new_email_after")),
            ],
            texts.T("reason_new_email", options.Brand));
    }

    public OutgoingMail EmailIsChanging(MailRecipient to, string newEmail, RequestOrigin origin, DateTimeOffset at)
    {
        var texts = writer.TextsFor(to);
        return writer.Write(
            MailKind.EmailChanging, to, texts.T("email_changing_subject"),
            [
                new MailParagraph(texts.T("email_changing", EmailAddress.Mask(newEmail))),
                MailWriter.DetailsOf(texts, origin, at),
                new MailParagraph(texts.T("email_changing_after")),
                .. ResetButton(texts, to),
            ],
            Reason(texts));
    }

    /// <summary>To the old address, which can no longer reset the password: the button leads to the devices that are signed in.</summary>
    public OutgoingMail EmailChanged(MailRecipient to, string newEmail, RequestOrigin origin, DateTimeOffset at)
    {
        var texts = writer.TextsFor(to);
        return writer.Write(
            MailKind.EmailChanged, to, texts.T("email_changed_subject"),
            [
                new MailParagraph(texts.T("email_changed", EmailAddress.Mask(newEmail))),
                MailWriter.DetailsOf(texts, origin, at),
                new MailParagraph(texts.T("email_changed_after")),
                .. writer.Button(texts.T("security_button"), "/security"),
            ],
            Reason(texts));
    }

    public OutgoingMail ResetPassword(MailRecipient to, string secret)
    {
        var texts = writer.TextsFor(to);
        return writer.Write(
            MailKind.PasswordReset, to, texts.T("reset_subject", options.Brand),
            [
                new MailParagraph(texts.T("reset")),
                .. writer.SecretOrButton(texts, texts.T("reset_button"), options.ResetPasswordLink, "/reset-password?token=", secret),
                new MailParagraph(texts.T("reset_after")),
            ],
            Reason(texts));
    }

    /// <summary>A code to confirm who uses a session. It begins the subject, and no digit comes before it in the body.</summary>
    public OutgoingMail ConfirmByCode(MailRecipient to, string code, RequestOrigin origin, DateTimeOffset at)
    {
        var texts = writer.TextsFor(to);
        return writer.Write(
            MailKind.ReauthenticationCode, to, texts.T("code_subject", code, options.Brand),
            [
                new MailParagraph(texts.T("confirm_code")), new MailSecret(code),
                new MailParagraph(texts.T("code_after", options.Brand)),
                MailWriter.DetailsOf(texts, origin, at),
                new MailParagraph(texts.T("confirm_code_ignore")),
                .. writer.Button(texts.T("security_button"), "/security"),
            ],
            Reason(texts));
    }

    public OutgoingMail PasswordChanged(MailRecipient to, RequestOrigin origin, DateTimeOffset at)
    {
        var texts = writer.TextsFor(to);
        return writer.Write(
            MailKind.PasswordChanged, to, texts.T("password_changed_subject", options.Brand),
            [
                new MailParagraph(texts.T("password_changed")),
                MailWriter.DetailsOf(texts, origin, at),
                new MailParagraph(texts.T("password_changed_after")),
                .. ResetButton(texts, to),
            ],
            Reason(texts));
    }

    public OutgoingMail AlreadyRegistered(MailRecipient to, RequestOrigin origin, DateTimeOffset at)
    {
        var texts = writer.TextsFor(to);
        return writer.Write(
            MailKind.AlreadyRegistered, to, texts.T("already_registered_subject"),
            [
                new MailParagraph(texts.T("already_registered", options.Brand)),
                MailWriter.DetailsOf(texts, origin, at),
                new MailParagraph(texts.T("already_registered_after")),
                .. ResetButton(texts, to),
            ],
            Reason(texts));
    }

    public OutgoingMail Invitation(MailRecipient to, string organization, string secret)
    {
        var texts = writer.TextsFor(to);
        var sender = NameInMail.Quoted(organization);
        return writer.Write(
            MailKind.MemberInvitation, to, texts.T("invitation_subject", sender),
            [
                new MailParagraph(texts.T("invitation", sender)),
                .. writer.SecretOrButton(texts, texts.T("invitation_button"), options.InvitationLink, page: null, secret),
                new MailParagraph(texts.T("invitation_after")),
            ],
            texts.T("reason_invitation", sender));
    }

    public OutgoingMail Offer(MailRecipient to, string organization)
    {
        var texts = writer.TextsFor(to);
        var sender = NameInMail.Quoted(organization);
        return writer.Write(
            MailKind.Offer, to, texts.T("offer_subject", sender),
            [
                new MailParagraph(texts.T("offer", sender)),
                .. writer.Button(texts.T("offer_button"), "/profile"),
                new MailParagraph(texts.T("offer_after")),
            ],
            Reason(texts));
    }

    /// <summary>
    /// To everybody whose account was activated, so that the owner of the mailbox learns of it if it was someone else. <paramref
    /// name="isProven"/> is false if the address was only typed.
    /// </summary>
    public OutgoingMail Welcome(MailRecipient to, bool isProven, RequestOrigin origin, DateTimeOffset at)
    {
        var texts = writer.TextsFor(to);
        return writer.Write(
            MailKind.Welcome, to, texts.T("welcome_subject", options.Brand),
            [
                new MailParagraph(isProven ? texts.T("welcome") : texts.T("welcome_unproven")),
                .. portal.Page("/login") is { } page ? [new MailLink(texts.T("sign_in"), page)] : Array.Empty<MailPart>(),
                MailWriter.DetailsOf(texts, origin, at),
                new MailParagraph(texts.T("welcome_after")),
                .. ResetButton(texts, to),
            ],
            Reason(texts));
    }

    /// <summary>To the account that is disabled because the person has another one.</summary>
    public OutgoingMail AccountClosed(MailRecipient to, string keptEmail, DateTimeOffset at)
    {
        var texts = writer.TextsFor(to);
        return writer.Write(
            MailKind.AccountClosed, to, texts.T("account_closed_subject", options.Brand),
            [
                new MailParagraph(texts.T("account_closed", options.Brand, EmailAddress.Mask(keptEmail))),
                new MailParagraph(texts.T("detail_time", at.UtcDateTime)),
                new MailParagraph(texts.T("account_closed_after")),
            ],
            Reason(texts));
    }

    /// <summary>To the account that stays.</summary>
    public OutgoingMail AccountKept(MailRecipient to, string closedEmail, DateTimeOffset at)
    {
        var texts = writer.TextsFor(to);
        return writer.Write(
            MailKind.AccountKept, to, texts.T("account_kept_subject", options.Brand),
            [
                new MailParagraph(texts.T("account_kept", options.Brand, EmailAddress.Mask(closedEmail))),
                new MailParagraph(texts.T("detail_time", at.UtcDateTime)),
                new MailParagraph(texts.T("account_kept_after")),
            ],
            Reason(texts));
    }

    private string Reason(MailTexts texts) => texts.T("reason_account", options.Brand);

    private IEnumerable<MailPart> ResetButton(MailTexts texts, MailRecipient to) =>
        writer.Button(texts.T("reset_button"), $"/forgot-password?email={Uri.EscapeDataString(to.Address)}");
}
