using Microsoft.EntityFrameworkCore;
using Patron.Accounts.Database;
using Patron.Shared.Callers;

namespace Patron.Accounts.Users;

/// <summary>An account and its role name, as its owner sees it.</summary>
public sealed record AccountView(User User, string Role);

/// <summary>Finds the caller's own account.</summary>
public sealed class FindAccount(AccountsContext dbContext)
{
    public async Task<AccountView> HandleAsync(Caller caller, CancellationToken cancellationToken) =>
        await dbContext.ViewAsync(
            await dbContext.Users.AsNoTracking().SingleAsync(user => user.Id == caller.UserId, cancellationToken), cancellationToken);
}

internal static class AccountViews
{
    public static async Task<AccountView> ViewAsync(this AccountsContext dbContext, User user, CancellationToken cancellationToken)
    {
        var roles = await dbContext.Members.Where(member => member.UserId == user.Id)
            .Select(member => member.Role)
            .Distinct()
            .ToListAsync(cancellationToken);
        return new AccountView(user, UserRoles.Of(user.IsAdmin, roles));
    }
}
