using Patron.Accounts.Activation;

namespace Patron.Linking.Activation;

/// <summary>The address and name behind a valid link. Only the owner of the mailbox has the link, so they may see both.</summary>
public sealed record SetupLink(string Email, string Name);

/// <summary>
/// Finds the customer of a mailed link without consuming the link, because mail scanners open it too. Null if the link is not valid, or no
/// unlinked record has its address.
/// </summary>
public sealed class FindSetupLink(ActivationChallenges challenges, ActivationCandidates candidates)
{
    public async Task<SetupLink?> HandleAsync(string? token, CancellationToken cancellationToken) =>
        !string.IsNullOrWhiteSpace(token)
        && await challenges.FindByLinkAsync(token.Trim(), cancellationToken) is { } challenge
        && await candidates.FindAsync(challenge.EmailKey, cancellationToken) is { MayActivate: true, Waiting: { } waiting }
            ? new SetupLink(waiting.Email!, waiting.GreetingName(waiting.FullName))
            : null;
}
