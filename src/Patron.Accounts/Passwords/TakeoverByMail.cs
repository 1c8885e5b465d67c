using Patron.Accounts.Users;
using Patron.Shared.Callers;
using Patron.Shared.Database;
using Patron.Shared.Results;
using Patron.Shared.Text;

namespace Patron.Accounts.Passwords;

/// <summary>
/// Somebody who reads the account's mailbox sets a new password: it proves the address, and where the address was unproven the
/// old ways in end too. One transaction; of many at once with one secret one succeeds. Errors: 400 used up, 422 password refused.
/// </summary>
public sealed class TakeoverByMail(PasswordWork passwords, NewPassword newPassword, ChallengeUse challenges, ProveEmail proveEmail, DatabaseSession database)
{
    public async Task<Result<AccountView>> HandleAsync(Caller caller, Challenge challenge, User user, EmailAddress email, string password, CancellationToken cancellation)
    {
        var hashed = await passwords.HashAsync(user, password, cancellation);
        return hashed.Succeeded(out var hash, out var refused)
            ? await database.InTransactionAsync(() => TakeAsync(caller, challenge, user, email, hash, cancellation), cancellation)
            : refused;
    }

    private async Task<Result<AccountView>> TakeAsync(Caller caller, Challenge challenge, User user, EmailAddress email, string hash, CancellationToken cancellation)
    {
        if (!await challenges.TryConsumeAsync(challenge, user, cancellation))
        {
            return ChallengeUse.Unusable;
        }

        await (user.EmailConfirmed
            ? newPassword.SetAsync(caller, user, hash, keepSession: null, cancellation)
            : newPassword.TakeOverAsync(caller, user, hash, cancellation));
        return await proveEmail.HandleAsync(caller, user, email, cancellation);
    }
}
