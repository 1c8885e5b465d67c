using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using Patron.Accounts.Database;
using Patron.Accounts.Users;
using Patron.Shared.Callers;
using Patron.Shared.Results;

namespace Patron.Accounts.Organizations;

/// <summary>
/// Decides who may send invitations and offers, and how many. The sender must be an account with a proven address, or a key that such an
/// account created: otherwise anyone could register and send mail to anyone. An organization is new while it is younger than a day or has
/// only one member; home never is. Limits per mailbox are checked separately (<see cref="MailBudgets"/>). Errors: 403 address not proven,
/// 429.
/// </summary>
public sealed class InvitationLimiter(AccountsContext dbContext, Attempts attempts, IOptions<AccountsOptions> options, TimeProvider time)
{
    private static readonly TimeSpan NewOrganizationPeriod = TimeSpan.FromDays(1);

    private static readonly Error AddressNotProven = Error.Forbidden(
        "email_not_verified", "Confirm your email address before you invite people. POST /api/auth/email/resend/ sends the link again.");

    private static readonly Error TooMany = Error.RateLimited(
        "too_many_invitations", "You've sent a lot of invitations within an hour. Try again later.", TimeSpan.FromHours(1));

    private static readonly Error TooManyForNew = Error.RateLimited(
        "too_many_invitations", "A new organization can invite only a few people a day. The limit ends a day after it was created, once someone has joined.", NewOrganizationPeriod);

    /// <summary>Counts one invitation or offer of the caller. Returns null if it is allowed.</summary>
    public async Task<Error?> AcquireAsync(Caller caller, CancellationToken cancellationToken)
    {
        if (!await IsProvenAsync(caller, cancellationToken))
        {
            return AddressNotProven;
        }

        if (!await attempts.TryAcquireAsync(
            Attempts.Invitation, $"{caller.UserId ?? caller.Key?.Id}", options.Value.InvitationsPerSenderAndHour, cancellationToken))
        {
            return TooMany;
        }

        var max = options.Value.InvitationsPerNewOrganizationAndDay;
        return !await IsNewAsync(caller, cancellationToken)
            || await attempts.TryAcquireAsync(
                Attempts.NewOrganization, caller.OrganizationId.ToString(), max, NewOrganizationPeriod, cancellationToken)
                ? null
                : TooManyForNew;
    }

    // Keys that were created on the command line have no creator, and Patron itself needs no proof.
    private async Task<bool> IsProvenAsync(Caller caller, CancellationToken cancellationToken)
    {
        var sender = caller.Key is { } key
            ? await dbContext.ApiKeys.Where(row => row.Id == key.Id).Select(row => row.CreatedBy).SingleOrDefaultAsync(cancellationToken)
            : caller.UserId;
        return sender is null || await dbContext.Users.AnyAsync(user => user.Id == sender && user.EmailConfirmed, cancellationToken);
    }

    private Task<bool> IsNewAsync(Caller caller, CancellationToken cancellationToken)
    {
        var since = time.GetUtcNow() - NewOrganizationPeriod;
        return caller.IsAdmin
            ? Task.FromResult(false)
            : dbContext.Organizations.AnyAsync(
                organization => organization.Id == caller.OrganizationId && !organization.IsHome
                    && (organization.CreatedAt > since || dbContext.Members.Count(member => member.OrganizationId == organization.Id) < 2),
                cancellationToken);
    }
}
