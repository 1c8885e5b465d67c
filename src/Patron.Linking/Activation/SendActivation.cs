using System.Text.Json;
using Patron.Accounts.Activation;

namespace Patron.Linking.Activation;

/// <summary>
/// Decides from the outbox, where nobody can time it, what a typed address leads to: code and link where a customer waits, 'you already have an
/// account' where there is one, nothing else. In mode invite only those are let in whom staff have invited.
/// </summary>
public sealed class SendActivation(
    ActivationCandidates candidates, ActivationChallenges challenges, ActivationInvitations invitations, ActivationPost post, PortalOptions options)
{
    public async Task HandleAsync(string payload, CancellationToken cancellationToken)
    {
        var challenge = await challenges.FindAsync(JsonSerializer.Deserialize<Guid>(payload), cancellationToken);
        if (challenge is null)
        {
            return; // Deleted when it was over.
        }

        var candidate = await candidates.FindAsync(challenge.EmailKey, cancellationToken);
        if (candidate.MayActivate)
        {
            if (options.Activation.Mode != ActivationMode.Invite || (await invitations.FindInvitedAsync([candidate.Waiting!.Uid], cancellationToken)).Count == 1)
            {
                await post.SendSetupAsync(challenge, candidate.Waiting!.Email!, options.Activation.CodeDigits, cancellationToken);
            }
        }
        else if (candidate.Account is { DisabledAt: null } account)
        {
            await post.TellOwnerAsync(account, cancellationToken);
        }
    }
}
