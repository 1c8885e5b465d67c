using Microsoft.Extensions.Options;
using Patron.Accounts.Database;
using Patron.Shared.Callers;
using Patron.Shared.Results;
using Patron.Shared.Text;

namespace Patron.Accounts.Users;

/// <summary>What leaves an account: challenges to its mailbox and events to other modules, all in the transaction of the deed.</summary>
public sealed class AccountMailbox(
    AccountsContext context, AccountMails mails, Attempts attempts, IOptions<AccountsOptions> options, IEnumerable<AccountEventListener> listeners)
{
    /// <summary>Whether only a mailbox may hear that its address is taken.</summary>
    public bool IsDiscreet => options.Value.PrivateRegistration;

    /// <summary>Takes one of the mails that may be caused to a mailbox within the hour; 429 when they are used up.</summary>
    public async Task<Error?> LimitAsync(string normalizedEmail, CancellationToken cancellation) =>
        await attempts.TryTakeAsync(Attempts.Mail, normalizedEmail, options.Value.MailsPerMailboxAndHour, cancellation)
            ? null
            : Error.RateLimited("This mailbox has had several messages within the hour. Please look into its spam folder, or try again later.", TimeSpan.FromHours(1));

    /// <summary>Takes one of the invitations that a member or a key may send within the hour; 429 when they are used up.</summary>
    public async Task<Error?> LimitInvitationsAsync(Caller sender, CancellationToken cancellation) =>
        await attempts.TryTakeAsync(Attempts.Invitation, $"{sender.UserId ?? sender.Key?.Id}", options.Value.InvitationsPerSenderAndHour, cancellation)
            ? null
            : Error.RateLimited("You have sent many invitations within the hour. Please go on later.", TimeSpan.FromHours(1));

    /// <summary>Adds a challenge and the mail that carries its secret, to the stored address.</summary>
    public void AddVerification(User user, DateTimeOffset now)
    {
        var secret = AddChallenge(user, ChallengePurpose.VerifyEmail, user.Email!, now);
        Add(mails.VerifyEmail(user.Email!, user.FirstName, secret), now);
    }

    /// <summary>Asks the new mailbox for proof and tells the old one.</summary>
    public void AddEmailChange(User user, DateTimeOffset now)
    {
        var secret = AddChallenge(user, ChallengePurpose.ChangeEmail, user.PendingEmail!, now);
        Add(mails.ConfirmNewEmail(user.PendingEmail!, user.FirstName, secret), now);
        Add(mails.EmailIsChanging(user.Email!, user.FirstName), now);
    }

    public void AddPasswordReset(User user, DateTimeOffset now)
    {
        var secret = AddChallenge(user, ChallengePurpose.ResetPassword, user.Email!, now);
        Add(mails.ResetPassword(user.Email!, user.FirstName, secret), now);
    }

    public void AddPasswordChanged(User user, DateTimeOffset now) => Add(mails.PasswordChanged(user.Email!, user.FirstName), now);

    public void AddEmailChanged(string oldAddress, User user, DateTimeOffset now) => Add(mails.EmailChanged(oldAddress, user.FirstName), now);

    public void AddAlreadyRegistered(User user, DateTimeOffset now) => Add(mails.AlreadyRegistered(user.Email!, user.FirstName), now);

    /// <summary>Tells every listener, inside the running transaction.</summary>
    public Task AnnounceAsync(Caller caller, AccountEventKind kind, IReadOnlyList<User> users, CancellationToken cancellation, AccountNames? before = null) =>
        AnnounceAsync(new AccountEvent(caller, kind, users) { Before = before }, cancellation);

    /// <summary>The same with an event that says more.</summary>
    public async Task AnnounceAsync(AccountEvent happened, CancellationToken cancellation)
    {
        foreach (var listener in listeners)
        {
            await listener(happened, cancellation);
        }
    }

    private string AddChallenge(User user, ChallengePurpose purpose, string address, DateTimeOffset now)
    {
        var email = EmailAddress.TryParse(address, out var parsed) ? parsed : throw new InvalidOperationException("A stored address is not an address.");
        var (challenge, secret) = Challenge.Create(user.Id, purpose, email, now);
        context.Challenges.Add(challenge);
        return secret;
    }

    private void Add(Shared.Mail.OutgoingMail mail, DateTimeOffset now) => context.Outbox.Add(mail.ToOutbox(now));
}
