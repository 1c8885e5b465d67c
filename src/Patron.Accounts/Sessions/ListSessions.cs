using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using Patron.Accounts.Database;
using Patron.Shared.Callers;

namespace Patron.Accounts.Sessions;

/// <summary>Where the caller is signed in now, the latest used first.</summary>
public sealed class ListSessions(AccountsContext context, IOptions<AccountsOptions> options, TimeProvider time)
{
    public Task<List<Session>> HandleAsync(Caller caller, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        var idleSince = now - options.Value.SessionIdleLife;
        return context.Sessions.AsNoTracking()
            .Where(session => session.UserId == caller.UserId && session.EndedAt == null && session.ExpiresAt > now && session.LastUsedAt > idleSince)
            .OrderByDescending(session => session.LastUsedAt).ThenBy(session => session.Id)
            .ToListAsync(cancellationToken);
    }
}
