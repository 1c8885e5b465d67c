using Microsoft.EntityFrameworkCore;
using Patron.Accounts.Database;
using Patron.Shared.Text;

namespace Patron.Accounts.Users;

/// <summary>Finds the account behind what somebody types to sign in: an e-mail where there is an <c>@</c>, else a user name.</summary>
internal static class Identification
{
    public static async Task<User?> IdentifyAsync(this AccountsContext context, string typed, CancellationToken cancellationToken)
    {
        if (KeyOf(typed) is not { } key)
        {
            return null;
        }

        // Of two accounts that wait for staff to decide (EmailKeys) each is found by its own spelling.
        var former = Folding.Key(typed);
        return key.Contains('@', StringComparison.Ordinal)
            ? await context.Users.Where(user => user.NormalizedEmail == key || user.NormalizedEmail == former)
                .OrderByDescending(user => user.NormalizedEmail == former).FirstOrDefaultAsync(cancellationToken)
            : await context.Users.SingleOrDefaultAsync(user => user.NormalizedUserName == key, cancellationToken);
    }

    /// <summary>What is typed as it is compared; null where it is too long to be an account's.</summary>
    public static string? KeyOf(string typed) => typed.Length > 2 * EmailAddress.MaxLength ? null : EmailAddress.KeyOf(typed);
}
