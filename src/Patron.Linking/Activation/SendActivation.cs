using System.Text.Json;
using Patron.Accounts.Activation;

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
        if (candidate.MayActivate)
        {
            if (options.Activation.Mode != ActivationMode.Invite
                || (await invitations.FindInvitedAsync([candidate.Waiting!.Uid], cancellationToken)).Count == 1)
            {
                await mailer.SendSetupAsync(challenge, candidate.Waiting!.Email!, options.Activation.CodeDigits, cancellationToken);
            }
        }
        else if (candidate.Account is { DisabledAt: null } account)
        {
            await mailer.NotifyOwnerAsync(account, cancellationToken);
        }
    }
}
