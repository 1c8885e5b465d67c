using Patron.Accounts.Activation;
using Patron.Customers.Customers;
using Patron.Customers.Links;
using Patron.Shared.Callers;
using Patron.Shared.Results;

namespace Patron.Linking.Activation;

/// <summary>An invitation, its present state and its customer; null if the record was erased or merged.</summary>
public sealed record InvitationView(ActivationInvitation Invitation, ActivationInvitationState State, Customer? Customer);

/// <summary>
/// Lists invitations with their status, oldest first. For staff of home (403) and API keys with <c>customers:read</c>. Pages count from 1.
/// </summary>
public sealed class ListInvitations(ActivationInvitations invitations, WaitingCustomers customers, HomeOrganization home, TimeProvider time)
{
    public async Task<Result<(IReadOnlyList<InvitationView> Rows, int Total)>> HandleAsync(
        Caller caller, ActivationInvitationState? state, int page, int size, CancellationToken cancellationToken)
    {
        if (InvitationAccess.Refusal(caller, home, Scopes.ReadCustomers) is { } refused)
        {
            return refused;
        }

        var (rows, total) = await invitations.PageAsync(state, page, size, cancellationToken);
        var found = await customers.ReadAsync(home.Id, [.. rows.Select(row => row.CustomerUid)], cancellationToken);
        var now = time.GetUtcNow();
        return ([.. rows.Select(row => new InvitationView(row, row.StateAt(now), found.GetValueOrDefault(row.CustomerUid)))], total);
    }
}
