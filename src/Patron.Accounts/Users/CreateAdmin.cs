using Microsoft.EntityFrameworkCore;
using Patron.Accounts.Database;
using Patron.Shared.Callers;
using Patron.Shared.Database;
using Patron.Shared.Results;
using Patron.Shared.Text;

namespace Patron.Accounts.Users;

/// <summary>
/// Creates an administrator, who has all permissions and owns the home organization. The address counts as proven, because the operator
/// vouches for it. Errors: 400 address taken, 422 by field.
/// </summary>
public sealed class CreateAdmin(
    AccountsContext dbContext, AccountRegistration registration, ICustomerRecords records, DatabaseSession database, HomeOrganization home,
    TimeProvider time)
{
    // Any constant that is the same in every process.
    private const long FirstAdminLock = 0x5061_7441;

    public async Task<Result<User>> HandleAsync(Caller caller, NewAccount account, CancellationToken cancellationToken)
    {
        var prepared = await PrepareAsync(caller, account, cancellationToken);
        if (!prepared.Succeeded(out var user, out var invalid))
        {
            return invalid;
        }

        await using var transaction = await database.BeginAsync(cancellationToken);
        if (await AddAsync(caller, user, cancellationToken) is { } taken)
        {
            return taken;
        }

        return await transaction.CommitAsync(user, cancellationToken);
    }

    /// <summary>
    /// Creates the administrator only if there is none yet; returns null if there is one. Of processes that start at the same time, one
    /// creates it.
    /// </summary>
    public async Task<Result<User?>> HandleFirstAsync(Caller caller, NewAccount account, CancellationToken cancellationToken)
    {
        if (await dbContext.Users.AnyAsync(row => row.IsAdmin, cancellationToken))
        {
            return default(User);
        }

        var prepared = await PrepareAsync(caller, account, cancellationToken);
        if (!prepared.Succeeded(out var user, out var invalid))
        {
            return invalid;
        }

        await using var transaction = await database.BeginAsync(cancellationToken);
        await dbContext.Database.ExecuteSqlAsync($"SELECT pg_advisory_xact_lock({FirstAdminLock})", cancellationToken);
        if (await dbContext.Users.AnyAsync(row => row.IsAdmin, cancellationToken))
        {
            return default(User);
        }

        if (await AddAsync(caller, user, cancellationToken) is { } taken)
        {
            return taken;
        }

        return await transaction.CommitAsync<User?>(user, cancellationToken);
    }

    private async Task<Result<User>> PrepareAsync(Caller caller, NewAccount account, CancellationToken cancellationToken)
    {
        var prepared = await registration.PrepareAsync(caller, account, cancellationToken);
        if (prepared.Succeeded(out var user, out _))
        {
            user.MakeAdmin();
            user.ConfirmEmail(new EmailAddress(user.Email!, user.NormalizedEmail!), time.GetUtcNow());
        }

        return prepared;
    }

    private async Task<Error?> AddAsync(Caller caller, User user, CancellationToken cancellationToken)
    {
        if (await registration.AddAsync(caller, user, home.Id, OrganizationRole.Vendor, cancellationToken) is { } taken)
        {
            return taken;
        }

        await records.RegisteredAsync(caller, [user], cancellationToken);
        return null;
    }
}
