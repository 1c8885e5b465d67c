using Patron.Accounts.Passwords;
using Patron.Accounts.Users;
using Patron.Shared.Database;
using Patron.Shared.Results;
using Patron.Shared.Text;

namespace Patron.Accounts.Activation;

/// <summary>Checks a first password, its confirmation (source 4) and the address, and prepares the user.</summary>
public sealed class FirstPassword(PasswordHashing passwords, TimeProvider time)
{
    public static readonly Error Differ = Error.Rule("passwords_differ", NewPassword.Differ);

    /// <summary>
    /// Returns the parsed address if all fields are well-formed. It does not look at accounts or customers. Errors: 422 by field
    /// (<c>email</c>, <c>password</c>, <c>password_confirmation</c>), 400 the passwords differ.
    /// </summary>
    public Result<EmailAddress> Check(string? email, string? password, string? confirmation)
    {
        var errors = new FieldErrors();
        if (!EmailAddress.TryParse(email, out var address))
        {
            errors.Add("email", EmailAddress.Rule(email));
        }

        return Refusal(errors, email, password, confirmation) is { } refused ? refused : address!;
    }

    /// <summary>Checks the two passwords where the address is already known. Returns null if they are valid.</summary>
    public Error? Refusal(string? password, string? confirmation) => Refusal(new FieldErrors(), null, password, confirmation);

    /// <summary>
    /// Creates a user with these names and the hash of the password, without saving it. Call it outside of a transaction, because hashing
    /// is slow. Errors: 422 <c>password</c>, 503 too busy.
    /// </summary>
    public async Task<Result<User>> PrepareAsync(
        EmailAddress email, PersonNames names, string password, CancellationToken cancellationToken)
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

    private Error? Refusal(FieldErrors errors, string? email, string? password, string? confirmation)
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

        if (!errors.Any)
        {
            return password == confirmation ? null : Differ;
        }

        if (!string.IsNullOrEmpty(confirmation) && password != confirmation)
        {
            errors.Add("password_confirmation", Differ.Detail);
        }

        return errors.ToError();
    }
}
