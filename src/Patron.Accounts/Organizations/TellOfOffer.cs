using Microsoft.EntityFrameworkCore;
using Patron.Accounts.Database;
using Patron.Accounts.Users;
using Patron.Shared.Callers;
using Patron.Shared.Results;

namespace Patron.Accounts.Organizations;

/// <summary>
/// Tells a person by mail that an organization would like to tie a record to their account, inside the transaction that offers it. A sender
/// has a limit (429); a mailbox that has had several such messages within the hour gets no more, and the offer stands all the same.
/// </summary>
public sealed class TellOfOffer(AccountsContext context, AccountMailbox mailbox, AccountMails mails, Attempts attempts, TimeProvider time)
{
    private const int OffersPerMailboxAndHour = 3;

    public async Task<Result<Done>> HandleAsync(Caller caller, AccountCard account, CancellationToken cancellation)
    {
        if (await mailbox.LimitInvitationsAsync(caller, cancellation) is { } limited)
        {
            return limited;
        }

        if (await attempts.TryTakeAsync(Attempts.Offer, account.Id.ToString(), OffersPerMailboxAndHour, cancellation))
        {
            var organization = await context.Organizations.AsNoTracking().SingleAsync(row => row.Id == caller.OrganizationId, cancellation);
            context.Outbox.Add(mails.Offer(account.Email, account.FirstName, organization.Name).ToOutbox(time.GetUtcNow()));
            await context.SaveChangesAsync(cancellation);
        }

        return default(Done);
    }
}
