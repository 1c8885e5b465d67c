using Patron.Accounts.Organizations;
using Patron.Accounts.Users;
using Patron.Customers.Customers;
using Patron.Customers.Links;
using Patron.Shared.Callers;
using Patron.Shared.Database;
using Patron.Shared.Results;

namespace Patron.Linking;

/// <summary>
/// Enters a customer of the acting organization for an account (source 2, 'Smart Linking'). The account's record where it has one there.
/// Linked at once where the person does it, an administrator, or home's staff for a member of home; an account with an unproven address and
/// everybody else's deed is an offer, which tells its maker nothing. Errors: 404 no such account, else as <see cref="CreateCustomer"/>.
/// </summary>
public sealed class CreateCustomerOfUser(
    LookUpAccounts accounts, AccountCustomers customers, OfferCustomer offer, TellOfOffer tell, CustomerProfiles profiles, JoinOrganization membership,
    DatabaseSession database, HomeOrganization home)
{
    public async Task<Result<EnsuredCustomer>> HandleAsync(Caller caller, string userReference, CustomerDetails details, CancellationToken cancellation)
    {
        var account = await accounts.FindByReferenceAsync(userReference, cancellation);
        var isOwn = account is not null && caller.UserId == account.Id;
        if (Refusal(caller, isOwn, details) is { } refused)
        {
            return refused;
        }

        return account is null ? Error.NotFound("There is no account with this user_id.")
            : isOwn || (account.EmailVerified && await MayLinkAsync(caller, account, cancellation)) ? await LinkAsync(caller, account.Id, isOwn, details, cancellation)
            : await OfferAsync(caller, account, details, cancellation);
    }

    // Asked before anything is told of the account.
    private static Error? Refusal(Caller caller, bool isOwn, CustomerDetails details) =>
        !isOwn && !caller.IsStaff ? Error.Forbidden("Only staff of the organization may do this.")
        : !caller.HasScope(Scopes.WriteCustomers) ? Error.Forbidden($"This API key does not have the scope {Scopes.WriteCustomers}.")
        : !caller.IsStaff && (details.IsBlocked || details.IsDeleted || details.Standing != CustomerStanding.Active)
            ? Error.Forbidden("Only staff of the organization may set the status.")
        : null;

    private async Task<bool> MayLinkAsync(Caller caller, AccountCard account, CancellationToken cancellation) =>
        caller.IsAdmin || (caller.OrganizationId == home.Id && (await accounts.ByIdAsync(caller, [account.Id], cancellation)).Value.Count == 1);

    private Task<Result<EnsuredCustomer>> LinkAsync(Caller caller, Guid userId, bool isOwn, CustomerDetails details, CancellationToken cancellation) =>
        database.InTransactionAsync(
            async () =>
            {
                if (await accounts.HoldAsync(userId, cancellation) is not { } account)
                {
                    return Error.NotFound("There is no account with this user_id.");
                }

                var ensured = await customers.EnsureCheckedAsync(
                    caller, account.ToAccount(), caller.OrganizationId, details, isOwn ? LinkEvidence.Accepted : LinkEvidence.Staff, cancellation);
                if (ensured.Error is null)
                {
                    await membership.AddAsync(userId, caller.OrganizationId, cancellation);
                    await profiles.EnsureAsync(userId, caller.OrganizationId, cancellation);
                }

                return ensured;
            },
            cancellation);

    private Task<Result<EnsuredCustomer>> OfferAsync(Caller caller, AccountCard account, CustomerDetails details, CancellationToken cancellation) =>
        database.InTransactionAsync(
            async () =>
            {
                var offered = await offer.HandleAsync(caller, account.Id, details, cancellation);
                return offered.Succeeded(out var made, out _) && made.IsOffered && (await tell.HandleAsync(caller, account, cancellation)).Error is { } limited
                    ? limited
                    : offered.Select(offer => offer.Ensured);
            },
            cancellation);
}
