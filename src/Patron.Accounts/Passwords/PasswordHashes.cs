using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.Options;
using Patron.Accounts.Users;

namespace Patron.Accounts.Passwords;

/// <summary>Identity's hashes, and those that were imported. What cannot be read is a wrong password, whatever is wrong with it.</summary>
internal sealed class PasswordHashes(IOptions<PasswordHasherOptions> options) : PasswordHasher<User>(options)
{
    public override PasswordVerificationResult VerifyHashedPassword(User user, string hashedPassword, string providedPassword) =>
        !ForeignHash.Read(hashedPassword).Succeeded(out var hash, out _) ? PasswordVerificationResult.Failed
        : ForeignHash.IsIdentitys(hashedPassword) ? base.VerifyHashedPassword(user, hashedPassword, providedPassword)
        : hash.Fits(providedPassword) ? PasswordVerificationResult.SuccessRehashNeeded
        : PasswordVerificationResult.Failed;
}
