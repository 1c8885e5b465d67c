using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using Patron.Accounts.Database;
using Patron.Accounts.Users;
using Patron.Shared.Callers;
using Patron.Shared.Results;

namespace Patron.Accounts.Organizations;

/// <summary>
/// Who may write to people by invitations and offers, and how often. Only an account with a proven address, or a key whose maker is one: else
/// anybody could write to everybody in the name of an organization they made up. An organization is new while it is younger than a day or has no
/// member but its maker; home never is. What is left for a mailbox is asked apart (<see cref="MailBudgets"/>). Errors: 403 address not proven, 429.
/// </summary>
public sealed class InvitationSender(AccountsContext context, Attempts attempts, IOptions<AccountsOptions> options, TimeProvider time)
{
    private static readonly TimeSpan NewFor = TimeSpan.FromDays(1);

    private static readonly Error ProveFirst = Error.Forbidden(
        "Confirm your email address before you invite people. We sent you a message with a link when you registered; /api/auth/email/resend/ sends it again.");

    private static readonly Error TooMany = Error.RateLimited("You have sent many invitations within the hour. Please go on later.", TimeSpan.FromHours(1));

    private static readonly Error TooManyForNew = Error.RateLimited(
        "A new organization can write to only a few people a day. The limit ends a day after it was made, once somebody else has joined it.", NewFor);

    /// <summary>Takes one of the invitations and offers that the caller may send; what refuses it, or null.</summary>
    public async Task<Error?> RefusalAsync(Caller caller, CancellationToken cancellationToken)
    {
        if (!await IsProvenAsync(caller, cancellationToken))
        {
            return ProveFirst;
        }

        if (!await attempts.TryTakeAsync(Attempts.Invitation, $"{caller.UserId ?? caller.Key?.Id}", options.Value.InvitationsPerSenderAndHour, cancellationToken))
        {
            return TooMany;
        }

        var most = options.Value.InvitationsPerNewOrganizationAndDay;
        return !await IsNewAsync(caller, cancellationToken)
            || await attempts.TryTakeAsync(Attempts.NewOrganization, caller.OrganizationId.ToString(), most, NewFor, cancellationToken)
                ? null
                : TooManyForNew;
    }

    // Keys that the command line made have no maker, and Patron itself needs no proof.
    private async Task<bool> IsProvenAsync(Caller caller, CancellationToken cancellationToken)
    {
        var sender = caller.Key is { } key
            ? await context.ApiKeys.Where(row => row.Id == key.Id).Select(row => row.CreatedBy).SingleOrDefaultAsync(cancellationToken)
            : caller.UserId;
        return sender is null || await context.Users.AnyAsync(user => user.Id == sender && user.EmailConfirmed, cancellationToken);
    }

    private Task<bool> IsNewAsync(Caller caller, CancellationToken cancellationToken)
    {
        var since = time.GetUtcNow() - NewFor;
        return caller.IsAdmin
            ? Task.FromResult(false)
            : context.Organizations.AnyAsync(
                organization => organization.Id == caller.OrganizationId && !organization.IsHome
                    && (organization.CreatedAt > since || context.Members.Count(member => member.OrganizationId == organization.Id) < 2),
                cancellationToken);
    }
}
