using Microsoft.EntityFrameworkCore;
using Patron.Accounts.Database;
using Patron.Shared.Callers;
using Patron.Shared.Database;
using Patron.Shared.Results;

namespace Patron.Accounts.Passwords;

/// <summary>
/// Replaces the caller's own password, checks the current one, and ends all other sessions. Errors: 400 only the current one is wrong, 422
/// the new one is refused (and the current one may be wrong too), 429 too many wrong ones.
/// </summary>
public sealed class ChangePassword(
    AccountsContext dbContext, PasswordHashing passwords, PasswordSetter passwordSetter, DatabaseSession database)
{
    public static readonly Error CurrentIsWrong = Error.Rule("password_incorrect", "Your current password isn't right.");

    public async Task<Result<Unit>> HandleAsync(
        Caller caller, string currentPassword, NewPassword password, CancellationToken cancellationToken)
    {
        var user = await dbContext.Users.SingleAsync(row => row.Id == caller.UserId, cancellationToken);
        var errors = new FieldErrors();
        password.Check(errors, text => passwords.Refusal(text, user.Email, user.Names));
        var wrong = await passwords.VerifyAsync(user, user.Id.ToString(), currentPassword, CurrentIsWrong, cancellationToken);
        if (wrong is not null && (wrong != CurrentIsWrong || !errors.Any))
        {
            return wrong;
        }

        if (wrong is not null)
        {
            errors.Add("current_password", wrong.Detail);
        }

        if (errors.Any)
        {
            return errors.ToError();
        }

        var checkedStamp = user.SecurityStamp;
        var hashed = await passwords.HashAsync(user, password.Text, cancellationToken);
        if (!hashed.Succeeded(out var hash, out var error))
        {
            return error;
        }

        await using var transaction = await database.BeginAsync(cancellationToken);
        await dbContext.LockAsync(user, cancellationToken);
        if (user.SecurityStamp != checkedStamp)
        {
            return CurrentIsWrong; // A reset has replaced the password while this request was hashing. The reset must win.
        }

        await passwordSetter.SetAsync(caller, user, hash, caller.SessionId, cancellationToken);
        return await transaction.CommitAsync(default(Unit), cancellationToken);
    }
}
