using Microsoft.Extensions.Options;
using Patron.Accounts.Database;
using Patron.Accounts.Mails;
using Patron.Shared.Callers;
using Patron.Shared.Mail;
using Patron.Shared.Results;
using Patron.Shared.Text;

namespace Patron.Accounts.Users;

/// <summary>
/// Queues mails to the mailbox of an account, in the transaction of the change they are about. Before adding a challenge, call <see
/// cref="AcquireAsync"/> or check the budget; notices check it themselves.
/// </summary>
public sealed class AccountMailbox(AccountsContext dbContext, AccountMails mails, MailBudgets budgets, IOptions<AccountsOptions> options)
{
    /// <summary>Whether only the mailbox may be told that its address is taken.</summary>
    public bool IsRegistrationPrivate => options.Value.PrivateRegistration;

    /// <summary>Counts a mail of this purpose to the mailbox. Returns null if it is allowed, else 429.</summary>
    public async Task<Error?> AcquireAsync(
        Caller caller, MailPurpose purpose, string emailKey, User user, CancellationToken cancellationToken) =>
        await budgets.TryAcquireAsync(caller, purpose, emailKey, MailSubject.Of(user), cancellationToken)
            ? null
            : Error.RateLimited(
                "too_many_emails", "We've sent several emails to this address within an hour. Check the spam folder, or try again later.",
                TimeSpan.FromHours(1));

    /// <summary>Adds a challenge and the mail with its secret, to the stored address.</summary>
    public void AddVerification(RequestOrigin origin, User user, DateTimeOffset now)
    {
        var secret = AddChallenge(user, ChallengePurpose.VerifyEmail, user.Email!, now);
        Add(mails.VerifyEmail(To(user, user.Email!, origin), secret), user, now);
    }

    /// <summary>Queues a mail that asks the new mailbox for proof, and a notice to the old one.</summary>
    public Task AddEmailChangeAsync(Caller caller, User user, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var secret = AddChallenge(user, ChallengePurpose.ChangeEmail, user.PendingEmail!, now);
        Add(mails.ConfirmNewEmail(To(user, user.PendingEmail!, caller.Origin), secret), user, now);
        var notice = mails.EmailIsChanging(To(user, user.Email!, caller.Origin), user.PendingEmail!, caller.Origin, now);
        return NotifyAsync(caller, MailPurpose.SecurityNotice, user, notice, now, cancellationToken);
    }

    public void AddPasswordReset(RequestOrigin origin, User user, DateTimeOffset now)
    {
        var secret = AddChallenge(user, ChallengePurpose.ResetPassword, user.Email!, now);
        Add(mails.ResetPassword(To(user, user.Email!, origin), secret), user, now);
    }

    /// <summary>Queues the mail with this code, to the stored address.</summary>
    public void AddReauthenticationCode(RequestOrigin origin, User user, string code, DateTimeOffset now) =>
        Add(mails.ConfirmByCode(To(user, user.Email!, origin), code, origin, now), user, now);

    public Task NotifyPasswordChangedAsync(Caller caller, User user, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var notice = mails.PasswordChanged(To(user, user.Email!, caller.Origin), caller.Origin, now);
        return NotifyAsync(caller, MailPurpose.SecurityNotice, user, notice, now, cancellationToken);
    }

    public Task NotifyEmailChangedAsync(
        Caller caller, string oldAddress, User user, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var notice = mails.EmailChanged(To(user, oldAddress, caller.Origin), user.Email!, caller.Origin, now);
        return NotifyAsync(caller, MailPurpose.SecurityNotice, user, notice, now, cancellationToken);
    }

    public Task NotifyAlreadyRegisteredAsync(Caller caller, User user, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var notice = mails.AlreadyRegistered(To(user, user.Email!, caller.Origin), caller.Origin, now);
        return NotifyAsync(caller, MailPurpose.Notice, user, notice, now, cancellationToken);
    }

    /// <summary>Welcomes the owner of an activated account, by the name that its customer record has.</summary>
    public Task WelcomeAsync(
        Caller caller, User user, string name, bool isProven, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var welcome = mails.Welcome(To(user, user.Email!, caller.Origin) with { Name = name }, isProven, caller.Origin, now);
        return NotifyAsync(caller, MailPurpose.SecurityNotice, user, welcome, now, cancellationToken);
    }

    /// <summary>Tells both mailboxes that the records of two accounts are one now, and which account is closed.</summary>
    public async Task NotifyMergedAsync(Caller caller, User closed, User kept, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var notice = mails.AccountClosed(To(closed, closed.Email!, caller.Origin), kept.Email!, now);
        await NotifyAsync(caller, MailPurpose.SecurityNotice, closed, notice, now, cancellationToken);
        var other = mails.AccountKept(To(kept, kept.Email!, caller.Origin), closed.Email!, now);
        await NotifyAsync(caller, MailPurpose.SecurityNotice, kept, other, now, cancellationToken);
    }

    // Queues nothing if the mailbox has reached its limit.
    private async Task NotifyAsync(
        Caller caller, MailPurpose purpose, User user, OutgoingMail mail, DateTimeOffset now, CancellationToken cancellationToken)
    {
        if (await budgets.TryAcquireAsync(caller, purpose, EmailAddress.KeyOf(mail.To), MailSubject.Of(user), cancellationToken))
        {
            Add(mail, user, now);
        }
    }

    private string AddChallenge(User user, ChallengePurpose purpose, string address, DateTimeOffset now)
    {
        var email = EmailAddress.TryParse(address, out var parsed)
            ? parsed
            : throw new InvalidOperationException("A stored address is invalid.");
        var (challenge, secret) = Challenge.Create(user.Id, purpose, email, now);
        dbContext.Challenges.Add(challenge);
        return secret;
    }

    // Who has no language of their own gets the one of the page or program that caused the mail.
    private static MailRecipient To(User user, string address, RequestOrigin origin) =>
        new(address, user.FirstName, user.Language, origin.Language);

    private void Add(OutgoingMail mail, User user, DateTimeOffset now) => dbContext.Queue(mail, new MailPerson(user.Id), now);
}
