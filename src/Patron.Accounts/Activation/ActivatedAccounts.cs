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
public sealed record NewOwner(EmailAddress Email, AccountNames Names, bool IsProven);

/// <summary>
/// Opens the account of somebody who is a customer already, or takes over one whose address was never proven: that one counts as absent
/// (linking.md, 'Activation').
/// </summary>
public sealed class ActivatedAccounts(
    AccountsContext context, AccountRegistration registration, NewPassword newPassword, ProveEmail proveEmail, HomeOrganization home)
{
    public static readonly Error HasAccount = Error.Rule("There is an account with this address already. Sign in, or set a new password under 'forgot password'.");

    /// <summary>The account with this address, proven or not; null where there is none.</summary>
    public Task<User?> FindAsync(string emailKey, CancellationToken cancellation) =>
        context.Users.AsNoTracking().SingleOrDefaultAsync(user => user.NormalizedEmail == emailKey, cancellation);

    /// <summary>
    /// Runs inside the transaction of the activation. The announcement of the proven address links what waits for it. Errors: 400 somebody else
    /// has the account by now.
    /// </summary>
    public async Task<Result<User>> OpenAsync(Caller caller, User prepared, NewOwner owner, CancellationToken cancellation)
    {
        var known = await context.Users.SingleOrDefaultAsync(user => user.NormalizedEmail == owner.Email.Key, cancellation);
        if (known is null)
        {
            prepared.ConfirmEmail(owner.Email, prepared.CreatedAt);
            AddEntry(caller, prepared);
            return await registration.AddAsync(caller, prepared, home.Id, OrganizationRole.Customer, cancellation, owner.IsProven);
        }

        await context.LockAsync(known, cancellation);
        if (known.EmailConfirmed || known.DisabledAt is not null || !owner.IsProven || known.NormalizedEmail != owner.Email.Key)
        {
            return HasAccount;
        }

        AddEntry(caller, known);
        await newPassword.TakeOverAsync(caller, known, prepared.PasswordHash!, cancellation, owner.Names);
        var confirmed = await proveEmail.HandleAsync(caller, known, owner.Email, cancellation);
        return confirmed.Select(_ => known);
    }

    private void AddEntry(Caller caller, User user) =>
        context.Audit.Add(AuditEntry.For(caller, "account.activated", "account", user.Id, user.UpdatedAt, home.Id, user.Id));
}
