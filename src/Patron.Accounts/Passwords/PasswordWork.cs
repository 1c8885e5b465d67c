using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using Patron.Accounts.Database;
using Patron.Accounts.Users;
using Patron.Shared.Results;

namespace Patron.Accounts.Passwords;

/// <summary>As many passwords are hashed at once as there are cores: a hash costs some 80 ms of one, and a flood of sign-ins must not starve the rest.</summary>
public sealed class HashingSlots : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);
    private readonly SemaphoreSlim slots = new(Environment.ProcessorCount);

    /// <summary>Runs the work when its turn comes; who waits longer than ten seconds is told to come back (503).</summary>
    public async Task<Result<T>> RunAsync<T>(Func<Task<Result<T>>> work, CancellationToken cancellationToken)
    {
        if (!await slots.WaitAsync(Patience, cancellationToken))
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
/// A hash that no password fits. It is checked where there is no account or no password, so that the time of an answer does not tell whether
/// an account exists.
/// </summary>
public sealed class DecoyHash(IPasswordHasher<User> hasher)
{
    private readonly Lazy<string> value = new(() => hasher.HashPassword(null!, Guid.NewGuid().ToString()));

    public string Value => value.Value;
}

/// <summary>Hashes and checks passwords, never inside a transaction; hashes of a lower cost are renewed when they fit.</summary>
public sealed class PasswordWork(
    HashingSlots slots, DecoyHash decoy, AccountsContext context, UserManager<User> users, Attempts attempts, IOptions<AccountsOptions> options)
{
    /// <summary>Why this person cannot have this password, as a sentence; null when they can.</summary>
    public string? Refusal(string password, string? email, PersonNames? names) => PasswordRules.Refusal(password, email, names, options.Value.Brand);

    /// <summary>The hash of a new password. Errors: 422 <c>password</c> refused, 503 too busy.</summary>
    public Task<Result<string>> HashAsync(User user, string password, CancellationToken cancellationToken) =>
        Refusal(password, user.Email, user.Names) is { } refusal
            ? Task.FromResult<Result<string>>(Error.Invalid("password", refusal))
            : slots.RunAsync(() => Task.FromResult<Result<string>>(users.PasswordHasher.HashPassword(user, PasswordRules.Normalize(password))), cancellationToken);

    /// <summary>
    /// Null when the password is the user's; <paramref name="wrong"/> when it is not or there is no user. Wrong ones are counted
    /// for the account (429 after ten); the count is asked when the turn has come, so that guesses sent at once are counted too.
    /// </summary>
    public async Task<Error?> RefusalAsync(User? user, string account, string password, Error wrong, CancellationToken cancellationToken)
    {
        var result = await slots.RunAsync<bool>(() => CheckAsync(user, account, password, cancellationToken), cancellationToken);
        return result.Succeeded(out var fits, out var error) ? fits ? null : wrong : error;
    }

    private async Task<Result<bool>> CheckAsync(User? user, string account, string password, CancellationToken cancellationToken)
    {
        if (await attempts.PauseAsync(account, cancellationToken) is { } pause)
        {
            return Error.RateLimited("Too many wrong passwords for this account. Wait a little, or set a new password by mail under 'forgot password'.", pause);
        }

        var fits = await FitsAsync(user, password, cancellationToken);
        if (fits)
        {
            await attempts.ForgetWrongPasswordsAsync(account, cancellationToken);
        }
        else
        {
            await attempts.CountWrongPasswordAsync(account, cancellationToken);
        }

        return fits;
    }

    private async Task<bool> FitsAsync(User? user, string password, CancellationToken cancellationToken)
    {
        var decoyHash = decoy.Value; // Asked before anything else, so that the first check takes equally long for everybody.
        if (PasswordRules.IsTooLong(password))
        {
            // Nobody's. It takes as long as any wrong one, and not as long as it is itself.
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
            // Not by UserManager: it changes the security stamp too, and fails where two sign in at once.
            var renewed = users.PasswordHasher.HashPassword(user, PasswordRules.Normalize(password));
            await context.Users.Where(row => row.Id == user.Id && row.PasswordHash == hash)
                .ExecuteUpdateAsync(set => set.SetProperty(row => row.PasswordHash, renewed), cancellationToken);
        }

        return result != PasswordVerificationResult.Failed;
    }

    // Our hashes are made of the normalized password; an imported one may have been made of what the person typed.
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
