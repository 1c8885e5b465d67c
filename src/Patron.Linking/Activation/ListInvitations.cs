using Patron.Accounts.Activation;
using Patron.Customers.Customers;
using Patron.Customers.Links;
using Patron.Shared.Callers;
using Patron.Shared.Outbox;
using Patron.Shared.Results;

namespace Patron.Linking.Activation;

/// <summary>An invitation, its present state and its customer; null if the record was erased or merged.</summary>
public sealed record InvitationView(ActivationInvitation Invitation, ActivationInvitationState State, Customer? Customer)
{
    /// <summary>The last mail to the customer's present address that was refused for good; null if none was.</summary>
    public MailRefusal? Refusal { get; init; }
}

/// <summary>
/// Lists invitations with their status, oldest first. For staff of home (403) and API keys with <c>customers:read</c>. Pages count from 1.
/// </summary>
public sealed class ListInvitations(
    ActivationInvitations invitations, WaitingCustomers customers, RefusedMails refused, HomeOrganization home, TimeProvider time)
{
    public async Task<Result<(IReadOnlyList<InvitationView> Rows, int Total)>> HandleAsync(
        Caller caller, ActivationInvitationState? state, int page, int size, CancellationToken cancellationToken)
    {
        if (InvitationAccess.Refusal(caller, home, Scopes.ReadCustomers) is { } refusal)
        {
            return refusal;
        }

        var (rows, total) = await invitations.PageAsync(state, page, size, cancellationToken);
        var found = await customers.ReadAsync(home.Id, [.. rows.Select(row => row.CustomerUid)], cancellationToken);
        var refusals = await refused.FindAsync([.. found.Values.Select(customer => customer.Email).OfType<string>()], cancellationToken);
        var now = time.GetUtcNow();
        return ([.. rows.Select(row => ToView(row, row.StateAt(now), found.GetValueOrDefault(row.CustomerUid), refusals))], total);
    }

    /// <summary>One invitation; 404 where there is none.</summary>
    public async Task<Result<InvitationView>> FindAsync(Caller caller, long id, CancellationToken cancellationToken)
    {
        if (InvitationAccess.Refusal(caller, home, Scopes.ReadCustomers) is { } refusal)
        {
            return refusal;
        }

        if (await invitations.FindAsync(id, cancellationToken) is not { } row)
        {
            return Error.NotFound("invitation_not_found", "There's no invitation with this id.");
        }

        var customer = (await customers.ReadAsync(home.Id, [row.CustomerUid], cancellationToken)).GetValueOrDefault(row.CustomerUid);
        var refusals = await refused.FindAsync([.. new[] { customer?.Email }.OfType<string>()], cancellationToken);
        return ToView(row, row.StateAt(time.GetUtcNow()), customer, refusals);
    }

    private static InvitationView ToView(
        ActivationInvitation row, ActivationInvitationState state, Customer? customer,
        IReadOnlyDictionary<string, MailRefusal> refusals) => new(row, state, customer)
    {
        Refusal = customer?.Email is { } email ? refusals.GetValueOrDefault(email) : null,
    };
}
