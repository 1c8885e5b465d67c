using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Patron.Accounts.Database;
using Patron.Accounts.Users;
using Patron.Shared.Audit;
using Patron.Shared.Callers;

namespace Patron.Accounts.Sessions;

/// <summary>A signed-in user with the role name, the tokens and the session they belong to.</summary>
public sealed record SignedIn(User User, string Role, TokenPair Tokens, Guid SessionId);

/// <summary>Starts a session for an authenticated user: saves it and issues its tokens. Records refused ones.</summary>
public sealed partial class SessionStarter(
    AccountsContext dbContext, TokenIssuer issuer, IOptions<AccountsOptions> options, TimeProvider time, ILogger<SessionStarter> logger)
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

    /// <summary>
    /// Logs a refused sign-in, and audits it on request. A name without an account gets an entry too, so that the work does not reveal
    /// which names have one.
    /// </summary>
    public async Task RefuseAsync(Caller caller, User? user, bool isAudited, CancellationToken cancellationToken)
    {
        LogRefused(user?.Id);
        if (isAudited)
        {
            var (subject, id) = user is null ? ("unknown_login", Guid.Empty) : ("account", user.Id);
            dbContext.Audit.Add(AuditEntry.For(caller, "session.refused", subject, id, time.GetUtcNow()));
            await dbContext.SaveChangesAsync(cancellationToken);
        }
    }

    [LoggerMessage(LogLevel.Information, "Sign-in refused for account {Account}")]
    private partial void LogRefused(Guid? account);
}
