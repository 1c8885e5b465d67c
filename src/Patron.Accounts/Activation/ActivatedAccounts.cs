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

/// <summary>Whom an account is opened for: a customer's address and names, and how much is known of the person.</summary>
public sealed record NewOwner(EmailAddress Email, PersonNames Names, bool IsProven);

/// <summary>
/// Opens the account of somebody who is a customer already, or takes over one whose address was never proven: that one counts as absent
/// (linking.md, 'Activation').
/// </summary>
public sealed class ActivatedAccounts(
    AccountsContext context, AccountRegistration registration, NewPassword newPassword, ProveEmail proveEmail, HomeOrganization home)
{
    public static readonly Error HasAccount = Error.Rule("There is an account with this address already. Sign in, or set a new password under 'forgot password'.");

    /// <summary>The account with this address, proven or not; null where there is none.</summary>
    public Task<User?> FindAsync(string emailKey, CancellationToken cancellationToken) =>
        context.Users.AsNoTracking().SingleOrDefaultAsync(user => user.NormalizedEmail == emailKey, cancellationToken);

    /// <summary>Runs inside the transaction of the activation. The proof links the record that waits for it. Errors: 400 somebody else has the account by now.</summary>
    public async Task<Result<User>> OpenAsync(Caller caller, User prepared, NewOwner owner, CancellationToken cancellationToken)
    {
        var known = await context.Users.SingleOrDefaultAsync(user => user.NormalizedEmail == owner.Email.Key, cancellationToken);
        var refused = known is null
            ? await AddAsync(caller, prepared, cancellationToken)
            : await TakeOverAsync(caller, known, prepared.PasswordHash!, owner, cancellationToken);
        if (refused is not null)
        {
            return refused;
        }

        var opened = known ?? prepared;
        var proven = await proveEmail.HandleAsync(caller, opened, owner.Email, cancellationToken, isTrusted: !owner.IsProven);
        return proven.Select(_ => opened);
    }

    private Task<Error?> AddAsync(Caller caller, User prepared, CancellationToken cancellationToken)
    {
        AddEntry(caller, prepared);
        return registration.AddAsync(caller, prepared, home.Id, OrganizationRole.Customer, cancellationToken, isProofAtHand: true);
    }

    private async Task<Error?> TakeOverAsync(Caller caller, User known, string passwordHash, NewOwner owner, CancellationToken cancellationToken)
    {
        await context.LockAsync(known, cancellationToken);
        if (known.EmailConfirmed || known.DisabledAt is not null || !owner.IsProven || known.NormalizedEmail != owner.Email.Key)
        {
            return HasAccount;
        }

        AddEntry(caller, known);
        await newPassword.TakeOverAsync(caller, known, passwordHash, cancellationToken, owner.Names);
        return null;
    }

    private void AddEntry(Caller caller, User user) =>
        context.Audit.Add(AuditEntry.For(caller, "account.activated", "account", user.Id, user.UpdatedAt, home.Id, user.Id));
}
