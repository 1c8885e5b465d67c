using Patron.Accounts.Organizations;
using Patron.Accounts.Users;
using Patron.Customers.Customers;
using Patron.Customers.Links;
using Patron.Shared.Callers;
using Patron.Shared.Database;
using Patron.Shared.Results;

namespace Patron.Linking;

/// <summary>
/// Creates a customer of the acting organization for an account, or returns the account's existing record there (source 2, 'Smart
/// Linking'). The record is linked at once if the caller is the person, an administrator, or staff of home for a member of home with a
/// proven address. In all other cases it becomes an offer, whose answer reveals nothing about the account. Errors: 403 also for a person
/// who sets fields of their own record that only staff may write, 404 no such account, else as <see cref="CreateCustomer"/>.
/// </summary>
public sealed class CreateCustomerOfUser(
    LookUpAccounts accounts, AccountCustomers customers, OfferCustomerOfUser offer, JoinOrganization membership, DatabaseSession database,
    HomeOrganization home)
{
    private static readonly Error NoAccount = Error.NotFound("account_not_found", "There's no account with this user_id.");

    /// <summary>Null if the caller may create a customer for the account, else the error.</summary>
    public async Task<Error?> RefusalAsync(Caller caller, string userReference, CancellationToken cancellationToken)
    {
        var account = await accounts.FindByReferenceAsync(userReference, cancellationToken);
        return Refusal(caller, account is not null && caller.UserId == account.Id);
    }

    public async Task<Result<EnsuredCustomer>> HandleAsync(
        Caller caller, string userReference, CustomerChanges values, CancellationToken cancellationToken)
    {
        var account = await accounts.FindByReferenceAsync(userReference, cancellationToken);
        var isOwn = account is not null && caller.UserId == account.Id;
        if (Refusal(caller, isOwn) is { } refused)
        {
            return refused;
        }

        if (account is null)
        {
            return NoAccount;
        }

        return isOwn || (account.EmailVerified && await MayLinkAsync(caller, account, cancellationToken))
            ? await LinkAsync(caller, account.Id, isOwn, values, cancellationToken)
            : await offer.HandleAsync(caller, account, values, cancellationToken);
    }

    // Checked first, so that nothing about the account is revealed.
    private static Error? Refusal(Caller caller, bool isOwn) => isOwn
        ? CustomerAccess.RefuseOthers(caller, Scopes.WriteCustomers)
        : CustomerAccess.RefuseUnlessStaff(caller, Scopes.WriteCustomers);

    private async Task<bool> MayLinkAsync(Caller caller, AccountSummary account, CancellationToken cancellationToken) =>
        caller.IsAdmin
            || (caller.OrganizationId == home.Id && (await accounts.ByIdAsync(caller, [account.Id], cancellationToken)).Value.Count == 1);

    private async Task<Result<EnsuredCustomer>> LinkAsync(
        Caller caller, Guid userId, bool isOwn, CustomerChanges values, CancellationToken cancellationToken)
    {
        await using var transaction = await database.BeginAsync(cancellationToken);
        if (await accounts.LockAsync(userId, cancellationToken) is not { } account)
        {
            return NoAccount;
        }

        var evidence = isOwn ? LinkEvidence.Accepted : LinkEvidence.Staff;
        var ensured = await customers.EnsureAsync(caller, account.ToAccount(), caller.OrganizationId, values, evidence, cancellationToken);
        if (!ensured.Succeeded(out var customer, out var refused))
        {
            return refused;
        }

        if (await membership.AddWithProfileAsync(userId, caller.OrganizationId, cancellationToken) is { } closed)
        {
            return closed;
        }

        return await transaction.CommitAsync(customer, cancellationToken);
    }
}

/// <summary>
/// Creates a customer that is offered to an account, and notifies the person, in one transaction. Errors as <see cref="OfferCustomer"/> and
/// <see cref="NotifyOfOffer"/>.
/// </summary>
public sealed class OfferCustomerOfUser(OfferCustomer offer, NotifyOfOffer notify, DatabaseSession database)
{
    public async Task<Result<EnsuredCustomer>> HandleAsync(
        Caller caller, AccountSummary account, CustomerChanges values, CancellationToken cancellationToken)
    {
        await using var transaction = await database.BeginAsync(cancellationToken);
        var result = await offer.HandleAsync(caller, account.Id, values, cancellationToken);
        if (!result.Succeeded(out var offered, out var refused))
        {
            return refused;
        }

        var customer = offered.Ensured.Customer.Uid;
        if (offered.IsOffered && (await notify.HandleAsync(caller, account, customer, cancellationToken)).Error is { } limited)
        {
            return limited;
        }

        return await transaction.CommitAsync(offered.Ensured, cancellationToken);
    }
}
