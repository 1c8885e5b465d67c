using System.Globalization;
using Patron.Accounts.Activation;
using Patron.Accounts.Organizations;
using Patron.Accounts.Users;
using Patron.Customers.Customers;
using Patron.Customers.Links;
using Patron.Shared.Callers;
using Patron.Shared.Text;

namespace Patron.Linking;

/// <summary>
/// Updates customer records after changes of accounts, inside the same transaction: a proven address links the unlinked records with this
/// address (linking.md, 'Proof') and ends their invitation; new names and phones are copied.
/// </summary>
internal sealed class CustomerRecords(
    CustomerLinker linker, AccountCustomers customers, WaitingCustomers waiting, JoinOrganization membership,
    ActivationInvitations invitations, HomeOrganization home) : ICustomerRecords
{
    // Imports register hundreds of accounts at once, and few of them have unlinked records: find those with one query.
    public async Task RegisteredAsync(Caller caller, IReadOnlyList<User> users, CancellationToken cancellationToken)
    {
        var proven = users.Where(user => user.EmailConfirmed).ToList();
        if (proven.Count == 0)
        {
            return;
        }

        var waitingEmails = await waiting.FindAddressesAsync(
            organization: null, [.. proven.Select(user => EmailAddress.KeyOf(user.Email!))], cancellationToken);
        foreach (var user in proven.Where(user => waitingEmails.Contains(EmailAddress.KeyOf(user.Email!))))
        {
            await EmailProvenAsync(caller, user, isTrusted: false, cancellationToken);
        }
    }

    public async Task EmailProvenAsync(Caller caller, User user, bool isTrusted, CancellationToken cancellationToken)
    {
        var evidence = isTrusted ? LinkEvidence.Trusted : LinkEvidence.EmailProven;
        foreach (var organization in await linker.LinkProvenAddressAsync(caller, user.ToAccount(), only: null, cancellationToken, evidence))
        {
            await membership.AddAsync(user.Id, organization, cancellationToken);
            await EndInvitationAsync(user, organization, cancellationToken);
        }
    }

    public Task WithdrawOffersAsync(Guid organizationId, Guid? userId, CancellationToken cancellationToken) =>
        linker.WithdrawOffersAsync(organizationId, userId, cancellationToken);

    public Task AccountChangedAsync(Caller caller, User user, PersonNames before, CancellationToken cancellationToken) =>
        linker.UpdateFromAccountAsync(caller, user.ToAccount() with { FormerPhone = before.PhoneNumber }, cancellationToken);

    private async Task EndInvitationAsync(User user, Guid organization, CancellationToken cancellationToken)
    {
        if (organization == home.Id
            && (await customers.FindAsync(organization, [user.Id], cancellationToken)).GetValueOrDefault(user.Id) is { } record)
        {
            await invitations.MarkActivatedAsync(record.Uid, cancellationToken);
        }
    }
}

/// <summary>Updates invitations when customers are merged or erased.</summary>
internal sealed class InvitationReferences(ActivationInvitations invitations) : ICustomerReferences
{
    private const string Invitation = "invitation";

    public async Task<IReadOnlyList<MovedRow>> MoveAsync(
        Guid organizationId, Guid absorbed, Guid survivor, CancellationToken cancellationToken) =>
        [
            .. (await invitations.MoveAsync(absorbed, survivor, cancellationToken))
                .Select(id => new MovedRow(Invitation, id.ToString(CultureInfo.InvariantCulture))),
        ];

    public Task<IReadOnlyList<ReferencedPartner>> FindPartnersAsync(
        Guid organizationId, Guid customer, CancellationToken cancellationToken) =>
        Task.FromResult<IReadOnlyList<ReferencedPartner>>([]);

    public Task ReturnAsync(SeparatedRecord record, CancellationToken cancellationToken) =>
        invitations.ReturnAsync(
            [.. record.Rows.Where(row => row.Kind == Invitation).Select(row => long.Parse(row.Id, CultureInfo.InvariantCulture))],
            record.Survivor, record.Returned, cancellationToken);

    public Task ForgetAsync(Guid organizationId, IReadOnlyCollection<Guid> customers, CancellationToken cancellationToken) =>
        invitations.RemoveAsync(customers, cancellationToken);
}
