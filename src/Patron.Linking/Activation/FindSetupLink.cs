using Patron.Accounts.Activation;

namespace Patron.Linking.Activation;

/// <summary>Whom a link that still works is for. Whoever has it reads the mailbox, so they may see it.</summary>
public sealed record SetupLink(string Email, string Name);

/// <summary>
/// Looks at a link from a mail without using it up, however often: for the page that asks for the password, and for mail scanners that open it.
/// Null where it is not valid (any more), or nobody waits at its address.
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
