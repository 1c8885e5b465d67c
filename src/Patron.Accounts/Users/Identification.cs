using Microsoft.EntityFrameworkCore;
using Patron.Accounts.Database;
using Patron.Shared.Text;

namespace Patron.Accounts.Users;

/// <summary>Finds the account behind what somebody types to sign in: an e-mail where there is an <c>@</c>, else a user name.</summary>
internal static class Identification
{
    public static Task<User?> IdentifyAsync(this AccountsContext context, string typed, CancellationToken cancellation)
    {
        var key = Folding.Key(typed);
        return key.Contains('@', StringComparison.Ordinal)
            ? context.Users.SingleOrDefaultAsync(user => user.NormalizedEmail == key, cancellation)
            : context.Users.SingleOrDefaultAsync(user => user.NormalizedUserName == key, cancellation);
    }
}
