using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using Patron.Accounts.Database;
using Patron.Shared.Callers;

namespace Patron.Accounts.Sessions;

/// <summary>Lists the caller's active sessions, the last used first.</summary>
public sealed class ListSessions(AccountsContext dbContext, IOptions<AccountsOptions> options, TimeProvider time)
{
    public Task<List<Session>> HandleAsync(Caller caller, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        var idleSince = now - options.Value.SessionIdleLife;
        return dbContext.Sessions.AsNoTracking()
            .Where(
                session => session.UserId == caller.UserId && session.EndedAt == null && session.ExpiresAt > now
                    && session.LastUsedAt > idleSince)
            .OrderByDescending(session => session.LastUsedAt).ThenBy(session => session.Id)
            .ToListAsync(cancellationToken);
    }
}
