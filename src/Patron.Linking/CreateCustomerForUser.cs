using Patron.Accounts.Organizations;
using Patron.Accounts.Users;
using Patron.Customers.Customers;
using Patron.Customers.Links;
using Patron.Shared.Callers;
using Patron.Shared.Database;
using Patron.Shared.Results;

namespace Patron.Linking;

/// <summary>
/// Creates the customer of an existing account in the home organization if it has none (source 1, create_customer_for_user), for an
/// administrator (403). An unlinked record with the proven address is linked; a new one holds only the fields that the account owns.
/// Errors: 404 no such account.
/// </summary>
public sealed class CreateCustomerForUser(
    LookUpAccounts accounts, AccountCustomers customers, JoinOrganization membership, DatabaseSession database, HomeOrganization home)
{
    private static readonly CustomerChanges Values = new(CustomerSchema.IsPrimaryContact.With(true));

    public async Task<Result<EnsuredCustomer>> HandleAsync(Caller caller, string? email, CancellationToken cancellationToken)
    {
        if (!caller.IsAdmin)
        {
            return Error.Forbidden("admin_required", "Only an administrator can create customers for other people's accounts.");
        }

        return await accounts.FindByLoginAsync(email ?? "", cancellationToken) is { } card
            ? await EnsureAsync(caller, card.Id, cancellationToken)
            : Error.NotFound("account_not_found", "There's no account with this email address.");
    }

    /// <summary>Does the same for a user id. Errors: 404 the account no longer exists.</summary>
    internal async Task<Result<EnsuredCustomer>> EnsureAsync(Caller caller, Guid userId, CancellationToken cancellationToken)
    {
        await using var transaction = await database.BeginAsync(cancellationToken);
        if (await accounts.LockAsync(userId, cancellationToken) is not { } account)
        {
            return Error.NotFound("account_not_found", "There's no such account.");
        }

        var ensured = await customers.EnsureAsync(caller, account.ToAccount(), home.Id, Values, LinkEvidence.Staff, cancellationToken);
        if (!ensured.Succeeded(out var customer, out var refused))
        {
            return refused;
        }

        await membership.AddAsync(userId, home.Id, cancellationToken);
        return await transaction.CommitAsync(customer, cancellationToken);
    }
}

/// <summary>Finds the records of accounts in the home organization, without deleted ones, for interfaces that show both together.</summary>
public sealed class HomeCustomers(AccountCustomers customers, HomeOrganization home)
{
    public async Task<IReadOnlyDictionary<Guid, Customer>> FindAsync(
        IReadOnlyCollection<Guid> userIds, CancellationToken cancellationToken) =>
        (await customers.FindAsync(home.Id, userIds, cancellationToken)).Where(pair => !pair.Value.IsDeleted).ToDictionary();
}
