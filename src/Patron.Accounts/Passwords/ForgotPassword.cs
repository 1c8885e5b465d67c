using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Patron.Accounts.Database;
using Patron.Accounts.Users;
using Patron.Shared.Outbox;
using Patron.Shared.Text;

namespace Patron.Accounts.Passwords;

/// <summary>
/// Somebody typed an address under 'forgot password'. Every address, known or not, leads to the same single insert and the
/// same answer; the outbox decides afterwards whether there is an account to write to.
/// </summary>
public sealed class ForgotPassword(AccountsContext context, AccountMailbox mailbox, TimeProvider time)
{
    public const string OutboxKind = "accounts.forgot_password";

    /// <summary>Takes the request; what is no address at all is forgotten at once.</summary>
    public async Task HandleAsync(string? typed, CancellationToken cancellation)
    {
        if (EmailAddress.TryParse(typed, out var email))
        {
            context.Outbox.Add(new OutboxMessage(OutboxKind, JsonSerializer.Serialize(email.Key), time.GetUtcNow()));
            await context.SaveChangesAsync(cancellation);
        }
    }

    /// <summary>Writes the mail, if there is an account with this address and its mailbox has not had too many.</summary>
    public async Task SendAsync(string payload, CancellationToken cancellation)
    {
        var key = JsonSerializer.Deserialize<string>(payload);
        var user = await context.Users.SingleOrDefaultAsync(row => row.NormalizedEmail == key && row.DisabledAt == null, cancellation);
        if (user is not null && await mailbox.LimitAsync(user.NormalizedEmail!, cancellation) is null)
        {
            mailbox.AddPasswordReset(user, time.GetUtcNow());
            await context.SaveChangesAsync(cancellation);
        }
    }
}
