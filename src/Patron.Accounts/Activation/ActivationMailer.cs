using Patron.Accounts.Database;
using Patron.Accounts.Mails;
using Patron.Accounts.Users;
using Patron.Shared.Callers;
using Patron.Shared.Database;
using Patron.Shared.Mail;
using Patron.Shared.Results;

namespace Patron.Accounts.Activation;

/// <summary>Queues the mails of activation. The rate of requests was already checked, by the typed address.</summary>
public sealed class ActivationMailer(
    AccountsContext dbContext, ActivationChallenges challenges, ActivationMails mails, AccountMailbox mailbox, DatabaseSession database,
    HomeOrganization home)
{
    /// <summary>Sets the challenge's secrets and queues the mail to the record's own address in one transaction.</summary>
    public async Task SendSetupAsync(
        ActivationChallenge challenge, MailRecipient to, Guid customer, int digits, CancellationToken cancellationToken)
    {
        await using var transaction = await database.BeginAsync(cancellationToken);
        if (await challenges.IssueAsync(challenge, digits, cancellationToken) is { } issued)
        {
            dbContext.Queue(mails.Setup(to, issued), new MailPerson(CustomerUid: customer, OrganizationId: home.Id), challenges.Now);
            await dbContext.SaveChangesAsync(cancellationToken);
        }

        await transaction.CommitAsync(cancellationToken);
    }

    /// <summary>Notifies the owner of an account that the address is already registered.</summary>
    public async Task NotifyOwnerAsync(ActivationChallenge challenge, User owner, CancellationToken cancellationToken)
    {
        var caller = Caller.System(home.Id) with { Origin = RequestOrigin.Local with { Language = challenge.Language } };
        await mailbox.NotifyAlreadyRegisteredAsync(caller, owner, challenges.Now, cancellationToken);
        await dbContext.SaveChangesAsync(cancellationToken);
    }

    /// <summary>Queues the welcome mail, inside the transaction that created the account.</summary>
    public async Task SendWelcomeAsync(Caller caller, User user, string name, bool isProven, CancellationToken cancellationToken)
    {
        await mailbox.WelcomeAsync(caller, user, name, isProven, challenges.Now, cancellationToken);
        await dbContext.SaveChangesAsync(cancellationToken);
    }
}
