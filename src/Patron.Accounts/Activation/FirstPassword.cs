using Patron.Accounts.Passwords;
using Patron.Accounts.Users;
using Patron.Shared.Database;
using Patron.Shared.Results;
using Patron.Shared.Text;

namespace Patron.Accounts.Activation;

/// <summary>A first password, given twice (source 4), and the address it is for.</summary>
public sealed class FirstPassword(PasswordWork passwords, TimeProvider time)
{
    private static readonly Error Differ = Error.Rule("The two passwords differ; type the same one twice.");

    /// <summary>
    /// The address, where the form of all is right, whoever's address it is: names are not known yet. 422 by field (<c>email</c>,
    /// <c>password</c>, <c>password_confirmation</c>), 400 where the passwords differ.
    /// </summary>
    public Result<EmailAddress> Check(string? email, string? password, string? confirmation)
    {
        var errors = new FieldErrors();
        if (!EmailAddress.TryParse(email, out var address))
        {
            errors.Add("email", EmailAddress.Rule(email));
        }

        Check(errors, email, password, confirmation);
        return errors.Any ? errors.ToError() : password != confirmation ? Differ : address!;
    }

    /// <summary>What is wrong with the passwords, where the address is known from elsewhere; null when nothing is.</summary>
    public Error? Refusal(string? password, string? confirmation)
    {
        var errors = new FieldErrors();
        Check(errors, null, password, confirmation);
        return errors.Any ? errors.ToError() : password == confirmation ? null : Differ;
    }

    /// <summary>A user with these names and the password's hash, not saved; made outside of any transaction. Errors: 422 <c>password</c>, 503 too busy.</summary>
    public async Task<Result<User>> PrepareAsync(EmailAddress email, PersonNames names, string password, CancellationToken cancellationToken)
    {
        var now = time.GetDatabaseNow();
        var user = User.Create(email, names, now);
        var hashed = await passwords.HashAsync(user, password, cancellationToken);
        if (!hashed.Succeeded(out var hash, out var refused))
        {
            return refused;
        }

        user.SetPasswordHash(hash, now);
        return user;
    }

    private void Check(FieldErrors errors, string? email, string? password, string? confirmation)
    {
        if (string.IsNullOrEmpty(password))
        {
            errors.AddRequired("password");
        }
        else if (passwords.Refusal(password, email, names: null) is { } refusal)
        {
            errors.Add("password", refusal);
        }

        if (string.IsNullOrEmpty(confirmation))
        {
            errors.AddRequired("password_confirmation");
        }
    }
}
