using Microsoft.EntityFrameworkCore;
using Patron.Accounts.Database;
using Patron.Shared.Callers;
using Patron.Shared.Results;
using Patron.Shared.Text;

namespace Patron.Accounts.Users;

/// <summary>A page of accounts, and the total count.</summary>
public sealed record UserPage(IReadOnlyList<AccountView> Accounts, int Total);

/// <summary>
/// Lists all accounts, oldest first, or those with a text anywhere in their name or email address, for administrators. Errors: 403; 422
/// for <c>skip</c>, <c>take</c> (1 to 1000) or <c>search</c>.
/// </summary>
public sealed class ListUsers(AccountsContext dbContext)
{
    public const int DefaultPageSize = 20;
    public const int MaxPageSize = 1000;
    private const int MaxSearchLength = 255;
    private const string Escape = "\\";

    public async Task<Result<UserPage>> HandleAsync(Caller caller, string? search, int skip, int take, CancellationToken cancellationToken)
    {
        if (!caller.IsAdmin)
        {
            return Error.Forbidden("admin_required", "Only an administrator can see all accounts.");
        }

        if (Refusal(search, skip, take) is { } refusal)
        {
            return refusal;
        }

        var users = Matching(TextRules.NullIfBlank(search));
        var page = await users.OrderBy(user => user.Number).Skip(skip).Take(take).ToListAsync(cancellationToken);
        var ids = page.ConvertAll(user => user.Id);
        var roles =
            (await dbContext.Members.AsNoTracking()
                .Where(member => ids.Contains(member.UserId))
                .Select(member => new { member.UserId, member.Role })
                .ToListAsync(cancellationToken))
            .ToLookup(member => member.UserId, member => member.Role);
        return new UserPage(
            page.ConvertAll(user => new AccountView(user, UserRoles.Of(user.IsAdmin, roles[user.Id]))),
            await users.CountAsync(cancellationToken));
    }

    private IQueryable<User> Matching(string? text)
    {
        var users = dbContext.Users.AsNoTracking();
        if (text is null)
        {
            return users;
        }

        var pattern =
            $"%{text.Replace(Escape, Escape + Escape, StringComparison.Ordinal).Replace("%", $"{Escape}%", StringComparison.Ordinal).Replace("_", $"{Escape}_", StringComparison.Ordinal)}%";
        return users.Where(
            user => EF.Functions.ILike(user.FirstName + " " + user.LastName, pattern, Escape)
                || EF.Functions.ILike(user.Email!, pattern, Escape));
    }

    private static Error? Refusal(string? search, int skip, int take)
    {
        var errors = new FieldErrors();
        if (skip < 0)
        {
            errors.Add("skip", "Must be 0 or more.");
        }

        if (take is < 1 or > MaxPageSize)
        {
            errors.Add("take", $"Must be a number from 1 to {MaxPageSize}.");
        }

        if (search is not null && (TextRules.IsLonger(search, MaxSearchLength) || TextRules.Problem(search) is not null))
        {
            errors.Add("search", $"Must have at most {MaxSearchLength} characters, without control characters.");
        }

        return errors.Any ? errors.ToError() : null;
    }
}
