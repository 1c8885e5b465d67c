using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using Patron.Accounts.Database;
using Patron.Accounts.Users;
using Patron.Shared.Results;

namespace Patron.Accounts.Passwords;

/// <summary>
/// A hash that matches no password. It is verified if there is no account or no password, so that the response time does not reveal whether
/// an account exists.
/// </summary>
public sealed class DecoyHash(IPasswordHasher<User> hasher)
{
    private readonly Lazy<string> value = new(() => hasher.HashPassword(null!, Guid.NewGuid().ToString()));

    public string Value => value.Value;
}

/// <summary>What a typed password is to an account.</summary>
public enum PasswordCheck
{
    Right,

    Wrong,

    /// <summary>Wrong, and from now on the account has to wait between attempts.</summary>
    WrongTooOften,
}

/// <summary>
/// Hashes and verifies passwords, never inside a transaction. A hash with a lower cost is renewed when the password matches.
/// </summary>
public sealed class PasswordHashing(
    HashingQueue queue, DecoyHash decoy, AccountsContext dbContext, UserManager<User> users, Attempts attempts,
    IOptions<AccountsOptions> options)
{
    private static readonly Error Busy = new(
        ErrorKind.Unavailable, "busy", "Too many people are signing in right now. Try again in a few seconds.")
    {
        RetryAfter = TimeSpan.FromSeconds(5),
    };

    /// <summary>Returns why the password is refused for this person, as a sentence, or null.</summary>
    public string? Refusal(string password, string? email, PersonNames? names) =>
        PasswordRules.Refusal(password, email, names, options.Value.Brand);

    /// <summary>Hashes a new password. Errors: 422 <c>password</c> refused, 503 too busy.</summary>
    public async Task<Result<string>> HashAsync(User user, string password, CancellationToken cancellationToken)
    {
        if (Refusal(password, user.Email, user.Names) is { } refusal)
        {
            return Error.Invalid("password", refusal);
        }

        using var slot = await queue.EnterAsync(cancellationToken);
        return slot is null ? Busy : await slot.RunAsync(() => users.PasswordHasher.HashPassword(user, PasswordRules.Normalize(password)));
    }

    /// <summary>
    /// Returns null if this is the user's password, and <paramref name="wrong"/> if it is not or there is no user. Errors: those of
    /// <see cref="CheckAsync"/>.
    /// </summary>
    public async Task<Error?> VerifyAsync(User? user, string account, string password, Error wrong, CancellationToken cancellationToken)
    {
        var result = await CheckAsync(user, account, password, cancellationToken);
        if (!result.Succeeded(out var check, out var error))
        {
            return error;
        }

        return check == PasswordCheck.Right ? null : wrong;
    }

    /// <summary>
    /// Compares the password with the user's. Wrong ones are counted for the account, whether it exists or not. The counter is read after a
    /// slot is free, so that concurrent guesses are counted too. Errors: 429 after ten wrong ones, 503 too busy.
    /// </summary>
    public async Task<Result<PasswordCheck>> CheckAsync(User? user, string account, string password, CancellationToken cancellationToken)
    {
        using var slot = await queue.EnterAsync(cancellationToken);
        if (slot is null)
        {
            return Busy;
        }

        if (await attempts.GetDelayAsync(account, cancellationToken) is { } delay)
        {
            return Error.RateLimited(
                "too_many_attempts", "Too many failed attempts. Try again in a few minutes or reset your password.", delay);
        }

        if (!await MatchesAsync(slot, user, password, cancellationToken))
        {
            return await attempts.CountWrongPasswordAsync(account, cancellationToken) == Attempts.FreeWrongPasswords
                ? PasswordCheck.WrongTooOften
                : PasswordCheck.Wrong;
        }

        await attempts.ResetWrongPasswordsAsync(account, cancellationToken);
        return PasswordCheck.Right;
    }

    private async Task<bool> MatchesAsync(HashingSlot slot, User? user, string password, CancellationToken cancellationToken)
    {
        var (result, renewed) = await slot.RunAsync(() => Match(user, password));
        if (renewed is not null)
        {
            // UserManager would change the security stamp too, and fails for concurrent sign-ins.
            await dbContext.Users.Where(row => row.Id == user!.Id && row.PasswordHash == user.PasswordHash)
                .ExecuteUpdateAsync(set => set.SetProperty(row => row.PasswordHash, renewed), cancellationToken);
        }

        return result;
    }

    // Returns the hash to be stored too, if the stored one has a lower cost.
    private (bool Matches, string? Renewed) Match(User? user, string password)
    {
        var decoyHash = decoy.Value; // Computed first, so that the first check takes equally long for every account.
        if (PasswordRules.IsTooLong(password))
        {
            // The password is wrong. Verify an empty one instead: it takes as long as any wrong one, not as long as this one.
            Verify(user, user?.PasswordHash ?? decoyHash, "");
            return (false, null);
        }

        if (user?.PasswordHash is not { } hash)
        {
            Verify(user, decoyHash, password);
            return (false, null);
        }

        var result = Verify(user, hash, password);
        return result == PasswordVerificationResult.SuccessRehashNeeded
            ? (true, users.PasswordHasher.HashPassword(user, PasswordRules.Normalize(password)))
            : (result != PasswordVerificationResult.Failed, null);
    }

    // Our hashes are made of the normalized password; an imported one may be made of the password as typed.
    private PasswordVerificationResult Verify(User? user, string hash, string password)
    {
        var normalized = PasswordRules.Normalize(password);
        var result = users.PasswordHasher.VerifyHashedPassword(user!, hash, normalized);
        return result == PasswordVerificationResult.Failed && normalized != password
            && users.PasswordHasher.VerifyHashedPassword(user!, hash, password) != PasswordVerificationResult.Failed
                ? PasswordVerificationResult.SuccessRehashNeeded
                : result;
    }
}
