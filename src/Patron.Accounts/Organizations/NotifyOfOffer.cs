using Microsoft.EntityFrameworkCore;
using Patron.Accounts.Database;
using Patron.Accounts.Mails;
using Patron.Accounts.Users;
using Patron.Shared.Callers;
using Patron.Shared.Mail;
using Patron.Shared.Results;
using Patron.Shared.Text;

namespace Patron.Accounts.Organizations;

/// <summary>
/// Notifies a person by mail that an organization offers to link a record to their account, inside the transaction of the offer. The sender
/// needs a proven address (403) and has a limit (429); a closed organization offers nothing (400). If the mailbox has reached
/// its limit, no mail is sent but the offer stays: the person sees it at the next sign-in.
/// </summary>
public sealed class NotifyOfOffer(
    AccountsContext dbContext, InvitationLimiter limiter, MailBudgets budgets, AccountMails mails, TimeProvider time)
{
    public async Task<Result<Unit>> HandleAsync(
        Caller caller, AccountSummary account, Guid customer, CancellationToken cancellationToken)
    {
        if (!await dbContext.TryShareOrganizationAsync(caller.OrganizationId, cancellationToken))
        {
            return OrganizationLocks.Closed;
        }

        if (await limiter.AcquireAsync(caller, cancellationToken) is { } refused)
        {
            return refused;
        }

        if (await budgets.TryAcquireAsync(
            caller, MailPurpose.Offer, EmailAddress.KeyOf(account.Email), new MailSubject("account", account.Id), cancellationToken))
        {
            var organization = await dbContext.Organizations.AsNoTracking()
                .SingleAsync(row => row.Id == caller.OrganizationId, cancellationToken);
            var to = new MailRecipient(account.Email, account.FirstName, account.Language);
            var person = new MailPerson(account.Id, customer, organization.Id);
            dbContext.Queue(mails.Offer(to, organization.Name), person, time.GetUtcNow());
            await dbContext.SaveChangesAsync(cancellationToken);
        }

        return default(Unit);
    }
}
