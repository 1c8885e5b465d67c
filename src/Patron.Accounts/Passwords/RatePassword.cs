using Microsoft.Extensions.Options;
using Patron.Accounts.Users;

namespace Patron.Accounts.Passwords;

/// <summary>The strength of a password from 0 (weakest) to 4, and why it would be refused; null if it would not.</summary>
public sealed record PasswordStrength(int Score, string? Refusal);

/// <summary>Measures a password while the user types it, by zxcvbn and <see cref="PasswordRules"/>. Nothing is stored.</summary>
public sealed class RatePassword(IOptions<AccountsOptions> options)
{
    // The time of the measurement grows fast with the length. A longer password is strong, or is refused.
    private const int MaxMeasuredLength = 64;
    private const int MaxScore = 4;

    public PasswordStrength Handle(string password, string? email, PersonNames? names)
    {
        var brand = options.Value.Brand;
        var refusal = PasswordRules.Refusal(password, email, names, brand);
        if (refusal is not null)
        {
            return new PasswordStrength(0, refusal);
        }

        string[] userInputs = [
            .. new[] { brand, email, names?.FirstName, names?.LastName }.OfType<string>().Where(word => word.Length > 0)];
        var measured = PasswordRules.Normalize(password);
        return new PasswordStrength(
            measured.Length > MaxMeasuredLength ? MaxScore : Zxcvbn.Zxcvbn.MatchPassword(measured, userInputs).Score, null);
    }
}
