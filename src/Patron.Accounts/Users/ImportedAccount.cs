using Patron.Accounts.Passwords;
using Patron.Shared.Results;
using Patron.Shared.Text;

namespace Patron.Accounts.Users;

/// <summary>An account of another system. A person without a password hash sets a password under 'forgot password'.</summary>
public sealed record ImportedAccount(string? Email, PersonNames Names)
{
    private const int FirstYear = 1970;
    private static readonly IReadOnlyDictionary<string, string> FileNames = new Dictionary<string, string>(
        StringComparer.Ordinal) { ["phone_number"] = "phone" };

    /// <summary>A hash of Django, Laravel, Odoo or ASP.NET Identity. Never logged or returned.</summary>
    public string? PasswordHash { get; init; }

    /// <summary>Whether the other system has verified the address; the operator of the import vouches for it.</summary>
    public bool EmailVerified { get; init; }

    public bool IsActive { get; init; } = true;

    /// <summary>When the account was created there. Null: now.</summary>
    public DateTimeOffset? Since { get; init; }

    /// <summary>Checks the account and creates a user, without saving it. Errors: 422 by field.</summary>
    public Result<User> ToUser(DateTimeOffset now)
    {
        var errors = new FieldErrors();
        if (!EmailAddress.TryParse(Email, out var email))
        {
            errors.Add("email", EmailAddress.Rule(Email));
        }

        var names = (Names with { UserName = IsEmail(Names.UserName) ? null : Names.UserName }).Check(errors, PersonNames.Both);
        var hash = IsUnusable(PasswordHash) ? null : PasswordHash!.Trim();
        if (hash is not null && ForeignHash.Read(hash).Error is { } unreadable)
        {
            errors.Add("password", unreadable.Fields!["password"][0]);
        }

        if (Since > now)
        {
            errors.Add("created_at", "Must not be in the future.");
        }
        else if (Since?.Year < FirstYear)
        {
            errors.Add("created_at", "This is too long ago. Leave it out if it isn't known.");
        }

        return errors.Any ? errors.ToError().WithFieldNames(FileNames) : CreateUser(email!, names, hash, now);
    }

    private User CreateUser(EmailAddress email, PersonNames names, string? hash, DateTimeOffset now)
    {
        var user = User.Create(email, names, now);
        user.SetImportedData(hash, Since?.ToUniversalTime() ?? now);
        if (EmailVerified)
        {
            user.ConfirmEmail(email, now);
        }

        if (!IsActive)
        {
            user.Disable(now);
        }

        return user;
    }

    // If people signed in by address, the username is often a copy of it. Addresses can be used to sign in anyway.
    private bool IsEmail(string? userName) =>
        userName is not null && Email is not null && string.Equals(userName.Trim(), Email.Trim(), StringComparison.OrdinalIgnoreCase);

    // Django stores '!' and random characters if sign-in by password is disabled.
    private static bool IsUnusable(string? hash) => string.IsNullOrWhiteSpace(hash) || hash.StartsWith('!');
}
