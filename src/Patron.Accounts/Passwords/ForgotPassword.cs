using System.Text.Json;
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
/// Somebody typed an address under 'forgot password'. Every address, known or not, leads to the same work and the same answer; the outbox
/// decides afterwards whether there is an account to write to.
/// <para>
/// Anybody can ask for anybody, so the owner must get in whoever else asks, and their mailbox must not be flooded. Three rules see to both. The
/// mailbox always holds a link that works for a quarter of an hour at least: where it does not, one is sent, whatever the budget says. Where it
/// does, more links are sent from a budget that nothing else draws on, five an hour and ten a day; once that is used up, a request sends nothing, because the
/// link in the mailbox works. And one client has three requests an hour for an address, so it cannot use up the budget for others. With the whole
/// world asking, a mailbox gets at most seven an hour, and one in three quarters of an hour after the tenth.
/// </para>
/// </summary>
public sealed class ForgotPassword(AccountsContext context, Attempts attempts, TimeProvider time)
{
    public const string OutboxKind = "accounts.forgot_password";

    /// <summary>What one client may ask for one address within an hour.</summary>
    public const int PerClientAndHour = 3;

    /// <summary>Takes the request; what is no address at all is forgotten at once.</summary>
    public async Task HandleAsync(Caller caller, string? typed, CancellationToken cancellationToken)
    {
        if (EmailAddress.TryParse(typed, out var email)
            && await attempts.TryTakeAsync(Attempts.ResetByClient, $"{caller.Origin.Address} {email.Key}", PerClientAndHour, cancellationToken))
        {
            context.Outbox.Add(new OutboxMessage(OutboxKind, JsonSerializer.Serialize(email.Key), time.GetUtcNow()));
            await context.SaveChangesAsync(cancellationToken);
        }
    }
}

/// <summary>Sends from the outbox what <see cref="ForgotPassword"/> has taken, by its rules.</summary>
public sealed class SendPasswordReset(
    AccountsContext context, AccountMailbox mailbox, MailBudgets budgets, DatabaseSession database, HomeOrganization home, TimeProvider time)
{
    private static readonly TimeSpan LeastLeft = TimeSpan.FromMinutes(15);

    /// <summary>Writes the mail, if there is an account with this address and its mailbox needs or may have one.</summary>
    public async Task HandleAsync(string payload, CancellationToken cancellationToken)
    {
        var key = JsonSerializer.Deserialize<string>(payload);
        var user = await context.Users.SingleOrDefaultAsync(row => row.NormalizedEmail == key && row.DisabledAt == null, cancellationToken);
        if (user is null)
        {
            return;
        }

        // On the locked account, so that of many at once the second sees the first one's link.
        await using var transaction = await database.BeginAsync(cancellationToken);
        await context.LockAsync(user, cancellationToken);
        var now = time.GetUtcNow();
        if (!await HasLinkAsync(user, now + LeastLeft, cancellationToken)
            || await budgets.TryTakeAsync(Caller.System(home.Id), MailPurpose.PasswordReset, user.NormalizedEmail!, MailSubject.Of(user), cancellationToken))
        {
            mailbox.AddPasswordReset(user, now);
            await context.SaveChangesAsync(cancellationToken);
        }

        await transaction.CommitAsync(cancellationToken); // Also where nothing is sent: what was withheld is counted.
    }

    private Task<bool> HasLinkAsync(User user, DateTimeOffset until, CancellationToken cancellationToken) => context.Challenges.AnyAsync(
        row => row.UserId == user.Id && row.Purpose == ChallengePurpose.ResetPassword && row.Email == user.Email && row.ConsumedAt == null && row.ExpiresAt > until,
        cancellationToken);
}
