using Microsoft.Extensions.Options;
using Patron.Accounts.Database;
using Patron.Shared.Callers;
using Patron.Shared.Mail;
using Patron.Shared.Results;
using Patron.Shared.Text;

namespace Patron.Accounts.Users;

/// <summary>
/// What goes to an account's mailbox, in the transaction of what it is about. Challenges are added by whoever has asked <see cref="LimitAsync"/> or
/// the budget itself; notices ask by themselves.
/// </summary>
public sealed class AccountMailbox(AccountsContext context, AccountMails mails, MailBudgets budgets, IOptions<AccountsOptions> options)
{
    /// <summary>Whether only a mailbox may hear that its address is taken.</summary>
    public bool IsDiscreet => options.Value.PrivateRegistration;

    /// <summary>Takes one of the mails of this purpose that the mailbox may have; 429 when they are used up.</summary>
    public async Task<Error?> LimitAsync(Caller caller, MailPurpose purpose, string emailKey, User user, CancellationToken cancellationToken) =>
        await budgets.TryTakeAsync(caller, purpose, emailKey, MailSubject.Of(user), cancellationToken)
            ? null
            : Error.RateLimited("This mailbox has had several messages within the hour. Please look into its spam folder, or try again later.", TimeSpan.FromHours(1));

    /// <summary>Adds a challenge and the mail that carries its secret, to the stored address.</summary>
    public void AddVerification(User user, DateTimeOffset now)
    {
        var secret = AddChallenge(user, ChallengePurpose.VerifyEmail, user.Email!, now);
        Add(mails.VerifyEmail(user.Email!, user.FirstName, secret), now);
    }

    /// <summary>Asks the new mailbox for proof and tells the old one.</summary>
    public Task AddEmailChangeAsync(Caller caller, User user, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var secret = AddChallenge(user, ChallengePurpose.ChangeEmail, user.PendingEmail!, now);
        Add(mails.ConfirmNewEmail(user.PendingEmail!, user.FirstName, secret), now);
        return TellAsync(caller, MailPurpose.SecurityNotice, user, mails.EmailIsChanging(user.Email!, user.FirstName), now, cancellationToken);
    }

    public void AddPasswordReset(User user, DateTimeOffset now)
    {
        var secret = AddChallenge(user, ChallengePurpose.ResetPassword, user.Email!, now);
        Add(mails.ResetPassword(user.Email!, user.FirstName, secret), now);
    }

    public Task TellPasswordChangedAsync(Caller caller, User user, DateTimeOffset now, CancellationToken cancellationToken) =>
        TellAsync(caller, MailPurpose.SecurityNotice, user, mails.PasswordChanged(user.Email!, user.FirstName), now, cancellationToken);

    public Task TellEmailChangedAsync(Caller caller, string oldAddress, User user, DateTimeOffset now, CancellationToken cancellationToken) =>
        TellAsync(caller, MailPurpose.SecurityNotice, user, mails.EmailChanged(oldAddress, user.FirstName), now, cancellationToken);

    public Task TellAlreadyRegisteredAsync(Caller caller, User user, DateTimeOffset now, CancellationToken cancellationToken) =>
        TellAsync(caller, MailPurpose.Notice, user, mails.AlreadyRegistered(user.Email!, user.FirstName), now, cancellationToken);

    /// <summary>Queues a notice about the account, unless its mailbox has had too many of them.</summary>
    public async Task TellAsync(Caller caller, MailPurpose purpose, User user, OutgoingMail mail, DateTimeOffset now, CancellationToken cancellationToken)
    {
        if (await budgets.TryTakeAsync(caller, purpose, EmailAddress.KeyOf(mail.To), MailSubject.Of(user), cancellationToken))
        {
            Add(mail, now);
        }
    }

    private string AddChallenge(User user, ChallengePurpose purpose, string address, DateTimeOffset now)
    {
        var email = EmailAddress.TryParse(address, out var parsed) ? parsed : throw new InvalidOperationException("A stored address is not an address.");
        var (challenge, secret) = Challenge.Create(user.Id, purpose, email, now);
        context.Challenges.Add(challenge);
        return secret;
    }

    private void Add(OutgoingMail mail, DateTimeOffset now) => context.Outbox.Add(mail.ToOutbox(now));
}
