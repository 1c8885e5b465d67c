using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging;
using Patron.Accounts.Database;
using Patron.Accounts.Users;
using Patron.Shared.Callers;
using Patron.Shared.Outbox;
using Patron.Shared.Results;
using Patron.Shared.Secrets;
using Patron.Shared.Text;

namespace Patron.Accounts.Activation;

/// <summary>The secrets for the mail. <c>Code</c> is null if only a link was requested.</summary>
public sealed record IssuedActivation(string? Code, string LinkSecret);

/// <summary>
/// Creates, checks and consumes challenges (linking.md, 'Activation'). It does not look at customers, so its answers cannot reveal whether
/// one exists: a challenge without a code behaves like one whose code was typed wrong.
/// </summary>
public sealed partial class ActivationChallenges(
    AccountsContext dbContext, MailedCodes codes, Attempts attempts, TimeProvider time, ILogger<ActivationChallenges> logger)
{
    public const string OutboxKind = "accounts.activation";

    /// <summary>
    /// Maximum number of wrong codes for one address within a day, over all its challenges. The link still works afterwards.
    /// </summary>
    public const int WrongCodesPerDay = 20;

    /// <summary>
    /// Maximum number of wrong codes within an hour for all addresses together: somebody who guesses for many addresses from many places
    /// stays below the limits of each. Of codes with six digits, one in a million guesses is right.
    /// </summary>
    public const int WrongCodesPerHour = 1000;

    private const string AllAddresses = "all";

    public static readonly Error Unusable = Error.Rule(
        "link_expired", "This link has expired or has already been used. Request a new one.");
    private static readonly Error CodeWrong = Error.Rule(
        "code_incorrect", "That code isn't right. Use the most recent email, or open the link in it.");

    internal DateTimeOffset Now => time.GetUtcNow();

    /// <summary>Adds the challenge and its outbox message, and saves both. The work is the same for every address.</summary>
    public async Task<ActivationChallenge> StartAsync(
        Caller caller, EmailAddress email, bool withCode, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        var challenge = ActivationChallenge.Start(email, caller.Origin.Language, withCode, now);
        dbContext.ActivationChallenges.Add(challenge);
        dbContext.Outbox.Add(new OutboxMessage(OutboxKind, JsonSerializer.Serialize(challenge.Id), now));
        await dbContext.SaveChangesAsync(cancellationToken);
        return challenge;
    }

    /// <summary>
    /// Counts a request for the address. Returns null if it is allowed, else the time to wait. The result does not depend on whether the
    /// address is known.
    /// </summary>
    public Task<TimeSpan?> CheckRateAsync(EmailAddress email, TimeSpan minInterval, int maxPerHour, CancellationToken cancellationToken) =>
        attempts.ThrottleAsync(Attempts.Activation, email.Key, minInterval, maxPerHour, cancellationToken);

    public Task<ActivationChallenge?> FindAsync(Guid id, CancellationToken cancellationToken) =>
        dbContext.ActivationChallenges.AsNoTracking().SingleOrDefaultAsync(row => row.Id == id, cancellationToken);

    /// <summary>
    /// Sets the secrets of the challenge, inside the transaction that queues the mail. Returns null if it already has secrets or is not
    /// open.
    /// </summary>
    public async Task<IssuedActivation?> IssueAsync(ActivationChallenge challenge, int digits, CancellationToken cancellationToken)
    {
        var code = challenge.CodeExpiresAt is null ? null : MailedCodes.New(digits);
        var codeHash = code is null ? null : codes.Hash(challenge.Id, code);
        var secret = Secret.New();
        var linkHash = Secret.Hash(secret);
        var now = time.GetUtcNow();
        return await dbContext.ActivationChallenges
            .Where(
                row => row.Id == challenge.Id && row.LinkHash == null && row.ConsumedAt == null && row.SupersededAt == null
                    && row.LinkExpiresAt > now)
            .ExecuteUpdateAsync(
                set => set.SetProperty(row => row.CodeHash, codeHash).SetProperty(row => row.LinkHash, linkHash), cancellationToken) == 1
                ? new IssuedActivation(code, secret)
                : null;
    }

    /// <summary>
    /// Uses one try of the challenge and returns the challenge if the code is right. One statement counts the try, so concurrent guesses
    /// cannot exceed the limit. Errors: 400 wrong or expired code, 429 too many wrong codes for the address within the day, or for all
    /// addresses within the hour.
    /// </summary>
    public async Task<Result<ActivationChallenge>> TryCodeAsync(
        Guid id, EmailAddress email, string code, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        if (await OpenCodes(id, email, now).Where(row => row.Tries < ActivationChallenge.MaxTries)
            .ExecuteUpdateAsync(set => set.SetProperty(row => row.Tries, row => row.Tries + 1), cancellationToken) == 0)
        {
            return MailedCodes.Ended;
        }

        if (!await attempts.TryAcquireAsync(Attempts.ActivationCode, email.Key, WrongCodesPerDay, TimeSpan.FromDays(1), cancellationToken))
        {
            return Error.RateLimited(
                "too_many_codes", "Too many incorrect codes today. You can still use the link in the email.",
                TimeSpan.FromDays(1));
        }

        var typed = await attempts.CountAsync(Attempts.AnyActivationCode, AllAddresses, TimeSpan.FromHours(1), cancellationToken);
        if (typed > WrongCodesPerHour)
        {
            if (typed == WrongCodesPerHour + 1)
            {
                LogGuessing(WrongCodesPerHour);
            }

            return Error.RateLimited(
                "too_many_codes", "Codes can't be used for a while. You can still use the link in the email.",
                TimeSpan.FromHours(1));
        }

        var challenge = await dbContext.ActivationChallenges.AsNoTracking().SingleAsync(row => row.Id == id, cancellationToken);
        if (!codes.Matches(id, code, challenge.CodeHash))
        {
            return CodeWrong;
        }

        await attempts.UndoAsync(Attempts.AnyActivationCode, AllAddresses, cancellationToken);
        return challenge;
    }

    /// <summary>Returns the try: the code was right, but the request failed for another reason.</summary>
    public async Task UndoTryAsync(ActivationChallenge challenge, CancellationToken cancellationToken)
    {
        await dbContext.ActivationChallenges.Where(row => row.Id == challenge.Id && row.Tries > 0)
            .ExecuteUpdateAsync(set => set.SetProperty(row => row.Tries, row => row.Tries - 1), cancellationToken);
        await attempts.UndoAsync(Attempts.ActivationCode, challenge.EmailKey, cancellationToken);
    }

    /// <summary>Finds the open challenge of this link. It does not consume the link, because mail scanners open links.</summary>
    public async Task<ActivationChallenge?> FindByLinkAsync(string secret, CancellationToken cancellationToken)
    {
        var hash = Secret.Hash(secret);
        var now = time.GetUtcNow();
        return await dbContext.ActivationChallenges.AsNoTracking().SingleOrDefaultAsync(
            row => row.LinkHash == hash && row.ConsumedAt == null && row.SupersededAt == null
                && row.LinkExpiresAt > now, cancellationToken);
    }

    /// <summary>
    /// Locks the open challenges of the address in a fixed order, so that concurrent activations run one after the other. Must be the first
    /// lock of the transaction.
    /// </summary>
    public Task LockAsync(string emailKey, CancellationToken cancellationToken) => dbContext.Database.ExecuteSqlAsync(
        $"""
        SELECT FROM accounts.activation_challenges WHERE email_key = {emailKey} AND consumed_at IS NULL AND superseded_at IS NULL ORDER BY id FOR UPDATE
        """, cancellationToken);

    /// <summary>
    /// Consumes the challenge, inside the transaction of the action it allows. Returns false if another request consumed it first.
    /// </summary>
    public async Task<bool> TryConsumeAsync(ActivationChallenge challenge, CancellationToken cancellationToken)
    {
        await LockAsync(challenge.EmailKey, cancellationToken);
        var now = time.GetUtcNow();
        return await dbContext.ActivationChallenges.Where(
            row => row.Id == challenge.Id && row.ConsumedAt == null && row.SupersededAt == null)
            .ExecuteUpdateAsync(set => set.SetProperty(row => row.ConsumedAt, now), cancellationToken) == 1;
    }

    /// <summary>Ends the remaining open challenges of the address, inside the transaction of a successful activation.</summary>
    public async Task EndOthersAsync(string emailKey, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        await dbContext.ActivationChallenges.Where(row => row.EmailKey == emailKey && row.ConsumedAt == null && row.SupersededAt == null)
            .ExecuteUpdateAsync(set => set.SetProperty(row => row.SupersededAt, now), cancellationToken);
        await attempts.ResetAsync(Attempts.ActivationCode, emailKey, cancellationToken);
    }

    private IQueryable<ActivationChallenge> OpenCodes(Guid id, EmailAddress email, DateTimeOffset now) =>
        dbContext.ActivationChallenges.Where(
        row => row.Id == id && row.EmailKey == email.Key && row.ConsumedAt == null && row.SupersededAt == null && row.CodeExpiresAt > now);

    [LoggerMessage(
        LogLevel.Error, "More than {Limit} wrong activation codes within an hour: somebody is guessing. Links work, codes do not for now")]
    private partial void LogGuessing(int limit);
}
