using Microsoft.EntityFrameworkCore;
using Patron.Accounts.Database;
using Patron.Accounts.Passwords;
using Patron.Accounts.Users;
using Patron.Shared.Audit;
using Patron.Shared.Callers;
using Patron.Shared.Database;
using Patron.Shared.Results;

namespace Patron.Accounts.Sessions;

/// <summary>
/// Proves that the person at a session is its owner before something dangerous (<see cref="Caller.AuthenticatedAt"/>), by their password or
/// by a code that was mailed to them (<see cref="SendReauthenticationCode"/>). Errors: 400 wrong, or a code that has ended, 403 the caller
/// is no person with a session, 422 no code, 429 too many wrong ones, 503 too busy.
/// </summary>
public sealed class Reauthenticate(
    AccountsContext dbContext, PasswordHashing passwords, ReauthenticationCodes codes, CallerCache callerCache, DatabaseSession database,
    TimeProvider time)
{
    internal static readonly Error NoSession = Error.Forbidden("session_required", "Only a person who has signed in can do this.");
    private static readonly Error Wrong = Error.Rule("password_incorrect", "Your password isn't right.");

    private static readonly Error NoCode = Error.Invalid("code", $"Enter the {MailedCodes.MinDigits}-digit code from the email.");

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
        await ConfirmAsync(caller, userId, sessionId, "password", cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        callerCache.Clear();
        return default(Unit);
    }

    /// <summary>By the mailed code. Of concurrent requests with one code, one succeeds.</summary>
    public async Task<Result<Unit>> WithCodeAsync(Caller caller, string typed, CancellationToken cancellationToken)
    {
        if (caller is not { UserId: { } userId, SessionId: { } sessionId })
        {
            return NoSession;
        }

        if (MailedCodes.Read(typed) is not { } code)
        {
            return NoCode;
        }

        var tried = await codes.TryAsync(sessionId, userId, code, cancellationToken);
        if (!tried.Succeeded(out var id, out var refused))
        {
            return refused;
        }

        await using var transaction = await database.BeginAsync(cancellationToken);
        if (!await codes.TryConsumeAsync(sessionId, id, userId, cancellationToken))
        {
            return MailedCodes.Ended;
        }

        await ConfirmAsync(caller, userId, sessionId, "code", cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        callerCache.Clear();
        return default(Unit);
    }

    private async Task ConfirmAsync(Caller caller, Guid userId, Guid sessionId, string method, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        await dbContext.Sessions.Where(session => session.Id == sessionId && session.EndedAt == null)
            .ExecuteUpdateAsync(set => set.SetProperty(session => session.ReauthenticatedAt, now), cancellationToken);
        var after = $$"""{"method": "{{method}}"}""";
        dbContext.Audit.Add(AuditEntry.For(caller, "session.confirmed", "account", userId, now, after: after));
        await dbContext.SaveChangesAsync(cancellationToken);
    }
}
