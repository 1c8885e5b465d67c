using Microsoft.EntityFrameworkCore;
using Patron.Accounts.Database;
using Patron.Accounts.Mails;
using Patron.Accounts.Users;
using Patron.Shared.Audit;
using Patron.Shared.Callers;
using Patron.Shared.Database;
using Patron.Shared.Mail;
using Patron.Shared.Results;
using Patron.Shared.Text;

namespace Patron.Accounts.Organizations;

/// <summary>
/// Invites an address to the acting organization by mail. A new invitation replaces the open one. The answer does not depend on whether an
/// account exists. Errors: 403 not an owner, or sender's address not proven; 422 no valid address; 429 too many invitations by the sender,
/// for a new organization or to the mailbox. The mailbox limit reveals nothing, because unknown addresses count alike.
/// </summary>
public sealed class InviteMember(
    AccountsContext dbContext, DatabaseSession database, InvitationLimiter limiter, MailBudgets budgets, AccountMails mails,
    TimeProvider time)
{
    private static readonly Error OwnersOnly = Error.Forbidden(
        "owner_required", "Only an owner of the organization (role vendor) can invite people to it.");
    private static readonly Error MailboxIsFull = Error.RateLimited(
        "too_many_emails", "This person has received several invitations lately, from you or others. Try again later, or ask them another way.",
        TimeSpan.FromHours(1));

    public async Task<Result<Unit>> HandleAsync(Caller caller, string? address, OrganizationRole role, CancellationToken cancellationToken)
    {
        if (!caller.IsVendorOf(caller.OrganizationId))
        {
            return OwnersOnly;
        }

        if (!EmailAddress.TryParse(address, out var email))
        {
            return Error.Invalid("email", EmailAddress.Rule(address));
        }

        if (await limiter.AcquireAsync(caller, cancellationToken) is { } limited)
        {
            return limited;
        }

        var subject = new MailSubject("organization", caller.OrganizationId);
        if (!await budgets.TryAcquireAsync(caller, MailPurpose.Invitation, email.Key, subject, cancellationToken))
        {
            return MailboxIsFull;
        }

        await using var transaction = await database.BeginAsync(cancellationToken);
        if (await dbContext.ShareAsOwnerAsync(caller, OwnersOnly, cancellationToken) is { } refused)
        {
            return refused;
        }

        var now = time.GetUtcNow();
        var organization = await dbContext.Organizations.AsNoTracking()
            .SingleAsync(row => row.Id == caller.OrganizationId, cancellationToken);
        await dbContext.Invitations
            .Where(
                row => row.OrganizationId == organization.Id && row.NormalizedEmail == email.Key && row.AcceptedAt == null
                    && row.WithdrawnAt == null)
            .ExecuteUpdateAsync(set => set.SetProperty(row => row.WithdrawnAt, now), cancellationToken);
        var (invitation, secret) = Invitation.Create(organization.Id, email, role, caller.UserId, now);
        dbContext.Invitations.Add(invitation);
        var language = await dbContext.Users.Where(row => row.NormalizedEmail == email.Key).Select(row => row.Language)
            .SingleOrDefaultAsync(cancellationToken);
        var to = new MailRecipient(email.Text, Name: "", language, caller.Origin.Language);
        dbContext.Queue(mails.Invitation(to, organization.Name, secret), new MailPerson(OrganizationId: organization.Id), now);
        dbContext.Audit.Add(AuditEntry.For(caller, "member.invited", "invitation", invitation.Id, now, organization.Id));
        if (await dbContext.TrySaveAsync(cancellationToken) is { } conflict)
        {
            return conflict;
        }

        return await transaction.CommitAsync(default(Unit), cancellationToken);
    }
}
