using Patron.Accounts.Activation;
using Patron.Accounts.Organizations;
using Patron.Accounts.Users;
using Patron.Customers.Links;
using Patron.Shared.Callers;
using Patron.Shared.Text;

namespace Patron.Linking;

/// <summary>
/// Lets customer records follow their accounts, inside the transaction of what happened to them: a proven address links what waits for it
/// (linking.md, 'Proof') and ends its invitation, new names and phones are copied.
/// </summary>
internal sealed class CustomerRecords(
    CustomerLinker linker, AccountCustomers customers, WaitingCustomers waiting, JoinOrganization membership, ActivationInvitations invitations, HomeOrganization home) : ICustomerRecords
{
    // Imported accounts come by the hundred, some of them proven; few of those are waited for.
    public async Task RegisteredAsync(Caller caller, IReadOnlyList<User> users, CancellationToken cancellationToken)
    {
        var proven = users.Where(user => user.EmailConfirmed).ToList();
        if (proven.Count == 0)
        {
            return;
        }

        var waitedFor = await waiting.FindAddressesAsync(organization: null, [.. proven.Select(user => EmailAddress.KeyOf(user.Email!))], cancellationToken);
        foreach (var user in proven.Where(user => waitedFor.Contains(EmailAddress.KeyOf(user.Email!))))
        {
            await EmailProvenAsync(caller, user, isTrusted: false, cancellationToken);
        }
    }

    public async Task EmailProvenAsync(Caller caller, User user, bool isTrusted, CancellationToken cancellationToken)
    {
        var evidence = isTrusted ? LinkEvidence.Trusted : LinkEvidence.EmailProven;
        foreach (var organization in await linker.ProveAsync(caller, user.ToAccount(), only: null, cancellationToken, evidence))
        {
            await membership.AddAsync(user.Id, organization, cancellationToken);
            await EndInvitationAsync(user, organization, cancellationToken);
        }
    }

    public Task AccountChangedAsync(Caller caller, User user, PersonNames before, CancellationToken cancellationToken) =>
        linker.FollowAsync(caller, user.ToAccount() with { FormerPhone = before.PhoneNumber }, cancellationToken);

    private async Task EndInvitationAsync(User user, Guid organization, CancellationToken cancellationToken)
    {
        if (organization == home.Id && (await customers.FindAsync(organization, [user.Id], cancellationToken)).GetValueOrDefault(user.Id) is { } record)
        {
            await invitations.ComeAsync(record.Uid, cancellationToken);
        }
    }
}
