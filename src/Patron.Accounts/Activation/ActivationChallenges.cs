using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Patron.Accounts.Database;
using Patron.Accounts.Users;
using Patron.Shared.Outbox;
using Patron.Shared.Results;
using Patron.Shared.Secrets;
using Patron.Shared.Text;

namespace Patron.Accounts.Activation;

/// <summary>What goes to the mailbox of somebody who waits; no code where only a link was asked for.</summary>
public sealed record IssuedActivation(string? Code, string LinkSecret);

/// <summary>
/// Starts challenges, takes what is typed against them, and uses them up (linking.md, 'Activation'). Nothing here depends on whether
/// anybody waits at the address: a challenge that leads nowhere is like one whose code is typed wrong.
/// </summary>
public sealed class ActivationChallenges(AccountsContext context, ActivationCodes codes, Attempts attempts, TimeProvider time)
{
    public const string OutboxKind = "accounts.activation";

    /// <summary>Wrong codes for one address within a day, across its challenges. The link works all the same.</summary>
    public const int WrongCodesPerDay = 20;

    public static readonly Error Unusable = Error.Rule("This link is not valid any more: it was used, or is older than a day. Please ask for a new one.");
    public static readonly Error CodeEnded = Error.Rule("This code is not valid any more: it was used, is too old, or was typed wrong too often. Please ask for a new one.");
    private static readonly Error CodeWrong = Error.Rule("This code is wrong. Please take it from the newest message, or open the link that stands there.");

    internal DateTimeOffset Now => time.GetUtcNow();

    /// <summary>Adds the same row and the same work for every address; saves both at once.</summary>
    public async Task<ActivationChallenge> StartAsync(EmailAddress email, bool withCode, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        var challenge = ActivationChallenge.Start(email, withCode, now);
        context.ActivationChallenges.Add(challenge);
        context.Outbox.Add(new OutboxMessage(OutboxKind, JsonSerializer.Serialize(challenge.Id), now));
        await context.SaveChangesAsync(cancellationToken);
        return challenge;
    }

    /// <summary>Null when the address may ask once more; else how long it must wait, whether anybody knows it or not.</summary>
    public Task<TimeSpan?> PauseAsync(EmailAddress email, TimeSpan between, int perHour, CancellationToken cancellationToken) =>
        attempts.PaceAsync(Attempts.Activation, email.Key, between, perHour, cancellationToken);

    public Task<ActivationChallenge?> FindAsync(Guid id, CancellationToken cancellationToken) =>
        context.ActivationChallenges.AsNoTracking().SingleOrDefaultAsync(row => row.Id == id, cancellationToken);

    /// <summary>Gives the challenge its secrets, inside the transaction that mails them; null where it has some, or is over.</summary>
    public async Task<IssuedActivation?> IssueAsync(ActivationChallenge challenge, int digits, CancellationToken cancellationToken)
    {
        var code = challenge.CodeExpiresAt is null ? null : ActivationCodes.New(digits);
        var codeHash = code is null ? null : codes.Hash(challenge.Id, code);
        var secret = Secret.New();
        var linkHash = Secret.Hash(secret);
        var now = time.GetUtcNow();
        return await context.ActivationChallenges
            .Where(row => row.Id == challenge.Id && row.LinkHash == null && row.ConsumedAt == null && row.SupersededAt == null && row.LinkExpiresAt > now)
            .ExecuteUpdateAsync(set => set.SetProperty(row => row.CodeHash, codeHash).SetProperty(row => row.LinkHash, linkHash), cancellationToken) == 1
                ? new IssuedActivation(code, secret)
                : null;
    }

