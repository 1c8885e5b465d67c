using System.Security.Cryptography;
using System.Text;
using Microsoft.EntityFrameworkCore;
using Patron.Accounts.Database;

namespace Patron.Accounts.Users;

/// <summary>
/// Counts attempts in the database, so that limits hold across processes and restarts: wrong passwords of an account, mails to a mailbox
/// (<see cref="MailBudgets"/>), first passwords and codes of an address, invitations and offers of a sender. Subjects are hashed: the table
/// holds no addresses.
/// </summary>
public sealed class Attempts(AccountsContext dbContext, TimeProvider time)
{
    /// <summary>Wrong passwords without a delay. Each further one doubles the delay, up to 15 minutes.</summary>
    public const int FreeWrongPasswords = 10;

    /// <summary>Invitations and offers of one member or API key.</summary>
    public const string Invitation = "invitation";

    /// <summary>Invitations and offers of a new organization, over all senders.</summary>
    public const string NewOrganization = "new_organization";

    /// <summary>Password resets that one client requests for one address.</summary>
    public const string ResetByClient = "reset_by_client";

    /// <summary>Requests of a first password for one address, known or not.</summary>
    public const string Activation = "activation";

    /// <summary>Activation codes typed for one address.</summary>
    public const string ActivationCode = "activation_code";

    /// <summary>Activation codes typed for all addresses together.</summary>
    public const string AnyActivationCode = "any_activation_code";

    private const string WrongPassword = "wrong_password";
    private static readonly TimeSpan WrongPasswordWindow = TimeSpan.FromHours(24);
    private static readonly TimeSpan MaxDelay = TimeSpan.FromMinutes(15);

    /// <summary>Returns how long the account must still wait after wrong passwords, or null.</summary>
    public async Task<TimeSpan?> GetDelayAsync(string account, CancellationToken cancellationToken)
    {
        var key = Hash(account);
        var now = time.GetUtcNow();
        var until = await dbContext.Database
            .SqlQuery<DateTimeOffset?>(
                $"SELECT blocked_until AS \"Value\" FROM accounts.attempts WHERE kind = {WrongPassword} AND key = {key}")
            .SingleOrDefaultAsync(cancellationToken);
        return until > now ? until - now : null;
    }

    /// <summary>
    /// Counts a wrong password and returns how many there were within a day. From the eleventh on, the account has to wait.
    /// </summary>
    public async Task<int> CountWrongPasswordAsync(string account, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        var count = await dbContext.Database.SqlQuery<int>(
            $"""
            INSERT INTO accounts.attempts AS a (kind, key, count, window_ends_at)
            VALUES ({WrongPassword}, {Hash(account)}, 1, {now + WrongPasswordWindow})
            ON CONFLICT (kind, key) DO UPDATE SET
                count = CASE WHEN a.window_ends_at < {now} THEN 1 ELSE a.count + 1 END,
                window_ends_at = {now + WrongPasswordWindow},
                blocked_until = CASE WHEN a.window_ends_at >= {now} AND a.count + 1 >= {FreeWrongPasswords}
                    THEN {now} + least({MaxDelay}, interval '1 second' * power(2, least(a.count + 1 - {FreeWrongPasswords}, 12))) END
            RETURNING count AS "Value"
            """).ToListAsync(cancellationToken);
        return count[0];
    }

    /// <summary>Resets the counter after a correct password.</summary>
    public Task ResetWrongPasswordsAsync(string account, CancellationToken cancellationToken) =>
        ResetAsync(WrongPassword, account, cancellationToken);

    /// <summary>
    /// Counts an attempt and returns whether it is within the limit per hour. One statement, so that two concurrent attempts cannot both be
    /// the last.
    /// </summary>
    public Task<bool> TryAcquireAsync(string kind, string subject, int maxPerHour, CancellationToken cancellationToken) =>
        TryAcquireAsync(kind, subject, maxPerHour, TimeSpan.FromHours(1), cancellationToken);

