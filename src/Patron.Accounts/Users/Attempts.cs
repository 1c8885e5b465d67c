using System.Security.Cryptography;
using System.Text;
using Microsoft.EntityFrameworkCore;
using Patron.Accounts.Database;

namespace Patron.Accounts.Users;

/// <summary>
/// The tight limits, kept in the database so that they hold across processes and restarts: wrong passwords of an account,
/// mails to a mailbox (<see cref="MailBudgets"/>), first passwords and codes of an address, invitations and offers of a sender. Keys are hashed: the
/// table holds no address.
/// </summary>
public sealed class Attempts(AccountsContext context, TimeProvider time)
{
    /// <summary>Wrong passwords that cost nothing; each further one doubles the pause, up to a quarter of an hour.</summary>
    public const int FreeWrongPasswords = 10;

    /// <summary>Invitations and offers that one member or key sends.</summary>
    public const string Invitation = "invitation";

    /// <summary>Invitations and offers that a new organization sends, whoever does it there.</summary>
    public const string NewOrganization = "new_organization";

    /// <summary>New passwords that one client asks for one address.</summary>
    public const string ResetByClient = "reset_by_client";

    /// <summary>Requests for a first password that are typed for one address, known or not.</summary>
    public const string Activation = "activation";

    /// <summary>Codes that are typed for one address.</summary>
    public const string ActivationCode = "activation_code";

    private const string WrongPassword = "wrong_password";
    private static readonly TimeSpan WrongPasswordMemory = TimeSpan.FromHours(24);
    private static readonly TimeSpan LongestPause = TimeSpan.FromMinutes(15);

    /// <summary>How long the account must still wait after wrong passwords; null when it need not.</summary>
    public async Task<TimeSpan?> PauseAsync(string account, CancellationToken cancellationToken)
    {
        var key = Hash(account);
        var now = time.GetUtcNow();
        var until = await context.Database
            .SqlQuery<DateTimeOffset?>($"SELECT blocked_until AS \"Value\" FROM accounts.attempts WHERE kind = {WrongPassword} AND key = {key}")
            .SingleOrDefaultAsync(cancellationToken);
        return until > now ? until - now : null;
    }

    /// <summary>Counts a wrong password; from the eleventh within a day on, the account has to wait.</summary>
    public Task CountWrongPasswordAsync(string account, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        return context.Database.ExecuteSqlAsync(
            $"""
            INSERT INTO accounts.attempts AS a (kind, key, count, window_ends_at)
            VALUES ({WrongPassword}, {Hash(account)}, 1, {now + WrongPasswordMemory})
            ON CONFLICT (kind, key) DO UPDATE SET
                count = CASE WHEN a.window_ends_at < {now} THEN 1 ELSE a.count + 1 END,
                window_ends_at = {now + WrongPasswordMemory},
                blocked_until = CASE WHEN a.window_ends_at >= {now} AND a.count + 1 >= {FreeWrongPasswords}
                    THEN {now} + least({LongestPause}, interval '1 second' * power(2, least(a.count + 1 - {FreeWrongPasswords}, 12))) END
            """, cancellationToken);
    }

    /// <summary>The right password was given: start counting anew.</summary>
    public Task ForgetWrongPasswordsAsync(string account, CancellationToken cancellationToken) => ForgetAsync(WrongPassword, account, cancellationToken);

    /// <summary>Takes one of so many tries within an hour; false when they are used up. One statement: two at once cannot both have the last.</summary>
    public Task<bool> TryTakeAsync(string kind, string subject, int perHour, CancellationToken cancellationToken) =>
        TryTakeAsync(kind, subject, perHour, TimeSpan.FromHours(1), cancellationToken);

    /// <summary>The same within another time.</summary>
    public async Task<bool> TryTakeAsync(string kind, string subject, int most, TimeSpan within, CancellationToken cancellationToken) =>
        await CountAsync(kind, subject, within, cancellationToken) <= most;

    /// <summary>Counts one more try; answers how many there have been in the window, with this one. One statement: no two get the same number.</summary>
    public async Task<int> CountAsync(string kind, string subject, TimeSpan within, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        var windowEnd = now + within;
        var count = await context.Database.SqlQuery<int>(
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
    /// Takes one of so many tries within an hour, each a while after the one before; null when it was taken, else how long to wait. One
    /// statement, and what it takes does not depend on the subject.
    /// </summary>
    public async Task<TimeSpan?> PaceAsync(string kind, string subject, TimeSpan between, int perHour, CancellationToken cancellationToken)
    {
        var key = Hash(subject);
        var now = time.GetUtcNow();
        var windowEnd = now + TimeSpan.FromHours(1);
        var taken = await context.Database.SqlQuery<int>(
            $"""
            INSERT INTO accounts.attempts AS a (kind, key, count, window_ends_at, blocked_until)
            VALUES ({kind}, {key}, 1, {windowEnd}, {now + between})
            ON CONFLICT (kind, key) DO UPDATE SET
                count = CASE WHEN a.window_ends_at < {now} THEN 1 ELSE a.count + 1 END,
                window_ends_at = CASE WHEN a.window_ends_at < {now} THEN {windowEnd} ELSE a.window_ends_at END,
                blocked_until = {now + between}
            WHERE a.window_ends_at < {now} OR (a.blocked_until <= {now} AND a.count < {perHour})
            RETURNING count AS "Value"
            """).ToListAsync(cancellationToken);
        if (taken.Count == 1)
        {
            return null;
        }

        var until = await context.Database.SqlQuery<DateTimeOffset>(
            $"""
            SELECT CASE WHEN count < {perHour} THEN blocked_until ELSE greatest(blocked_until, window_ends_at) END AS "Value"
            FROM accounts.attempts WHERE kind = {kind} AND key = {key}
            """).ToListAsync(cancellationToken);
        return until.Count == 1 && until[0] > now ? until[0] - now : TimeSpan.FromSeconds(1);
    }

    /// <summary>A try that was taken need not have been.</summary>
    public Task GiveBackAsync(string kind, string subject, CancellationToken cancellationToken) =>
        context.Database.ExecuteSqlAsync($"UPDATE accounts.attempts SET count = count - 1 WHERE kind = {kind} AND key = {Hash(subject)} AND count > 0", cancellationToken);

    /// <summary>Starts counting anew.</summary>
    public Task ForgetAsync(string kind, string subject, CancellationToken cancellationToken) =>
        context.Database.ExecuteSqlAsync($"DELETE FROM accounts.attempts WHERE kind = {kind} AND key = {Hash(subject)}", cancellationToken);

    private static byte[] Hash(string subject) => SHA256.HashData(Encoding.UTF8.GetBytes(subject));
}
