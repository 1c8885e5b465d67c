using Microsoft.EntityFrameworkCore;
using Patron.Accounts.Database;
using Patron.Accounts.Users;
using Patron.Shared.Audit;
using Patron.Shared.Callers;
using Patron.Shared.Database;
using Patron.Shared.Results;
using Patron.Shared.Text;

namespace Patron.Accounts.Organizations;

/// <summary>
/// Invites somebody to the acting organization by mail; a further invitation replaces the open one. The answer is the same for
/// known and unknown addresses. Errors: 403 not its owner, or an unproven address, 422 no address, 429 the sender, a new organization or the mailbox
/// has had too many: the mailbox's count tells nothing of accounts, because invitations to unknown addresses count alike.
/// </summary>
public sealed class InviteMember(
    AccountsContext context, DatabaseSession database, InvitationSender sender, MailBudgets budgets, AccountMails mails, TimeProvider time)
{
    private static readonly Error MailboxIsFull = Error.RateLimited(
        "This person has had several invitations lately, from you or others. Please try again later, or ask them another way.", TimeSpan.FromHours(1));

    public async Task<Result<Done>> HandleAsync(Caller caller, string? typed, OrganizationRole role, CancellationToken cancellationToken)
    {
        if (!caller.IsVendorOf(caller.OrganizationId))
        {
            return Error.Forbidden("Only an owner of the organization (role vendor) can invite people to it.");
        }

        if (!EmailAddress.TryParse(typed, out var email))
        {
            return Error.Invalid("email", EmailAddress.Rule(typed));
        }

        if (await sender.RefusalAsync(caller, cancellationToken) is { } refused)
        {
            return refused;
        }

        var about = new MailSubject("organization", caller.OrganizationId);
        if (!await budgets.TryTakeAsync(caller, MailPurpose.Invitation, email.Key, about, cancellationToken))
        {
            return MailboxIsFull;
        }

        await using var transaction = await database.BeginAsync(cancellationToken);
        var now = time.GetUtcNow();
        var organization = await context.Organizations.AsNoTracking().SingleAsync(row => row.Id == caller.OrganizationId, cancellationToken);
        await context.Invitations
            .Where(row => row.OrganizationId == organization.Id && row.NormalizedEmail == email.Key && row.AcceptedAt == null && row.WithdrawnAt == null)
            .ExecuteUpdateAsync(set => set.SetProperty(row => row.WithdrawnAt, now), cancellationToken);
        var (invitation, secret) = Invitation.Create(organization.Id, email, role, caller.UserId, now);
        context.Invitations.Add(invitation);
        context.Outbox.Add(mails.Invitation(email.Text, organization.Name, secret).ToOutbox(now));
        context.Audit.Add(AuditEntry.For(caller, "member.invited", "invitation", invitation.Id, now, organization.Id));
        if (await context.TrySaveAsync(cancellationToken) is { } again)
        {
            return again;
        }

        return await transaction.CommitAsync(default(Done), cancellationToken);
    }
}
