using Microsoft.Extensions.Options;
using Patron.Shared.Mail;

namespace Patron.Accounts.Activation;

/// <summary>
/// Texts of the mails about first passwords. A code is alone on its line, and no digit comes before it: not in the subject, not in a name
/// (contract, 'Dialect: portal'). Links lead to the portal's pages.
/// </summary>
public sealed class ActivationMails(IOptions<AccountsOptions> options, PortalAddress portal, DeclineTokens declineTokens)
{
    private string Brand => options.Value.Brand;

    public OutgoingMail Setup(string to, IssuedActivation issued) => issued.Code is null
        ? new OutgoingMail(
            to,
            $"{Brand}: set your password",
            $"""
            Hello,

            you are a customer of {Brand}, and somebody, probably you, asked to open your account. Choose your password on this page:

            {LinkTo(issued.LinkSecret)}

            The link works once, within 24 hours.
            {Ignore}
            """)
        : new OutgoingMail(
            to,
            "Your code to open your account",
            $"""
            Hello,

            this is the code to open your account:

            {issued.Code}

            Type it where you were asked for it. It works once, within 10 minutes. Nobody of {Brand} will ever ask you for it.

            Or choose your password on this page; the link works once, within 24 hours:

            {LinkTo(issued.LinkSecret)}

            {Ignore}
            """);

    /// <summary>Sent to every activated account, so that the owner of the mailbox learns of an activation by someone else.</summary>
    public OutgoingMail Welcome(string to, string name, bool isProven) => new(
        to,
        $"{Brand}: welcome, your account is open",
        $"""
        Hello {NameInMail.Of(name)},

        a password was set for your customer account{(isProven ? "" : " by somebody who typed your address")}, and it can be used from now on:

        {portal.Page("/login")}

        If this was not you, set a new password at once. That signs everybody else out:

        {portal.Page("/forgot-password")}
        """);

    /// <summary>The invitation, or with a higher number a reminder.</summary>
    public OutgoingMail Invitation(string to, string name, long invitationId, int number)
    {
        var unsubscribe = portal.Page($"/unsubscribe?token={declineTokens.TokenFor(invitationId)}")!;
        var subject = number == 1
            ? $"{Brand}: your customer account is ready"
            : $"{Brand}: your customer account still waits for you";
        return new OutgoingMail(
            to,
            subject,
            $"""
            Hello {NameInMail.Of(name)},

            as a customer of {Brand} you can see your invoices, orders and tickets online. All that is missing is a password. Choose it here:

            {portal.Page($"/first-time-setup?email={Uri.EscapeDataString(to)}")}

            For your safety the page sends a message to this mailbox first. If you do not want an account, there is nothing to do.

            To get no more of these messages, open this page:

            {unsubscribe}
            """)
        {
            Unsubscribe = unsubscribe,
        };
    }

    private const string Ignore = "If it was not you, ignore this message: without it nobody can open your account.";

    private string LinkTo(string secret) => portal.Page($"/set-password?token={secret}")!;
}
