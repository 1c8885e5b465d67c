using Patron.Accounts.Database;
using Patron.Accounts.Users;
using Patron.Shared.Database;
using Patron.Shared.Results;

namespace Patron.Accounts.Activation;

/// <summary>What activation mails. Links that are asked for count as mails of the mailbox; what a code is asked for with has its own limit, by the typed address.</summary>
public sealed class ActivationPost(
    AccountsContext context, ActivationChallenges challenges, ActivationMails mails, AccountMailbox mailbox, DatabaseSession database)
{
    /// <summary>Gives the challenge its secrets and mails them to the record's own address, together.</summary>
    public async Task SendSetupAsync(ActivationChallenge challenge, string to, int digits, CancellationToken cancellation)
    {
        if (await IsTooMuchAsync(challenge, cancellation))
        {
            return;
        }

        await database.InTransactionAsync<Done>(
            async () =>
            {
                if (await challenges.IssueAsync(challenge, digits, cancellation) is { } issued)
                {
                    context.Outbox.Add(mails.Setup(to, issued).ToOutbox(challenges.Now));
                    await context.SaveChangesAsync(cancellation);
                }

                return default(Done);
            },
            cancellation);
    }

    /// <summary>Tells somebody who has an account that they have one.</summary>
    public async Task TellOwnerAsync(ActivationChallenge challenge, User owner, CancellationToken cancellation)
    {
        if (!await IsTooMuchAsync(challenge, cancellation))
        {
            mailbox.AddAlreadyRegistered(owner, challenges.Now);
            await context.SaveChangesAsync(cancellation);
        }
    }

    /// <summary>Welcomes somebody whose account has just been opened, inside the transaction that did so.</summary>
    public async Task WelcomeAsync(User user, bool isProven, CancellationToken cancellation)
    {
        context.Outbox.Add(mails.Welcome(user.Email!, user.FirstName, isProven).ToOutbox(challenges.Now));
        await context.SaveChangesAsync(cancellation);
    }

    private async Task<bool> IsTooMuchAsync(ActivationChallenge challenge, CancellationToken cancellation) =>
        challenge.CodeExpiresAt is null && await mailbox.LimitAsync(challenge.EmailKey, cancellation) is not null;
}
