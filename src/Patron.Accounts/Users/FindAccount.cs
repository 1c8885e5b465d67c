using Microsoft.EntityFrameworkCore;
using Patron.Accounts.Database;
using Patron.Shared.Callers;

namespace Patron.Accounts.Users;

/// <summary>An account and its role in a word, as its owner sees it.</summary>
public sealed record AccountView(User User, string Role);

/// <summary>The caller's own account.</summary>
public sealed class FindAccount(AccountsContext context)
{
    public async Task<AccountView> HandleAsync(Caller caller, CancellationToken cancellationToken) =>
        await context.ViewAsync(await context.Users.AsNoTracking().SingleAsync(user => user.Id == caller.UserId, cancellationToken), cancellationToken);
}

internal static class AccountViews
{
    public static async Task<AccountView> ViewAsync(this AccountsContext context, User user, CancellationToken cancellationToken)
    {
        var roles = await context.Members.Where(member => member.UserId == user.Id).Select(member => member.Role).Distinct().ToListAsync(cancellationToken);
        return new AccountView(user, UserRoles.Of(user.IsAdmin, roles));
    }
}
