using Patron.Accounts.Activation;
using Patron.Customers.Links;
using Patron.Shared.Callers;
using Patron.Shared.Database;
using Patron.Shared.Results;
using Patron.Shared.Text;

namespace Patron.Linking.Activation;

/// <summary>
/// Mails invitations and reminders that are due, never more within an hour than the settings say. It goes where the record's address is by then;
/// who has come meanwhile, or whose record no longer waits, gets none.
/// </summary>
public sealed class MailInvitations(
    ActivationInvitations invitations, WaitingCustomers waiting, DatabaseSession database, HomeOrganization home, PortalOptions options)
{
    private const int AtOnce = 50;

    /// <summary>One batch, in one transaction; answers how many invitations it looked at.</summary>
    public async Task<int> HandleAsync(CancellationToken cancellationToken)
    {
        await using var transaction = await database.BeginAsync(cancellationToken);
        var due = await invitations.TakeDueAsync(options.Invitations.PerHour, AtOnce, cancellationToken);
        await MailAsync(due, cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return due.Count;
    }

    private async Task MailAsync(IReadOnlyList<ActivationInvitation> due, CancellationToken cancellationToken)
    {
        Guid[] uids = [.. due.Select(invitation => invitation.CustomerUid)];
        var there = await waiting.FindAsync(home.Id, uids, cancellationToken);
        var linked = (await waiting.FindLinkedAsync(home.Id, [.. uids.Where(uid => !there.ContainsKey(uid))], cancellationToken)).ToHashSet();
        foreach (var invitation in due)
        {
            // Looked at before it is written: what an older version or an ERP took for an address would fail with each of its mails.
            if (there.TryGetValue(invitation.CustomerUid, out var customer) && EmailAddress.TryParse(customer.Email, out var address))
            {
                var again = invitation.Mails < options.Invitations.Reminders ? options.Invitations.RemindAfter : (TimeSpan?)null;
                await invitations.MailAsync(invitation, address, customer.GreetingName(customer.FullName), again, cancellationToken);
            }
            else
            {
                invitations.End(invitation, linked.Contains(invitation.CustomerUid));
            }
        }

        await invitations.SaveAsync(cancellationToken);
    }
}