    /// <summary>Counts an attempt and returns whether it is within the limit of this period.</summary>
    public async Task<bool> TryAcquireAsync(string kind, string subject, int max, TimeSpan window, CancellationToken cancellationToken) =>
        await CountAsync(kind, subject, window, cancellationToken) <= max;

    /// <summary>
    /// Counts an attempt and returns the number of attempts in the window, including this one. One statement: no two attempts get the same
    /// number.
    /// </summary>
    public async Task<int> CountAsync(string kind, string subject, TimeSpan window, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        var windowEnd = now + window;
        var count = await dbContext.Database.SqlQuery<int>(
            $"""
            INSERT INTO accounts.attempts AS a (kind, key, count, window_ends_at)
            VALUES ({kind}, {Hash(subject)}, 1, {windowEnd})
            ON CONFLICT (kind, key) DO UPDATE SET
                count = CASE WHEN a.window_ends_at < {now} THEN 1 ELSE a.count + 1 END,
                window_ends_at = CASE WHEN a.window_ends_at < {now} THEN {windowEnd} ELSE a.window_ends_at END
            RETURNING count AS "Value"
            """).ToListAsync(cancellationToken);
        return count[0];
    }

    /// <summary>
    /// Counts an attempt that must follow the previous one after <paramref name="minInterval"/> and be within the limit per hour. Returns
    /// null if it is allowed, else the time to wait. One statement, whose work does not depend on the subject.
    /// </summary>
    public async Task<TimeSpan?> ThrottleAsync(
        string kind, string subject, TimeSpan minInterval, int maxPerHour, CancellationToken cancellationToken)
    {
        var key = Hash(subject);
        var now = time.GetUtcNow();
        var windowEnd = now + TimeSpan.FromHours(1);
        var counted = await dbContext.Database.SqlQuery<int>(
            $"""
            INSERT INTO accounts.attempts AS a (kind, key, count, window_ends_at, blocked_until)
            VALUES ({kind}, {key}, 1, {windowEnd}, {now + minInterval})
            ON CONFLICT (kind, key) DO UPDATE SET
                count = CASE WHEN a.window_ends_at < {now} THEN 1 ELSE a.count + 1 END,
                window_ends_at = CASE WHEN a.window_ends_at < {now} THEN {windowEnd} ELSE a.window_ends_at END,
                blocked_until = {now + minInterval}
            WHERE a.window_ends_at < {now} OR (a.blocked_until <= {now} AND a.count < {maxPerHour})
            RETURNING count AS "Value"
            """).ToListAsync(cancellationToken);
        if (counted.Count == 1)
        {
            return null;
        }

        var until = await dbContext.Database.SqlQuery<DateTimeOffset>(
            $"""
            SELECT CASE WHEN count < {maxPerHour} THEN blocked_until ELSE greatest(blocked_until, window_ends_at) END AS "Value"
            FROM accounts.attempts WHERE kind = {kind} AND key = {key}
            """).ToListAsync(cancellationToken);
        return until.Count == 1 && until[0] > now ? until[0] - now : TimeSpan.FromSeconds(1);
    }

    /// <summary>Undoes the count of an attempt.</summary>
    public Task UndoAsync(string kind, string subject, CancellationToken cancellationToken) =>
        dbContext.Database.ExecuteSqlAsync(
            $"UPDATE accounts.attempts SET count = count - 1 WHERE kind = {kind} AND key = {Hash(subject)} AND count > 0",
            cancellationToken);

    /// <summary>Resets the counter.</summary>
    public Task ResetAsync(string kind, string subject, CancellationToken cancellationToken) =>
        dbContext.Database.ExecuteSqlAsync(
            $"DELETE FROM accounts.attempts WHERE kind = {kind} AND key = {Hash(subject)}", cancellationToken);

    private static byte[] Hash(string subject) => SHA256.HashData(Encoding.UTF8.GetBytes(subject));
}
