using Microsoft.Extensions.Options;
using Patron.Accounts.Users;

namespace Patron.Accounts.Passwords;

/// <summary>How strong a password is, from 0 (guessed at once) to 4, and why it would be refused; null where it would not.</summary>
public sealed record PasswordStrength(int Score, string? Refusal);

/// <summary>Measures a password while it is being chosen, by zxcvbn and <see cref="PasswordRules"/>; nothing is kept of it.</summary>
public sealed class RatePassword(IOptions<AccountsOptions> options)
{
    // The measure's time grows fast with the length, and what is longer is strong or refused.
    private const int MostMeasured = 64;
    private const int Strongest = 4;

    public PasswordStrength Handle(string password, string? email, PersonNames? names)
    {
        var brand = options.Value.Brand;
        var refusal = PasswordRules.Refusal(password, email, names, brand);
        if (refusal is not null)
        {
            return new PasswordStrength(0, refusal);
        }

        string[] known = [.. new[] { brand, email, names?.FirstName, names?.LastName }.OfType<string>().Where(word => word.Length > 0)];
        var measured = PasswordRules.Normalize(password);
        return new PasswordStrength(measured.Length > MostMeasured ? Strongest : Zxcvbn.Zxcvbn.MatchPassword(measured, known).Score, null);
    }
}
