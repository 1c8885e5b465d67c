using Microsoft.EntityFrameworkCore;
using Patron.Accounts.Users;

namespace Patron.Accounts.Database;

/// <summary>
/// Keeps an account as it is until the transaction ends. What was checked before it (a password, an address) was checked outside,
/// because hashing takes its time: here it is asked again. Always the first lock (linking.md: account, then the rest).
/// </summary>
internal static class UserLocks
{
    /// <summary>Locks the account's row and reads it anew: changes made meanwhile are seen, and none comes in between.</summary>
    public static async Task LockAsync(this AccountsContext context, User user, CancellationToken cancellationToken)
    {
        await context.Database.ExecuteSqlAsync($"SELECT FROM accounts.users WHERE id = {user.Id} FOR UPDATE", cancellationToken);
        await context.Entry(user).ReloadAsync(cancellationToken);
    }

    /// <summary>Whether the account still has the password that was checked and is not switched off; both stay so. Sign-ins do not wait for each other.</summary>
    public static async Task<bool> HoldSignInAsync(this AccountsContext context, User user, CancellationToken cancellationToken) =>
        (await context.Database.SqlQuery<int>(
            $"""
            SELECT 1 AS "Value" FROM accounts.users
            WHERE id = {user.Id} AND security_stamp = {user.SecurityStamp} AND disabled_at IS NULL FOR SHARE
            """).ToListAsync(cancellationToken)).Count == 1;
}
