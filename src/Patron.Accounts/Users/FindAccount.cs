using Microsoft.EntityFrameworkCore;
using Patron.Accounts.Database;
using Patron.Shared.Callers;

namespace Patron.Accounts.Users;

/// <summary>An account and its role in a word, as its owner sees it.</summary>
public sealed record AccountView(User User, string Role);

/// <summary>The caller's own account.</summary>
public sealed class FindAccount(AccountsContext context)
{
    public async Task<AccountView> HandleAsync(Caller caller, CancellationToken cancellation) =>
        View(caller, await context.Users.AsNoTracking().SingleAsync(user => user.Id == caller.UserId, cancellation));

    /// <summary>The caller's account as it has just been changed.</summary>
    public static AccountView View(Caller caller, User user) => new(user, UserRoles.Of(user.IsAdmin, caller.Memberships));
}
