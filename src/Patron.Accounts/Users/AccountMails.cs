using Microsoft.Extensions.Options;
using Patron.Shared.Mail;

namespace Patron.Accounts.Users;

/// <summary>
/// Texts of the mails about accounts. Each goes to the stored address only and says what to do if the recipient did not cause it. Names
/// that people typed are inserted by <see cref="NameInMail"/>.
/// </summary>
public sealed class AccountMails(IOptions<AccountsOptions> options, PortalAddress portal)
{
    private readonly AccountsOptions options = options.Value;

    public OutgoingMail VerifyEmail(string to, string firstName, string secret) => new(
        to,
        $"{options.Brand}: confirm your e-mail address",
        $"""
        Hello {NameInMail.Of(firstName)},

        please confirm that this mailbox is yours. {Instruction(options.VerifyEmailLink, "/verify-email", "confirmation", secret)}

        It works once, within 24 hours, where you are signed in or with your password.
        If you did not open an account, ignore this message: nothing is tied to your address.
        """);

    public OutgoingMail ConfirmNewEmail(string to, string firstName, string secret) => new(
        to,
        $"{options.Brand}: confirm your new e-mail address",
        $"""
        Hello {NameInMail.Of(firstName)},

        you asked to use this address from now on. {Instruction(options.VerifyEmailLink, "/verify-email", "confirmation", secret)}

        It works once, within 24 hours, where you are signed in. Until then the old address stays.
        If this was not you, ignore this message.
        """);

    public OutgoingMail EmailIsChanging(string to, string firstName) => new(
        to,
        $"{options.Brand}: your e-mail address is being changed",
        $"""
        Hello {NameInMail.Of(firstName)},

        somebody who knows your password asked to replace this address by another one.
        If it was you, confirm it in the new mailbox. If not, set a new password now: that also stops the change.
        """);

    public OutgoingMail EmailChanged(string to, string firstName) => new(
        to,
        $"{options.Brand}: your e-mail address was changed",
        $"""
        Hello {NameInMail.Of(firstName)},

        your account now uses another e-mail address; this one can no longer be used to sign in.
        If this was not you, write to us at once.
        """);

    public OutgoingMail ResetPassword(string to, string firstName, string secret) => new(
        to,
        $"{options.Brand}: set a new password",
        $"""
        Hello {NameInMail.Of(firstName)},

        you asked to set a new password. {Instruction(options.ResetPasswordLink, "/reset-password", "reset", secret)}

        It works once, within one hour. If this was not you, ignore this message: your password stays as it is.
        """);

    public OutgoingMail PasswordChanged(string to, string firstName) => new(
        to,
        $"{options.Brand}: your password was changed",
        $"""
        Hello {NameInMail.Of(firstName)},

        your password was changed and you were signed out everywhere else.
        If this was not you, set a new password under 'forgot password' at once.
        """);

    public OutgoingMail AlreadyRegistered(string to, string firstName) => new(
        to,
        $"{options.Brand}: you already have an account",
        $"""
        Hello {NameInMail.Of(firstName)},

        somebody tried to open an account with this address, which already has one.
        If it was you, sign in, or set a new password under 'forgot password'. If not, there is nothing to do.
        """);

    public OutgoingMail Invitation(string to, string organization, string secret) => new(
        to,
        $"{options.Brand}: you are invited",
        $"""
        Hello,

        {NameInMail.Quoted(organization)} invites you to join. Sign in, or open an account with this address. {Instruction(options.InvitationLink, null, "invitation", secret)}

        It works within 30 days. If you do not know who this is, ignore this message.
        """);

    public OutgoingMail Offer(string to, string firstName, string organization) => new(
        to,
        $"{options.Brand}: {NameInMail.Quoted(organization)} has a customer record for you",
        $"""
        Hello {NameInMail.Of(firstName)},

        {NameInMail.Quoted(organization)} would like to tie a customer record to your account. Nothing of your account is shown to them until you agree.
        Sign in to accept or decline. If you do not know who this is, ignore this message: the offer ends after 30 days.
        """);

    // Links to the operator's own page if there is one, else to the portal's page, with the token for programs; without both the mail holds
    // the token alone.
    private string Instruction(string? link, string? page, string what, string secret)
    {
        if (link is not null)
        {
            return $"Open this page:\n\n{link.Replace("{token}", secret, StringComparison.Ordinal)}";
        }

        return page is not null && portal.Page($"{page}?token={secret}") is { } own
            ? $"Open this page:\n\n{own}\n\nA program may ask for a token instead. Your {what} token is:\n\n{secret}"
            : $"Your {what} token is:\n\n{secret}";
    }
}
