using Microsoft.EntityFrameworkCore;
using Patron.Accounts.Users;
using Patron.Shared.Database;
using Patron.Shared.Results;

namespace Patron.Accounts.Database;

/// <summary>Locks and saves accounts.</summary>
internal static class AccountsContextExtensions
{
    public static readonly Error EmailTaken = Error.Rule(
        "account_exists", "An account with this email address already exists.");

    public static readonly Error UserNameTaken = Error.Rule("username_taken", "This username is taken. Choose a different one.");

    /// <summary>
    /// Locks the account's row and reloads it. Call it before any other lock (linking.md: account, then the rest), and repeat checks that
    /// were made before it: hashing runs outside of the transaction.
    /// </summary>
    public static async Task LockAsync(this AccountsContext dbContext, User user, CancellationToken cancellationToken)
    {
        await dbContext.Database.ExecuteSqlAsync($"SELECT FROM accounts.users WHERE id = {user.Id} FOR UPDATE", cancellationToken);
        await dbContext.Entry(user).ReloadAsync(cancellationToken);
    }

    /// <summary>
    /// Takes a shared lock, so that concurrent sign-ins do not wait for each other, and returns whether the account still has the password
    /// that was checked and is not disabled.
    /// </summary>
    public static async Task<bool> LockForSignInAsync(this AccountsContext dbContext, User user, CancellationToken cancellationToken) =>
        (await dbContext.Database.SqlQuery<int>(
            $"""
            SELECT 1 AS "Value" FROM accounts.users
            WHERE id = {user.Id} AND security_stamp = {user.SecurityStamp} AND disabled_at IS NULL FOR SHARE
            """).ToListAsync(cancellationToken)).Count == 1;

    /// <summary>
    /// Saves, and returns null or the contract's error if a unique index was violated: another request has taken the address or name in the
    /// meantime.
    /// </summary>
    public static async Task<Error?> TrySaveAsync(this AccountsContext dbContext, CancellationToken cancellationToken)
    {
        try
        {
            await dbContext.SaveChangesAsync(cancellationToken);
            return null;
        }
        catch (DbUpdateException exception)
        {
            if (ToError(UniqueViolation.Constraint(exception)) is { } error)
            {
                return error;
            }

            throw;
        }
    }

    private static Error? ToError(string? constraint) => constraint switch
    {
        "ux_users_normalized_email" => EmailTaken,
        "ux_users_normalized_user_name" => UserNameTaken,
        "pk_memberships" or "memberships_pkey" => Error.Rule("already_member", "This person is already a member of the organization."),
        "ux_invitations_open" => Error.Rule("already_invited", "This person has already been invited."),
        _ => null,
    };
}
