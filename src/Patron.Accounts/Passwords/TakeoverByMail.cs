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
    public async Task<Result<AccountView>> HandleAsync(
        Caller caller, Challenge challenge, User user, EmailAddress email, string password, CancellationToken cancellationToken)
    {
        var hashed = await passwords.HashAsync(user, password, cancellationToken);
        if (!hashed.Succeeded(out var hash, out var refused))
        {
            return refused;
        }

        await using var transaction = await database.BeginAsync(cancellationToken);
        if (!await challenges.TryConsumeAsync(challenge, user, cancellationToken))
        {
            return ChallengeUse.Unusable;
        }

        if (user.EmailConfirmed)
        {
            await newPassword.SetAsync(caller, user, hash, keepSession: null, cancellationToken);
        }
        else
        {
            await newPassword.TakeOverAsync(caller, user, hash, cancellationToken);
        }

        var proven = await proveEmail.HandleAsync(caller, user, email, cancellationToken);
        return await transaction.CommitAsync(proven, cancellationToken);
    }
}
