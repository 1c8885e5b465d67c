using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.Options;
using Patron.Accounts.Users;

namespace Patron.Accounts.Passwords;

/// <summary>Verifies Identity's hashes and imported ones. A hash that cannot be parsed counts as a wrong password.</summary>
internal sealed class UserPasswordHasher(IOptions<PasswordHasherOptions> options) : PasswordHasher<User>(options)
{
    public override PasswordVerificationResult VerifyHashedPassword(User user, string hashedPassword, string providedPassword)
    {
        if (!ForeignHash.Read(hashedPassword).Succeeded(out var hash, out _))
        {
            return PasswordVerificationResult.Failed;
        }

        if (ForeignHash.IsIdentityHash(hashedPassword))
        {
            return base.VerifyHashedPassword(user, hashedPassword, providedPassword);
        }

        return hash.Fits(providedPassword) ? PasswordVerificationResult.SuccessRehashNeeded : PasswordVerificationResult.Failed;
    }
}
