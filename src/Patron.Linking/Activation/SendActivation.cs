using System.Text.Json;
using Patron.Accounts.Activation;
using Patron.Accounts.Mails;

namespace Patron.Linking.Activation;

/// <summary>
/// Handles an outbox message of a started activation. It runs in the background, so that response times reveal nothing: it mails code and
/// link if an unlinked record has the address, 'you already have an account' if there is an account, and nothing else. In mode invite only
/// invited customers get a code.
/// </summary>
public sealed class SendActivation(
    ActivationCandidates candidates, ActivationChallenges challenges, ActivationInvitations invitations, ActivationMailer mailer,
    PortalOptions options)
{
    public async Task HandleAsync(string payload, CancellationToken cancellationToken)
    {
        var challenge = await challenges.FindAsync(JsonSerializer.Deserialize<Guid>(payload), cancellationToken);
        if (challenge is null)
        {
            return; // It has expired and was deleted.
        }

        var candidate = await candidates.FindAsync(challenge.EmailKey, cancellationToken);
        if (candidate is { MayActivate: true, Waiting: { } customer })
        {
            if (options.Activation.Mode != ActivationMode.Invite
                || (await invitations.FindInvitedAsync([customer.Uid], cancellationToken)).Count == 1)
            {
                // Without the record's name: whoever typed the address does not know it yet.
                var to = new MailRecipient(customer.Email!, Name: "", customer.Language, challenge.Language);
                await mailer.SendSetupAsync(challenge, to, customer.Uid, options.Activation.CodeDigits, cancellationToken);
            }
        }
        else if (candidate.Account is { DisabledAt: null } account)
        {
            await mailer.NotifyOwnerAsync(challenge, account, cancellationToken);
        }
    }
}
