using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Patron.Accounts.Activation;
using Patron.Accounts.Mails;
using Patron.Customers.Links;
using Patron.Shared.Background;
using Patron.Shared.Callers;
using Patron.Shared.Database;
using Patron.Shared.Results;
using Patron.Shared.Text;

namespace Patron.Linking.Activation;

/// <summary>
/// Sends due invitations and reminders, within the limit per hour of the settings. Mails go to the record's current address. Customers who
/// have an account by now, or whose record cannot be activated any more, get none.
/// </summary>
public sealed class MailInvitations(
    ActivationInvitations invitations, WaitingCustomers waiting, DatabaseSession database, HomeOrganization home, PortalOptions options)
{
    private const int BatchSize = 50;

    /// <summary>Processes one batch in one transaction and returns the number of its invitations.</summary>
    public async Task<int> HandleAsync(CancellationToken cancellationToken)
    {
        await using var transaction = await database.BeginAsync(cancellationToken);
        var due = await invitations.LockDueAsync(options.Invitations.PerHour, BatchSize, cancellationToken);
        await MailAsync(due, cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return due.Count;
    }

    private async Task MailAsync(IReadOnlyList<ActivationInvitation> due, CancellationToken cancellationToken)
    {
        Guid[] uids = [.. due.Select(invitation => invitation.CustomerUid)];
        var unlinked = await waiting.FindAsync(home.Id, uids, cancellationToken);
        var linked = (await waiting.FindLinkedAsync(home.Id, [.. uids.Where(uid => !unlinked.ContainsKey(uid))], cancellationToken))
            .ToHashSet();
        var absorbed = (await waiting.FindAbsorbedAsync(home.Id, uids, cancellationToken)).ToHashSet();
        foreach (var invitation in due)
        {
            // Check the address before queueing the mail: an invalid one from an older version or an ERP would fail at every try.
            if (unlinked.TryGetValue(invitation.CustomerUid, out var customer) && EmailAddress.TryParse(customer.Email, out var address))
            {
                var reminder = invitation.Mails < options.Invitations.Reminders ? options.Invitations.RemindAfter : (TimeSpan?)null;
                var to = new MailRecipient(address.Text, customer.GreetingName(customer.FullName), customer.Language);
                await invitations.MailAsync(invitation, to, reminder, cancellationToken);
            }
            else if (absorbed.Contains(invitation.CustomerUid))
            {
                invitations.Suspend(invitation);
            }
            else
            {
                invitations.Close(invitation, linked.Contains(invitation.CustomerUid));
            }
        }

        await invitations.SaveAsync(cancellationToken);
    }
}

/// <summary>Sends due invitations and reminders in the background. Any number of processes may run it.</summary>
public sealed class InvitationWorker(IServiceScopeFactory scopes, BackgroundLoop loop) : BackgroundService
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(2);

    protected override Task ExecuteAsync(CancellationToken stoppingToken) =>
        loop.RunAsync("invitations", Interval, MailAllDueAsync, stoppingToken);

    private async Task MailAllDueAsync(CancellationToken cancellationToken)
    {
        int processed;
        do
        {
            await using var scope = scopes.CreateBackgroundScope();
            processed = await scope.ServiceProvider.GetRequiredService<MailInvitations>().HandleAsync(cancellationToken);
        }
        while (processed > 0);
    }
}
