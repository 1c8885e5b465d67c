using Microsoft.EntityFrameworkCore;
using Patron.Accounts.Database;

namespace Patron.Accounts.Users;

/// <summary>The state of an account for staff: whether and since when its address is proven, and whether it can sign in.</summary>
public sealed record AccountState(Guid Id, long Number, string Email, DateTimeOffset CreatedAt)
{
    /// <summary>When the address was proven; null while it is not.</summary>
    public DateTimeOffset? EmailConfirmedAt { get; init; }

    /// <summary>The address that the person wants to change to and has not proven.</summary>
    public string? PendingEmail { get; init; }

    public DateTimeOffset? DisabledAt { get; init; }

    /// <summary>When whoever reads the mailbox took the account over from the one who had registered it.</summary>
    public DateTimeOffset? TakenOverAt { get; init; }

    public bool HasPassword { get; init; }

    /// <summary>Whether the person has nothing to confirm: neither the address nor a new one.</summary>
    public bool IsConfirmed => EmailConfirmedAt is not null && PendingEmail is null;
}

/// <summary>Finds the state of an account, also of a disabled one. For other modules; it does not check access.</summary>
public sealed class FindAccountState(AccountsContext dbContext)
{
    public Task<AccountState?> HandleAsync(Guid userId, CancellationToken cancellationToken) =>
        dbContext.Users.Where(user => user.Id == userId).Select(user => new AccountState(user.Id, user.Number, user.Email!, user.CreatedAt)
        {
            EmailConfirmedAt = user.EmailConfirmedAt,
            PendingEmail = user.PendingEmail,
            DisabledAt = user.DisabledAt,
            TakenOverAt = user.TakenOverAt,
            HasPassword = user.PasswordHash != null,
        }).SingleOrDefaultAsync(cancellationToken);
}
