using Microsoft.EntityFrameworkCore;
using Patron.Accounts.Database;

namespace Patron.Accounts.Sessions;

/// <summary>Why a session ended, as a session is ended by <see cref="EndSessions"/>, or <see cref="Expired"/>.</summary>
public sealed record EndedSession(Guid UserId, string Reason)
{
    public const string Expired = "expired";
}

/// <summary>
/// Finds the ended session of a cookie, so that a page can say why it asks to sign in. Null for a forged cookie or a deleted session.
/// </summary>
public sealed class FindEndedSession(AccountsContext dbContext, SessionCookies cookies)
{
    public async Task<EndedSession?> HandleAsync(string? cookie, CancellationToken cancellationToken) =>
        cookies.Read(cookie) is { } id
            ? await dbContext.Sessions.Where(session => session.Id == id)
                .Select(session => new EndedSession(session.UserId, session.EndReason ?? EndedSession.Expired))
                .SingleOrDefaultAsync(cancellationToken)
            : null;
}
