using Microsoft.EntityFrameworkCore;
using Patron.Accounts.Database;
using Patron.Shared.Callers;
using Patron.Shared.Database;
using Patron.Shared.Results;
using Patron.Shared.Text;

namespace Patron.Accounts.Users;

/// <summary>
/// Makes an administrator, who may do everything everywhere and owns the home organization; the address counts as proven,
/// because whoever runs Patron vouches for it. Errors: 400 address taken, 422 by field.
/// </summary>
public sealed class CreateAdmin(AccountsContext context, AccountRegistration registration, DatabaseSession database, HomeOrganization home, TimeProvider time)
{
    // Any constant; it only has to be the same in every process.
    private const long FirstAdminLock = 0x5061_7441;

    public async Task<Result<User>> HandleAsync(Caller caller, NewAccount account, CancellationToken cancellation)
    {
        var prepared = await PrepareAsync(account, cancellation);
        return prepared.Succeeded(out var user, out _)
            ? await database.InTransactionAsync(() => registration.AddAsync(caller, user, home.Id, OrganizationRole.Vendor, cancellation), cancellation)
            : prepared;
    }

    /// <summary>The same, but only where there is no administrator yet; null where there is one. Of many processes that start at once, one makes it.</summary>
    public async Task<Result<User?>> HandleFirstAsync(Caller caller, NewAccount account, CancellationToken cancellation)
    {
        if (await context.Users.AnyAsync(user => user.IsAdmin, cancellation))
        {
            return default(User);
        }

        var prepared = await PrepareAsync(account, cancellation);
        if (!prepared.Succeeded(out var user, out var invalid))
        {
            return invalid;
        }

        return await database.InTransactionAsync<User?>(
            async () =>
            {
                await context.Database.ExecuteSqlAsync($"SELECT pg_advisory_xact_lock({FirstAdminLock})", cancellation);
                if (await context.Users.AnyAsync(row => row.IsAdmin, cancellation))
                {
                    return default(User);
                }

                var added = await registration.AddAsync(caller, user, home.Id, OrganizationRole.Vendor, cancellation);
                return added.Error is { } error ? error : user;
            },
            cancellation);
    }

    private async Task<Result<User>> PrepareAsync(NewAccount account, CancellationToken cancellation)
    {
        var prepared = await registration.PrepareAsync(account, cancellation);
        if (prepared.Succeeded(out var user, out _))
        {
            user.MakeAdmin();
            user.ConfirmEmail(new EmailAddress(user.Email!, user.NormalizedEmail!), time.GetUtcNow());
        }

        return prepared;
    }
}
