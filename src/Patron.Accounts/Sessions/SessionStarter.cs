using Microsoft.Extensions.Options;
using Patron.Accounts.Database;
using Patron.Accounts.Users;
using Patron.Shared.Audit;
using Patron.Shared.Callers;

namespace Patron.Accounts.Sessions;

/// <summary>A signed-in user with the role name, the tokens and the session they belong to.</summary>
public sealed record SignedIn(User User, string Role, TokenPair Tokens, Guid SessionId);

/// <summary>Starts a session for an authenticated user: saves it and issues its tokens.</summary>
public sealed class SessionStarter(AccountsContext dbContext, TokenIssuer issuer, IOptions<AccountsOptions> options, TimeProvider time)
{
    public async Task<SignedIn> StartAsync(Caller caller, User user, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        var session = Session.Start(user.Id, caller.Origin, options.Value.SessionLife, now);
        dbContext.Sessions.Add(session);
        dbContext.Audit.Add(AuditEntry.For(caller, "session.started", "account", user.Id, now, actorUserId: user.Id));
        await dbContext.SaveChangesAsync(cancellationToken);
        return await issuer.IssueAsync(user, session.Id, session.Generation, cancellationToken);
    }
}
