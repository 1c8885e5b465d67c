using Patron.Accounts.Activation;
using Patron.Accounts.Organizations;
using Patron.Accounts.Users;
using Patron.Customers.Links;
using Patron.Shared.Callers;
using Patron.Shared.Text;

namespace Patron.Linking;

/// <summary>
/// Hears what happens to accounts, inside the transaction that makes it so, and lets their customer records follow: a proven address links
/// what waits for it (linking.md, 'Proof') and ends its invitation, new names and phones are copied.
/// </summary>
public sealed class CustomerRecords(
    CustomerLinks links, AccountCustomers customers, JoinOrganization membership, ActivationInvitations invitations, HomeOrganization home)
{
    public Task HandleAsync(AccountEvent happened, CancellationToken cancellation) => happened.Kind switch
    {
        AccountEventKind.Registered => ProveWaitedForAsync(happened, cancellation),
        AccountEventKind.EmailVerified => ProveAsync(happened, happened.Users, cancellation),
        AccountEventKind.Changed => FollowAsync(happened, cancellation),
        _ => throw new ArgumentOutOfRangeException(nameof(happened), happened.Kind, message: null),
    };

    // Imported accounts come by the hundred, some of them proven; few of those are waited for.
    private async Task ProveWaitedForAsync(AccountEvent happened, CancellationToken cancellation)
    {
        var proven = happened.Users.Where(user => user.EmailConfirmed).ToList();
        if (proven.Count > 0)
        {
            var waitedFor = await links.FindWaitingAsync(organization: null, [.. proven.Select(user => Folding.Key(user.Email!))], cancellation);
            await ProveAsync(happened, proven.Where(user => waitedFor.Contains(Folding.Key(user.Email!))), cancellation);
        }
    }

    private async Task ProveAsync(AccountEvent happened, IEnumerable<User> users, CancellationToken cancellation)
    {
        var evidence = happened.IsBelieved ? LinkEvidence.Trusted : LinkEvidence.EmailProven;
        foreach (var user in users)
        {
            foreach (var organization in await links.ProveAsync(happened.Caller, user.ToAccount(), only: null, cancellation, evidence))
            {
                await membership.AddAsync(user.Id, organization, cancellation);
                await EndInvitationAsync(user, organization, cancellation);
            }
        }
    }

    private async Task EndInvitationAsync(User user, Guid organization, CancellationToken cancellation)
    {
        if (organization == home.Id && (await customers.FindAsync(organization, [user.Id], cancellation)).GetValueOrDefault(user.Id) is { } record)
        {
            await invitations.ComeAsync(record.Uid, cancellation);
        }
    }

    private async Task FollowAsync(AccountEvent happened, CancellationToken cancellation)
    {
        foreach (var user in happened.Users)
        {
            await links.FollowAsync(happened.Caller, user.ToAccount() with { FormerPhone = happened.Before?.PhoneNumber }, cancellation);
        }
    }
}
