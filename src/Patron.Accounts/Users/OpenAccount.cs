using Microsoft.Extensions.Options;
using Patron.Accounts.Database;
using Patron.Accounts.Sessions;
using Patron.Shared.Callers;
using Patron.Shared.Database;
using Patron.Shared.Results;

namespace Patron.Accounts.Users;

/// <summary>What a sign-up made, and the session it leads to; nothing of it where registration is private and everybody hears the same.</summary>
public sealed record SignedUp<T>(T? Made, SignedIn? SignedIn)
    where T : class;

/// <summary>
/// How every sign-up goes: checks and hashing first, then everything its door makes and the session in one transaction, or nothing. With
/// private registration a taken address is answered like a free one, and its owner is told by mail. Errors: 422 by field, 400 address or
/// user name taken, 503 too busy.
/// </summary>
public sealed class OpenAccount(AccountRegistration registration, SessionStart sessions, DatabaseSession database, IOptions<AccountsOptions> options)
{
    /// <summary><paramref name="make"/> runs inside the transaction and begins with <see cref="AccountRegistration.AddAsync"/>.</summary>
    public async Task<Result<SignedUp<T>>> RunAsync<T>(
        Caller caller, NewAccount account, Func<User, Task<Result<T>>> make, CancellationToken cancellation)
        where T : class
    {
        var prepared = await registration.PrepareAsync(account, cancellation);
        if (!prepared.Succeeded(out var user, out var invalid))
        {
            return invalid;
        }

        var isPrivate = options.Value.PrivateRegistration;
        var opened = await database.InTransactionAsync<SignedUp<T>>(
            async () =>
            {
                var made = await make(user);
                return !made.Succeeded(out var value, out var refused) ? refused
                    : isPrivate ? new SignedUp<T>(null, null)
                    : new SignedUp<T>(value, await sessions.StartAsync(caller, user, cancellation));
            },
            cancellation);
        if (isPrivate && opened.Error == SavingAccounts.EmailTaken)
        {
            await registration.TellOwnerAsync(caller, user.NormalizedEmail!, cancellation);
            return new SignedUp<T>(null, null);
        }

        return opened;
    }
}
