using System.Text.Json;
using System.Text.Json.Serialization;
using Microsoft.EntityFrameworkCore;
using Patron.Accounts.Database;
using Patron.Accounts.Users;
using Patron.Shared.Callers;
using Patron.Shared.Database;
using Patron.Shared.Outbox;
using Patron.Shared.Results;
using Patron.Shared.Text;

namespace Patron.Accounts.Passwords;

/// <summary>
/// Requests a password reset for an address. Every address, known or not, leads to the same work and the same answer; the outbox handler
/// decides afterwards whether there is an account to send mail to.
/// <para>
/// Anyone can request resets for any address. The owner must still be able to reset the password, and the mailbox must not be flooded.
/// Three rules ensure both. The mailbox always has a link that works for at least 15 minutes: if it has none, one is sent regardless of the
/// budget. If it has one, more links are sent from a separate budget of five an hour and ten a day; once that is used up, requests send
/// nothing, because the last link works. And one client has three requests an hour for an address, so it cannot use up the budget alone. In
/// the worst case a mailbox gets seven mails an hour, and one every 45 minutes after the tenth.
/// </para>
/// </summary>
public sealed class ForgotPassword(AccountsContext dbContext, Attempts attempts, TimeProvider time)
{
    public const string OutboxKind = "accounts.forgot_password";

    /// <summary>Requests of one client for one address within an hour.</summary>
    public const int MaxPerClientAndHour = 3;

    /// <summary>Queues the request. Invalid addresses are ignored.</summary>
    public async Task HandleAsync(Caller caller, string? address, CancellationToken cancellationToken)
    {
        if (EmailAddress.TryParse(address, out var email)
            && await attempts.TryAcquireAsync(
                Attempts.ResetByClient, $"{caller.Origin.ClientKey} {email.Key}", MaxPerClientAndHour, cancellationToken))
        {
            var request = new ResetRequest(email.Key, caller.Origin.Language);
            dbContext.Outbox.Add(new OutboxMessage(OutboxKind, request.ToPayload(), time.GetUtcNow()));
            await dbContext.SaveChangesAsync(cancellationToken);
        }
    }
}

/// <summary>A queued request: the address's key, and the language of the page it was typed on.</summary>
internal sealed record ResetRequest(string EmailKey, string? Language)
{
    // A request without a language is the key alone, as older versions write and read it.
    public string ToPayload() => Language is null
        ? JsonSerializer.Serialize(EmailKey, ResetJson.Default.String)
        : JsonSerializer.Serialize(this, ResetJson.Default.ResetRequest);

    public static ResetRequest Read(string payload) => payload.StartsWith('"')
        ? new ResetRequest(JsonSerializer.Deserialize(payload, ResetJson.Default.String)!, null)
        : JsonSerializer.Deserialize(payload, ResetJson.Default.ResetRequest)!;
}

[JsonSerializable(typeof(string))]
[JsonSerializable(typeof(ResetRequest))]
internal sealed partial class ResetJson : JsonSerializerContext;

/// <summary>Handles the outbox messages of <see cref="ForgotPassword"/> by its rules.</summary>
public sealed class SendPasswordReset(
    AccountsContext dbContext, AccountMailbox mailbox, MailBudgets budgets, DatabaseSession database, HomeOrganization home,
    TimeProvider time)
{
    private static readonly TimeSpan MinRemainingLifetime = TimeSpan.FromMinutes(15);

    /// <summary>Queues the mail if an account has this address, and its mailbox has no working link or still has budget.</summary>
    public async Task HandleAsync(string payload, CancellationToken cancellationToken)
    {
        var request = ResetRequest.Read(payload);
        var user = await dbContext.Users.SingleOrDefaultAsync(
            row => row.NormalizedEmail == request.EmailKey && row.DisabledAt == null, cancellationToken);
        if (user is null)
        {
            return;
        }

        // Lock the account, so that concurrent requests see a link that another one has just sent.
        await using var transaction = await database.BeginAsync(cancellationToken);
        await dbContext.LockAsync(user, cancellationToken);
        var now = time.GetUtcNow();
        if (!await HasLinkAsync(user, now + MinRemainingLifetime, cancellationToken)
            || await budgets.TryAcquireAsync(
                Caller.System(home.Id), MailPurpose.PasswordReset, user.NormalizedEmail!, MailSubject.Of(user), cancellationToken))
        {
            mailbox.AddPasswordReset(RequestOrigin.Local with { Language = request.Language }, user, now);
            await dbContext.SaveChangesAsync(cancellationToken);
        }

        // Commit even if no mail is sent, to keep the counters and the audit entry of the withheld mail.
        await transaction.CommitAsync(cancellationToken);
    }

    private Task<bool> HasLinkAsync(User user, DateTimeOffset until, CancellationToken cancellationToken) => dbContext.Challenges.AnyAsync(
        row => row.UserId == user.Id && row.Purpose == ChallengePurpose.ResetPassword && row.Email == user.Email && row.ConsumedAt == null
            && row.ExpiresAt > until,
        cancellationToken);
}
