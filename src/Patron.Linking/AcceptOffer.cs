using Patron.Accounts.Organizations;
using Patron.Accounts.Users;
using Patron.Customers.Customers;
using Patron.Customers.Links;
using Patron.Shared.Callers;
using Patron.Shared.Database;
using Patron.Shared.Results;

namespace Patron.Linking;

/// <summary>
/// Accepts an offer (linking.md, 'Offer'): links the record to the caller, and makes them a customer member of its organization with a
/// customer profile, in one transaction. Errors as <see cref="AnswerOffer"/>.
/// </summary>
public sealed class AcceptOffer(LookUpAccounts accounts, AnswerOffer answerOffer, JoinOrganization membership, DatabaseSession database)
{
    private static readonly Error PeopleOnly = Error.Forbidden("account_required", "Only the person an offer was made to can answer it.");

    public async Task<Result<Customer>> HandleAsync(Caller caller, Guid customerUid, CancellationToken cancellationToken)
    {
        if (caller.UserId is not { } userId)
        {
            return PeopleOnly;
        }

        await using var transaction = await database.BeginAsync(cancellationToken);
        if (await accounts.LockAsync(userId, cancellationToken) is not { } account)
        {
            return PeopleOnly;
        }

        var accepted = await answerOffer.AcceptAsync(caller, account.ToAccount(), customerUid, cancellationToken);
        if (!accepted.Succeeded(out var customer, out var refused))
        {
            return refused;
        }

        if (await membership.AddWithProfileAsync(userId, customer.OrganizationId, cancellationToken) is { } closed)
        {
            return closed;
        }

        return await transaction.CommitAsync(customer, cancellationToken);
    }
}
