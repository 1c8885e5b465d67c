using Microsoft.EntityFrameworkCore;
using Patron.Accounts.Database;
using Patron.Accounts.Users;
using Patron.Shared.Results;

namespace Patron.Accounts.Sessions;

/// <summary>
/// Creates, checks and consumes the mailed codes with which a person confirms who they are. A session has at most one; it is bound to the
/// session and to the account's address, works once within ten minutes, and can be typed wrong five times.
/// </summary>
public sealed class ReauthenticationCodes(AccountsContext dbContext, MailedCodes codes, Attempts attempts, TimeProvider time)
{
    public const int MaxTries = 5;

    /// <summary>Maximum number of wrong codes of one account within a day, over all its sessions and codes.</summary>
    public const int WrongCodesPerDay = 20;

    public static readonly TimeSpan Lifetime = TimeSpan.FromMinutes(10);

    private const string WrongCode = "reauthentication_code";

    private static readonly Error Wrong = Error.Rule("code_incorrect", "That code isn't right. Use the one in the most recent email.");

    private static readonly Error TooMany = Error.RateLimited(
        "too_many_codes", "Too many incorrect codes today. Use your password, or try again tomorrow.", TimeSpan.FromDays(1));

    /// <summary>
    /// Creates the code for the mail, inside the transaction that queues it. It replaces an earlier one. Null if the session has ended.
    /// </summary>
    internal async Task<string?> IssueAsync(Guid sessionId, User user, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        var (id, code) = (Guid.CreateVersion7(now), MailedCodes.New(MailedCodes.MinDigits));
        var issued = await dbContext.Database.ExecuteSqlAsync(
            $"""
            INSERT INTO accounts.reauthentication_codes (session_id, id, email_key, code_hash, expires_at)
            SELECT s.id, {id}, {user.NormalizedEmail}, {codes.Hash(id, code)}, {now + Lifetime} FROM accounts.sessions s
            WHERE s.id = {sessionId} AND s.user_id = {user.Id} AND s.ended_at IS NULL
            ON CONFLICT (session_id) DO UPDATE SET
                id = excluded.id, email_key = excluded.email_key, code_hash = excluded.code_hash, tries = 0,
                expires_at = excluded.expires_at
            """, cancellationToken);
        return issued == 1 ? code : null;
    }

    /// <summary>
    /// Uses one try and returns the id of the code if it is right. One statement counts the try, so concurrent guesses cannot exceed the
    /// limit. Errors: 400 wrong or ended, 429 too many wrong ones within the day.
    /// </summary>
    internal async Task<Result<Guid>> TryAsync(Guid sessionId, Guid userId, string code, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        var open = await dbContext.Database.SqlQuery<OpenCode>(
            $"""
            UPDATE accounts.reauthentication_codes c SET tries = c.tries + 1
            FROM accounts.sessions s JOIN accounts.users u ON u.id = s.user_id
            WHERE c.session_id = {sessionId} AND s.id = c.session_id AND s.ended_at IS NULL AND s.user_id = {userId}
                AND u.normalized_email = c.email_key AND u.disabled_at IS NULL AND c.expires_at > {now} AND c.tries < {MaxTries}
            RETURNING c.id AS "Id", c.code_hash AS "Hash"
            """).ToListAsync(cancellationToken);
        if (open is not [var tried])
        {
            return MailedCodes.Ended;
        }

        if (!await attempts.TryAcquireAsync(WrongCode, userId.ToString(), WrongCodesPerDay, TimeSpan.FromDays(1), cancellationToken))
        {
            return TooMany;
        }

        return codes.Matches(tried.Id, code, tried.Hash) ? tried.Id : Wrong;
    }

    /// <summary>
    /// Consumes the code, inside the transaction of the action it allows. Returns false if another request consumed it first, or a newer
    /// one was sent.
    /// </summary>
    internal async Task<bool> TryConsumeAsync(Guid sessionId, Guid id, Guid userId, CancellationToken cancellationToken)
    {
        if (await dbContext.Database.ExecuteSqlAsync(
            $"DELETE FROM accounts.reauthentication_codes WHERE session_id = {sessionId} AND id = {id}", cancellationToken) == 0)
        {
            return false;
        }

        await attempts.ResetAsync(WrongCode, userId.ToString(), cancellationToken);
        return true;
    }

    private sealed record OpenCode(Guid Id, byte[] Hash);
}
