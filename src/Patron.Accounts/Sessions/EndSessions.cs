using System.Linq.Expressions;
using Microsoft.EntityFrameworkCore;
using Patron.Accounts.Database;
using Patron.Shared.Audit;
using Patron.Shared.Callers;
using Patron.Shared.Database;
using Patron.Shared.Results;

namespace Patron.Accounts.Sessions;

/// <summary>
/// Ends sessions: the one of a refresh token, the current one (sign-out), one of the caller's own, or all but the current one. It takes
/// effect at once in this process and within a second in others. Errors: 401 unknown token, 404 not the caller's own.
/// </summary>
public sealed class EndSessions(
    AccountsContext dbContext, DatabaseSession database, RefreshTokens refreshTokens, CallerCache callerCache, TimeProvider time)
{
    /// <summary>Ends the session of a refresh token. Succeeds if it has already ended.</summary>
    public async Task<Result<Unit>> SignOutAsync(Caller caller, string? refreshToken, CancellationToken cancellationToken)
    {
        if (refreshTokens.Read(refreshToken) is not { } content)
        {
            return Error.Unauthenticated("refresh_token_invalid", "This isn't a refresh token of this service.");
        }

        var userId = await dbContext.Sessions.Where(session => session.Id == content.SessionId).Select(session => (Guid?)session.UserId)
            .SingleOrDefaultAsync(cancellationToken);
        if (userId is { } owner)
        {
            await EndAndCommitAsync(caller, owner, session => session.Id == content.SessionId, "signed_out", cancellationToken);
        }

        return default(Unit);
    }

    /// <summary>Ends the session of the request. Does nothing if there is none.</summary>
    public async Task SignOutAsync(Caller caller, CancellationToken cancellationToken)
    {
        if (caller is { UserId: { } userId, SessionId: { } sessionId })
        {
            await EndAndCommitAsync(caller, userId, session => session.Id == sessionId, "signed_out", cancellationToken);
        }
    }

    /// <summary>Ends one of the caller's own sessions.</summary>
    public async Task<Result<Unit>> EndOneAsync(Caller caller, Guid sessionId, CancellationToken cancellationToken) =>
        (await EndAndCommitAsync(caller, caller.UserId!.Value, session => session.Id == sessionId, "ended", cancellationToken)) > 0
            ? default(Unit)
            : Error.NotFound("session_not_found", "You don't have a session with this id.");

    /// <summary>Ends every session of the caller except the one of the request.</summary>
    public async Task<Result<Unit>> EndOthersAsync(Caller caller, CancellationToken cancellationToken)
    {
        await EndAndCommitAsync(caller, caller.UserId!.Value, session => session.Id != caller.SessionId, "ended", cancellationToken);
        return default(Unit);
    }

    /// <summary>Ends every session of an account, without a check of the caller.</summary>
    internal Task<int> EndAllAsync(Caller caller, Guid userId, CancellationToken cancellationToken) =>
        EndAndCommitAsync(caller, userId, _ => true, "ended", cancellationToken);

    private async Task<int> EndAndCommitAsync(
        Caller caller, Guid userId, Expression<Func<Session, bool>> which, string reason, CancellationToken cancellationToken)
    {
        await using var transaction = await database.BeginAsync(cancellationToken);
        var ended = await EndAsync(caller, userId, which, reason, cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return ended;
    }

    /// <summary>Ends the user's sessions that match, inside the running transaction, and returns their number.</summary>
    public async Task<int> EndAsync(
        Caller caller, Guid userId, Expression<Func<Session, bool>> which, string reason, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        var ended = await dbContext.Sessions.Where(session => session.UserId == userId && session.EndedAt == null).Where(which)
            .ExecuteUpdateAsync(
                set => set.SetProperty(session => session.EndedAt, now).SetProperty(session => session.EndReason, reason),
                cancellationToken);
        if (ended > 0)
        {
            dbContext.Audit.Add(AuditEntry.For(caller, $"session.{reason}", "account", userId, now, actorUserId: userId));
            await dbContext.SaveChangesAsync(cancellationToken);
        }

        database.AfterCommit(callerCache.Clear);
        return ended;
    }
}
