using System.Globalization;
using Patron.Accounts.Organizations;
using Patron.Customers.Customers;
using Patron.Shared.Callers;
using Patron.Shared.Inbox;
using Patron.Shared.Results;

namespace Patron.Linking.Activation;

/// <summary>The invitation of a customer that an item is about.</summary>
public sealed record CustomerInvitationDetails(InvitationView Invitation) : InboxDetails;

/// <summary>The invitation of a member that an item is about.</summary>
public sealed record MemberInvitationDetails(MemberInvitation Invitation) : InboxDetails;

/// <summary>Two records or accounts with one mailbox in two spellings. Changing or merging one of them ends it.</summary>
public sealed record EmailConflictDetails(EmailConflict Conflict) : InboxDetails;

/// <summary>Reads invitations that expire.</summary>
internal sealed class InvitationInboxReader(ListInvitations customers, WithdrawMemberInvitation members) : IInboxReader
{
    public bool CanRead(InboxItem item) => item.Kind == InboxKind.InvitationExpiring;

    public async Task<Result<InboxDetails>> ReadAsync(Caller caller, InboxItem item, CancellationToken cancellationToken)
    {
        if (item.SourceAfter("customer/") is { } number)
        {
            return (await customers.FindAsync(caller, long.Parse(number, CultureInfo.InvariantCulture), cancellationToken))
                .Select<InboxDetails>(view => new CustomerInvitationDetails(view));
        }

        return CustomerAccess.RefuseUnlessStaff(caller, Scopes.ReadCustomers) is { } refused
            ? refused
            : (await members.FindAsync(caller, Guid.Parse(item.SourceAfter("member/")!), cancellationToken))
                .Select<InboxDetails>(invitation => new MemberInvitationDetails(invitation));
    }
}

/// <summary>Reads records and accounts that have the same mailbox.</summary>
internal sealed class EmailConflictInboxReader(ListEmailConflicts conflicts) : IInboxReader
{
    private static readonly Error Settled = Error.NotFound("email_conflict_not_found", "These two addresses are different by now.");

    public bool CanRead(InboxItem item) =>
        item.Kind == InboxKind.KeyCollision && (item.SourceAfter("customer/") ?? item.SourceAfter("user/")) is not null;

    public async Task<Result<InboxDetails>> ReadAsync(Caller caller, InboxItem item, CancellationToken cancellationToken) =>
        (await conflicts.HandleAsync(caller, cancellationToken)).Succeeded(out var found, out var refused)
            ? found.FirstOrDefault(conflict => $"{conflict.Kind}/{conflict.RowId}" == item.Source) is { } conflict
                ? new EmailConflictDetails(conflict) : Settled
            : refused;
}
