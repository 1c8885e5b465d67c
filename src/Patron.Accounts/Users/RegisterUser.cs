using Microsoft.Extensions.Options;
using Patron.Accounts.Database;
using Patron.Accounts.Sessions;
using Patron.Shared.Callers;
using Patron.Shared.Database;
using Patron.Shared.Results;

namespace Patron.Accounts.Users;

/// <summary>What registering leads to; <see cref="SignedIn"/> is null where registration is private and everybody hears the same.</summary>
public sealed record Registration(SignedIn? SignedIn);

/// <summary>
/// Opens an account, makes the person a customer of the home organization and signs them in (source 3, register). Errors: 422
/// by field, 400 address or user name taken. With private registration a taken address is answered like a free one.
/// </summary>
public sealed class RegisterUser(
    AccountOpening opening, SessionStart sessions, DatabaseSession database, HomeOrganization home, IOptions<AccountsOptions> options)
{
    public async Task<Result<Registration>> HandleAsync(Caller caller, NewAccount account, CancellationToken cancellation)
    {
        var prepared = await opening.PrepareAsync(account, cancellation);
        if (!prepared.Succeeded(out var user, out var invalid))
        {
            return invalid;
        }

        var opened = await database.InTransactionAsync(() => OpenAsync(caller, user, cancellation), cancellation);
        if (!options.Value.PrivateRegistration)
        {
            return opened;
        }

        if (opened.Error == SavingAccounts.EmailTaken)
        {
            await opening.TellOwnerAsync(user.NormalizedEmail!, cancellation);
            return new Registration(null);
        }

        return opened.Error is { } error ? error : new Registration(null);
    }

    private async Task<Result<Registration>> OpenAsync(Caller caller, User user, CancellationToken cancellation)
    {
        var added = await opening.AddAsync(caller, user, home.Id, OrganizationRole.Customer, cancellation);
        if (added.Error is { } taken)
        {
            return taken;
        }

        return new Registration(options.Value.PrivateRegistration ? null : await sessions.StartAsync(caller, user, cancellation));
    }
}
