using Microsoft.Extensions.Options;
using Patron.Accounts.Database;
using Patron.Accounts.Users;
using Patron.Shared.Audit;
using Patron.Shared.Callers;

namespace Patron.Accounts.Sessions;

/// <summary>A person who has just signed in: who they are, their role in a word, their tokens, and the session these belong to.</summary>
public sealed record SignedIn(User User, string Role, TokenPair Tokens, Guid SessionId);

/// <summary>Starts a session for somebody who has shown who they are, by whichever door; saves it and makes its tokens.</summary>
public sealed class SessionStart(AccountsContext context, TokenIssuer issuer, IOptions<AccountsOptions> options, TimeProvider time)
{
    public async Task<SignedIn> StartAsync(Caller caller, User user, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        var session = Session.Start(user.Id, caller.Origin, options.Value.SessionLife, now);
        context.Sessions.Add(session);
        context.Audit.Add(AuditEntry.For(caller, "session.started", "account", user.Id, now, actorUserId: user.Id));
        await context.SaveChangesAsync(cancellationToken);
        return await issuer.IssueAsync(user, session.Id, session.Generation, cancellationToken);
    }
}
