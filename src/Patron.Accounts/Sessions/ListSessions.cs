using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using Patron.Accounts.Database;
using Patron.Shared.Callers;

namespace Patron.Accounts.Sessions;

/// <summary>Lists the active sessions of the caller, or of an account for other modules, the last used first.</summary>
public sealed class ListSessions(AccountsContext dbContext, IOptions<AccountsOptions> options, TimeProvider time)
{
    public Task<List<Session>> HandleAsync(Caller caller, CancellationToken cancellationToken) =>
        OfAccountAsync(caller.UserId, cancellationToken);

    /// <summary>The sessions of this account. It does not check access.</summary>
    public Task<List<Session>> OfAccountAsync(Guid? userId, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        var idleSince = now - options.Value.SessionIdleLife;
        return dbContext.Sessions.AsNoTracking()
            .Where(
                session => session.UserId == userId && session.EndedAt == null && session.ExpiresAt > now
                    && session.LastUsedAt > idleSince)
            .OrderByDescending(session => session.LastUsedAt).ThenBy(session => session.Id)
            .ToListAsync(cancellationToken);
    }
}
