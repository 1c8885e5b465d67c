using Microsoft.EntityFrameworkCore;
using Patron.Accounts.Database;
using Patron.Accounts.Users;
using Patron.Shared.Callers;
using Patron.Shared.Database;
using Patron.Shared.Results;

namespace Patron.Accounts.Sessions;

/// <summary>
/// Mails a code with which the person at a session confirms who they are (<see cref="Reauthenticate"/>). Errors: 403 the caller is no
/// person with a session, 429 too many mails within the hour.
/// </summary>
public sealed class SendReauthenticationCode(
    AccountsContext dbContext, ReauthenticationCodes codes, AccountMailbox mailbox, DatabaseSession database, TimeProvider time)
{
    // Accounts with a password may ask for a code too. It is not weaker than the password: the code needs this session and the mailbox, and
    // the mailbox alone can already reset the password. Changing the address needs the password, so a session alone cannot move the
    // mailbox.
    public async Task<Result<Unit>> HandleAsync(Caller caller, CancellationToken cancellationToken)
    {
        if (caller is not { UserId: { } userId, SessionId: { } sessionId })
        {
            return Reauthenticate.NoSession;
        }

        var user = await dbContext.Users.AsNoTracking().SingleAsync(row => row.Id == userId, cancellationToken);
        if (await mailbox.AcquireAsync(
            caller, MailPurpose.ReauthenticationCode, user.NormalizedEmail!, user, cancellationToken) is { } limited)
        {
            return limited;
        }

        await using var transaction = await database.BeginAsync(cancellationToken);
        if (await codes.IssueAsync(sessionId, user, cancellationToken) is not { } code)
        {
            return Reauthenticate.NoSession;
        }

        mailbox.AddReauthenticationCode(caller.Origin, user, code, time.GetUtcNow());
        await dbContext.SaveChangesAsync(cancellationToken);
        return await transaction.CommitAsync(default(Unit), cancellationToken);
    }
}