    /// <summary>
    /// Takes one of the challenge's tries, in one statement so that guesses sent at once are counted too, and answers the challenge where the code is right.
    /// Errors: 400 wrong or over, 429 too many wrong ones for the address within the day.
    /// </summary>
    public async Task<Result<ActivationChallenge>> TryCodeAsync(Guid id, EmailAddress email, string code, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        if (await OpenCodes(id, email, now).Where(row => row.Tries < ActivationChallenge.MaxTries)
            .ExecuteUpdateAsync(set => set.SetProperty(row => row.Tries, row => row.Tries + 1), cancellationToken) == 0)
        {
            return CodeEnded;
        }

        if (!await attempts.TryTakeAsync(Attempts.ActivationCode, email.Key, WrongCodesPerDay, TimeSpan.FromDays(1), cancellationToken))
        {
            return Error.RateLimited("Too many wrong codes were typed for this address today. The link in the message works all the same.", TimeSpan.FromDays(1));
        }

        var challenge = await context.ActivationChallenges.AsNoTracking().SingleAsync(row => row.Id == id, cancellationToken);
        return codes.Fits(id, code, challenge.CodeHash) ? challenge : CodeWrong;
    }

    /// <summary>The code was right, but something else was not: that costs no try.</summary>
    public async Task GiveBackAsync(ActivationChallenge challenge, CancellationToken cancellationToken)
    {
        await context.ActivationChallenges.Where(row => row.Id == challenge.Id && row.Tries > 0)
            .ExecuteUpdateAsync(set => set.SetProperty(row => row.Tries, row => row.Tries - 1), cancellationToken);
        await attempts.GiveBackAsync(Attempts.ActivationCode, challenge.EmailKey, cancellationToken);
    }

    /// <summary>The open challenge that this link belongs to, or null. Looking at it uses nothing up: mail scanners do.</summary>
    public async Task<ActivationChallenge?> FindByLinkAsync(string secret, CancellationToken cancellationToken)
    {
        var hash = Secret.Hash(secret);
        var now = time.GetUtcNow();
        return await context.ActivationChallenges.AsNoTracking().SingleOrDefaultAsync(
            row => row.LinkHash == hash && row.ConsumedAt == null && row.SupersededAt == null && row.LinkExpiresAt > now, cancellationToken);
    }

    /// <summary>Whoever opens an account for the address takes turns, in one order: the others look again when it is done. The first lock of the transaction.</summary>
    public Task HoldAsync(string emailKey, CancellationToken cancellationToken) => context.Database.ExecuteSqlAsync(
        $"""
        SELECT FROM accounts.activation_challenges WHERE email_key = {emailKey} AND consumed_at IS NULL AND superseded_at IS NULL ORDER BY id FOR UPDATE
        """, cancellationToken);

    /// <summary>Uses the challenge up, inside the transaction of what it allows; false when another was faster.</summary>
    public async Task<bool> TryConsumeAsync(ActivationChallenge challenge, CancellationToken cancellationToken)
    {
        await HoldAsync(challenge.EmailKey, cancellationToken);
        var now = time.GetUtcNow();
        return await context.ActivationChallenges.Where(row => row.Id == challenge.Id && row.ConsumedAt == null && row.SupersededAt == null)
            .ExecuteUpdateAsync(set => set.SetProperty(row => row.ConsumedAt, now), cancellationToken) == 1;
    }

    /// <summary>Ends what is still open for the address, inside the transaction of somebody's success.</summary>
    public async Task EndOthersAsync(string emailKey, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        await context.ActivationChallenges.Where(row => row.EmailKey == emailKey && row.ConsumedAt == null && row.SupersededAt == null)
            .ExecuteUpdateAsync(set => set.SetProperty(row => row.SupersededAt, now), cancellationToken);
        await attempts.ForgetAsync(Attempts.ActivationCode, emailKey, cancellationToken);
    }

    private IQueryable<ActivationChallenge> OpenCodes(Guid id, EmailAddress email, DateTimeOffset now) => context.ActivationChallenges.Where(
        row => row.Id == id && row.EmailKey == email.Key && row.ConsumedAt == null && row.SupersededAt == null && row.CodeExpiresAt > now);
}
