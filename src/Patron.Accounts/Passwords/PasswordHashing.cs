using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using Patron.Accounts.Database;
using Patron.Accounts.Users;
using Patron.Shared.Results;

namespace Patron.Accounts.Passwords;

/// <summary>
/// Limits concurrent password hashing to the number of cores: a hash takes about 80 ms of one core, and a flood of sign-ins must not starve
/// other requests.
/// </summary>
public sealed class HashingLimiter : IDisposable
{
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(10);
    private readonly SemaphoreSlim slots = new(Environment.ProcessorCount);

    /// <summary>Runs the work when a slot is free. Errors: 503 after waiting for ten seconds.</summary>
    public async Task<Result<T>> RunAsync<T>(Func<Task<Result<T>>> work, CancellationToken cancellationToken)
    {
        if (!await slots.WaitAsync(Timeout, cancellationToken))
        {
            return new Error(ErrorKind.Unavailable, "Too many people are signing in at this moment. Please try again in a few seconds.")
            {
                RetryAfter = TimeSpan.FromSeconds(5),
            };
        }

        try
        {
            return await work();
        }
        finally
        {
            slots.Release();
        }
    }

    public void Dispose() => slots.Dispose();
}

/// <summary>
/// A hash that matches no password. It is verified if there is no account or no password, so that the response time does not reveal whether
/// an account exists.
/// </summary>
public sealed class DecoyHash(IPasswordHasher<User> hasher)
{
    private readonly Lazy<string> value = new(() => hasher.HashPassword(null!, Guid.NewGuid().ToString()));

    public string Value => value.Value;
}

/// <summary>
/// Hashes and verifies passwords, never inside a transaction. A hash with a lower cost is renewed when the password matches.
/// </summary>
public sealed class PasswordHashing(
    HashingLimiter limiter, DecoyHash decoy, AccountsContext dbContext, UserManager<User> users, Attempts attempts,
    IOptions<AccountsOptions> options)
{
    /// <summary>Returns why the password is refused for this person, as a sentence, or null.</summary>
    public string? Refusal(string password, string? email, PersonNames? names) =>
        PasswordRules.Refusal(password, email, names, options.Value.Brand);

    /// <summary>Hashes a new password. Errors: 422 <c>password</c> refused, 503 too busy.</summary>
    public Task<Result<string>> HashAsync(User user, string password, CancellationToken cancellationToken) =>
        Refusal(password, user.Email, user.Names) is { } refusal
            ? Task.FromResult<Result<string>>(Error.Invalid("password", refusal))
            : limiter.RunAsync(
                () => Task.FromResult<Result<string>>(users.PasswordHasher.HashPassword(user, PasswordRules.Normalize(password))),
                cancellationToken);

    /// <summary>
    /// Returns null if this is the user's password, and <paramref name="wrong"/> if it is not or there is no user. Wrong ones are counted
    /// for the account (429 after ten). The counter is read after a slot is free, so that concurrent guesses are counted too.
    /// </summary>
    public async Task<Error?> VerifyAsync(User? user, string account, string password, Error wrong, CancellationToken cancellationToken)
    {
        var result = await limiter.RunAsync<bool>(() => CheckAsync(user, account, password, cancellationToken), cancellationToken);
        return result.Succeeded(out var matches, out var error) ? matches ? null : wrong : error;
    }

    private async Task<Result<bool>> CheckAsync(User? user, string account, string password, CancellationToken cancellationToken)
    {
        if (await attempts.GetDelayAsync(account, cancellationToken) is { } delay)
        {
            return Error.RateLimited(
                "Too many wrong passwords for this account. Wait a little, or set a new password by mail under 'forgot password'.", delay);
        }

        var matches = await MatchesAsync(user, password, cancellationToken);
        if (matches)
        {
            await attempts.ResetWrongPasswordsAsync(account, cancellationToken);
        }
        else
        {
            await attempts.CountWrongPasswordAsync(account, cancellationToken);
        }

        return matches;
    }

    private async Task<bool> MatchesAsync(User? user, string password, CancellationToken cancellationToken)
    {
        var decoyHash = decoy.Value; // Computed first, so that the first check takes equally long for every account.
        if (PasswordRules.IsTooLong(password))
        {
            // The password is wrong. Verify an empty one instead: it takes as long as any wrong one, not as long as this one.
            Verify(user, user?.PasswordHash ?? decoyHash, "");
            return false;
        }

        if (user?.PasswordHash is not { } hash)
        {
            Verify(user, decoyHash, password);
            return false;
        }

        var result = Verify(user, hash, password);
        if (result == PasswordVerificationResult.SuccessRehashNeeded)
        {
            // UserManager would change the security stamp too, and fails for concurrent sign-ins.
            var renewed = users.PasswordHasher.HashPassword(user, PasswordRules.Normalize(password));
            await dbContext.Users.Where(row => row.Id == user.Id && row.PasswordHash == hash)
                .ExecuteUpdateAsync(set => set.SetProperty(row => row.PasswordHash, renewed), cancellationToken);
        }

        return result != PasswordVerificationResult.Failed;
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
