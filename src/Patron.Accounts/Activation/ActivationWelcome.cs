using Patron.Accounts.Sessions;
using Patron.Accounts.Users;
using Patron.Shared.Callers;

namespace Patron.Accounts.Activation;

/// <summary>What follows an opened account, in the same transaction: other challenges of its address end, the mailbox is told, a session starts.</summary>
public sealed class ActivationWelcome(ActivationChallenges challenges, ActivationPost post, SessionStart sessions)
{
    public async Task<SignedIn> StartAsync(Caller caller, User user, NewOwner owner, CancellationToken cancellation)
    {
        await challenges.EndOthersAsync(owner.Email.Key, cancellation);
        await post.WelcomeAsync(caller, user, owner.IsProven, cancellation);
        return await sessions.StartAsync(caller, user, cancellation);
    }
}
