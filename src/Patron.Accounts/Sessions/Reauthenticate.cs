using Microsoft.EntityFrameworkCore;
using Patron.Accounts.Database;
using Patron.Accounts.Passwords;
using Patron.Shared.Audit;
using Patron.Shared.Callers;
using Patron.Shared.Database;
using Patron.Shared.Results;

namespace Patron.Accounts.Sessions;

/// <summary>
/// Proves that the person at a session is its owner, by their password, before something dangerous (<see cref="Caller.AuthenticatedAt"/>).
/// Errors: 400 wrong, 403 the caller is no person with a session, 429 too many wrong ones, 503 too busy.
/// </summary>
public sealed class Reauthenticate(
    AccountsContext dbContext, PasswordHashing passwords, CallerCache callerCache, DatabaseSession database, TimeProvider time)
{
    private static readonly Error NoSession = Error.Forbidden("session_required", "Only a person who has signed in can do this.");
    private static readonly Error Wrong = Error.Rule("password_incorrect", "Your password isn't right.");

    public async Task<Result<Unit>> HandleAsync(Caller caller, string password, CancellationToken cancellationToken)
    {
        if (caller is not { UserId: { } userId, SessionId: { } sessionId })
        {
            return NoSession;
        }

        var user = await dbContext.Users.AsNoTracking().SingleAsync(row => row.Id == userId, cancellationToken);
        if (await passwords.VerifyAsync(user, userId.ToString(), password, Wrong, cancellationToken) is { } refused)
        {
            return refused;
        }

        await using var transaction = await database.BeginAsync(cancellationToken);
        var now = time.GetUtcNow();
        await dbContext.Sessions.Where(session => session.Id == sessionId && session.EndedAt == null)
            .ExecuteUpdateAsync(set => set.SetProperty(session => session.ReauthenticatedAt, now), cancellationToken);
        dbContext.Audit.Add(AuditEntry.For(caller, "session.confirmed", "account", userId, now));
        await dbContext.SaveChangesAsync(cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        callerCache.Clear();
        return default(Unit);
    }
}
