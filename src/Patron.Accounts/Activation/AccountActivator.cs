using Microsoft.EntityFrameworkCore;
using Patron.Accounts.Database;
using Patron.Accounts.Passwords;
using Patron.Accounts.Sessions;
using Patron.Accounts.Users;
using Patron.Shared.Audit;
using Patron.Shared.Callers;
using Patron.Shared.Results;
using Patron.Shared.Text;

namespace Patron.Accounts.Activation;

/// <summary>The customer an account is created for. <c>IsProven</c> is false if the address was only typed.</summary>
public sealed record NewOwner(EmailAddress Email, PersonNames Names, bool IsProven);

/// <summary>
/// Creates the account of an existing customer, or takes over one with an unproven address, which counts as absent (linking.md,
/// 'Activation').
/// </summary>
public sealed class AccountActivator(
    AccountsContext dbContext, AccountRegistration registration, PasswordSetter passwordSetter, ProveEmail proveEmail,
    HomeOrganization home)
{
    public static readonly Error HasAccount = Error.Rule(
        "account_exists", "You already have an account. Sign in or reset your password.");

    /// <summary>Finds the account with this address, proven or not.</summary>
    public Task<User?> FindAsync(string emailKey, CancellationToken cancellationToken) =>
        dbContext.Users.AsNoTracking().SingleOrDefaultAsync(user => user.NormalizedEmail == emailKey, cancellationToken);

    /// <summary>
    /// Runs inside the transaction of the activation. Proving the address links its customer record. Errors: 400 another account has the
    /// address by now.
    /// </summary>
    public async Task<Result<User>> ActivateAsync(Caller caller, User prepared, NewOwner owner, CancellationToken cancellationToken)
    {
        var existing = await dbContext.Users.SingleOrDefaultAsync(user => user.NormalizedEmail == owner.Email.Key, cancellationToken);
        var refused = existing is null
            ? await AddAsync(caller, prepared, cancellationToken)
            : await TakeOverAsync(caller, existing, prepared.PasswordHash!, owner, cancellationToken);
        if (refused is not null)
        {
            return refused;
        }

        var user = existing ?? prepared;
        var proven = await proveEmail.HandleAsync(caller, user, owner.Email, cancellationToken, isTrusted: !owner.IsProven);
        return proven.Select(_ => user);
    }

    private Task<Error?> AddAsync(Caller caller, User prepared, CancellationToken cancellationToken)
    {
        AddEntry(caller, prepared);
        return registration.AddAsync(caller, prepared, home.Id, OrganizationRole.Customer, cancellationToken, isProven: true);
    }

    private async Task<Error?> TakeOverAsync(
        Caller caller, User existing, string passwordHash, NewOwner owner, CancellationToken cancellationToken)
    {
        await dbContext.LockAsync(existing, cancellationToken);
        if (existing.EmailConfirmed || existing.DisabledAt is not null || !owner.IsProven || existing.NormalizedEmail != owner.Email.Key)
        {
            return HasAccount;
        }

        AddEntry(caller, existing);
        await passwordSetter.TakeOverAsync(caller, existing, passwordHash, cancellationToken, owner.Names);
        return null;
    }

    private void AddEntry(Caller caller, User user) =>
        dbContext.Audit.Add(AuditEntry.For(caller, "account.activated", "account", user.Id, user.UpdatedAt, home.Id, user.Id));
}
