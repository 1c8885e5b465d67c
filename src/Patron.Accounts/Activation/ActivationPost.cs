using Patron.Accounts.Database;
using Patron.Accounts.Users;
using Patron.Shared.Callers;
using Patron.Shared.Database;
using Patron.Shared.Results;

namespace Patron.Accounts.Activation;

/// <summary>What activation mails. How often it is asked for was counted before, by the typed address.</summary>
public sealed class ActivationPost(
    AccountsContext context, ActivationChallenges challenges, ActivationMails mails, AccountMailbox mailbox, DatabaseSession database, HomeOrganization home)
{
    /// <summary>Gives the challenge its secrets and mails them to the record's own address, together.</summary>
    public async Task SendSetupAsync(ActivationChallenge challenge, string to, int digits, CancellationToken cancellationToken)
    {
        await using var transaction = await database.BeginAsync(cancellationToken);
        if (await challenges.IssueAsync(challenge, digits, cancellationToken) is { } issued)
        {
            context.Outbox.Add(mails.Setup(to, issued).ToOutbox(challenges.Now));
            await context.SaveChangesAsync(cancellationToken);
        }

        await transaction.CommitAsync(cancellationToken);
    }

    /// <summary>Tells somebody who has an account that they have one.</summary>
    public async Task TellOwnerAsync(User owner, CancellationToken cancellationToken)
    {
        await mailbox.TellAlreadyRegisteredAsync(Caller.System(home.Id), owner, challenges.Now, cancellationToken);
        await context.SaveChangesAsync(cancellationToken);
    }

    /// <summary>Welcomes somebody whose account has just been opened, inside the transaction that did so.</summary>
    public async Task WelcomeAsync(Caller caller, User user, string name, bool isProven, CancellationToken cancellationToken)
    {
        var welcome = mails.Welcome(user.Email!, name, isProven);
        await mailbox.TellAsync(caller, MailPurpose.SecurityNotice, user, welcome, challenges.Now, cancellationToken);
        await context.SaveChangesAsync(cancellationToken);
    }
}
