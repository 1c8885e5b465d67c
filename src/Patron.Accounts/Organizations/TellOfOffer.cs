using Microsoft.EntityFrameworkCore;
using Patron.Accounts.Database;
using Patron.Accounts.Users;
using Patron.Shared.Callers;
using Patron.Shared.Results;
using Patron.Shared.Text;

namespace Patron.Accounts.Organizations;

/// <summary>
/// Tells a person by mail that an organization would like to tie a record to their account, inside the transaction that offers it. A sender
/// needs a proven address (403) and has a limit (429); a mailbox that has had several such messages lately gets no more, and the offer stands all the same:
/// the person sees it when they sign in.
/// </summary>
public sealed class TellOfOffer(AccountsContext context, InvitationSender sender, MailBudgets budgets, AccountMails mails, TimeProvider time)
{
    public async Task<Result<Done>> HandleAsync(Caller caller, AccountCard account, CancellationToken cancellationToken)
    {
        if (await sender.RefusalAsync(caller, cancellationToken) is { } refused)
        {
            return refused;
        }

        if (await budgets.TryTakeAsync(caller, MailPurpose.Offer, EmailAddress.KeyOf(account.Email), new MailSubject("account", account.Id), cancellationToken))
        {
            var organization = await context.Organizations.AsNoTracking().SingleAsync(row => row.Id == caller.OrganizationId, cancellationToken);
            context.Outbox.Add(mails.Offer(account.Email, account.FirstName, organization.Name).ToOutbox(time.GetUtcNow()));
            await context.SaveChangesAsync(cancellationToken);
        }

        return default(Done);
    }
}
