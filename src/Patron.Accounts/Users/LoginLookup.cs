using Microsoft.EntityFrameworkCore;
using Patron.Accounts.Database;
using Patron.Shared.Text;

namespace Patron.Accounts.Users;

/// <summary>Finds the account of a login name: an email address if it contains <c>@</c>, else a username.</summary>
internal static class LoginLookup
{
    public static async Task<User?> FindByLoginAsync(this AccountsContext dbContext, string login, CancellationToken cancellationToken)
    {
        if (KeyOf(login) is not { } key)
        {
            return null;
        }

        // While two accounts have a conflict of email keys that staff must resolve (EmailKeys), each is found by its own spelling.
        var former = Folding.Key(login);
        return key.Contains('@', StringComparison.Ordinal)
            ? await dbContext.Users.Where(user => user.NormalizedEmail == key || user.NormalizedEmail == former)
                .OrderByDescending(user => user.NormalizedEmail == former).FirstOrDefaultAsync(cancellationToken)
            : await dbContext.Users.SingleOrDefaultAsync(user => user.NormalizedUserName == key, cancellationToken);
    }

    /// <summary>Returns the comparison key of a login name, or null if it is too long.</summary>
    public static string? KeyOf(string login) => login.Length > 2 * EmailAddress.MaxLength ? null : EmailAddress.KeyOf(login);
}
