using Patron.Accounts.Activation;
using Patron.Accounts.Sessions;
using Patron.Accounts.Users;
using Patron.Customers.Customers;
using Patron.Customers.Erp;
using Patron.Customers.Links;
using Patron.Shared.Callers;
using Patron.Shared.Outbox;
using Patron.Shared.Results;

namespace Patron.Linking.Staff;

/// <summary>
/// A customer with what depends on them, as staff see it. The link's evidence is part of the record. Lists are newest first.
/// </summary>
public sealed record StaffCustomer(
    Customer Customer, IReadOnlyList<ConsentView> Consents, IReadOnlyList<RecordOffer> Offers, IReadOnlyList<ChangeRequest> Requests)
{
    /// <summary>The linked account with its active sessions; null without one, and for staff of other organizations than home.</summary>
    public StaffAccount? Account { get; init; }

    /// <summary>The address of the member of staff who linked the record; null for others, and for staff of other organizations.</summary>
    public string? LinkedBy { get; init; }

    /// <summary>The invitation to set a first password and its state; only in the home organization.</summary>
    public (ActivationInvitation Invitation, ActivationInvitationState State)? Invitation { get; init; }

    /// <summary>The last mail to the record's address that was refused for good within 30 days.</summary>
    public MailRefusal? Refusal { get; init; }
}

/// <summary>The account of a customer and its active sessions, the last used first.</summary>
public sealed record StaffAccount(AccountState State, IReadOnlyList<Session> Sessions);

/// <summary>The modules that <see cref="ReadStaffCustomer"/> asks about the account.</summary>
public sealed class StaffAccounts(
    FindAccountState accounts, ListSessions sessions, ActivationInvitations invitations, HomeOrganization home, TimeProvider time)
{
    internal async Task<StaffAccount?> FindAsync(Caller caller, Customer customer, CancellationToken cancellationToken) =>
        caller.IsStaffOf(home.Id) && customer.UserId is { } id && await accounts.HandleAsync(id, cancellationToken) is { } state
            ? new StaffAccount(state, await sessions.OfAccountAsync(id, cancellationToken))
            : null;

    internal async Task<string?> FindLinkedByAsync(Caller caller, Customer customer, CancellationToken cancellationToken) =>
        caller.IsStaffOf(home.Id) && customer.LinkedBy is { } by && by != customer.UserId
            ? (await accounts.HandleAsync(by, cancellationToken))?.Email
            : null;

    internal async Task<(ActivationInvitation Invitation, ActivationInvitationState State)?> FindInvitationAsync(
        Customer customer, CancellationToken cancellationToken) =>
        customer.OrganizationId == home.Id && await invitations.FindAsync(customer.Uid, cancellationToken) is { } found
            ? (found, found.StateAt(time.GetUtcNow()))
            : null;
}

/// <summary>
/// Reads a customer with consents, offers, open change requests, invitation, account and sessions, for staff and keys with
/// <c>customers:read</c> (403 for others). Sessions and the state of the account are for staff of home. 404 for a record that the caller
/// cannot see.
/// </summary>
public sealed class ReadStaffCustomer(
    FindCustomer find, ListConsents consents, ListOffers offers, ChangeRequests requests, StaffAccounts accounts, RefusedMails refused)
{
    public async Task<Result<StaffCustomer>> HandleAsync(Caller caller, string reference, CancellationToken cancellationToken)
    {
        if (CustomerAccess.RefuseUnlessStaff(caller, Scopes.ReadCustomers) is { } refusal)
        {
            return refusal;
        }

        var found = await find.HandleAsync(caller, new CustomerLookup.ById(reference), cancellationToken);
        if (!found.Succeeded(out var customer, out var missing))
        {
            return missing;
        }

        var stated = await consents.HandleAsync(caller, reference, cancellationToken);
        if (!stated.Succeeded(out var statements, out var gone))
        {
            return gone;
        }

        return new StaffCustomer(
            customer, statements, await offers.OfRecordAsync(customer, cancellationToken),
            await requests.FindOpenAsync(customer, cancellationToken))
        {
            Account = await accounts.FindAsync(caller, customer, cancellationToken),
            LinkedBy = await accounts.FindLinkedByAsync(caller, customer, cancellationToken),
            Invitation = await accounts.FindInvitationAsync(customer, cancellationToken),
            Refusal = customer.Email is { } email
                ? (await refused.FindAsync([email], cancellationToken)).GetValueOrDefault(email)
                : null,
        };
    }
}
