using Patron.Accounts.Organizations;
using Patron.Accounts.Users;
using Patron.Customers.Customers;
using Patron.Customers.Links;
using Patron.Shared.Callers;
using Patron.Shared.Database;
using Patron.Shared.Results;

namespace Patron.Linking;

/// <summary>
/// The person accepts an offer (linking.md, 'Offer'): the record is theirs, they are a customer member of its organization and have a
/// customer profile there, in one transaction. Errors as <see cref="AnswerOffer"/>.
/// </summary>
public sealed class AcceptOffer(
    LookUpAccounts accounts, AnswerOffer offers, JoinOrganization membership, CustomerProfiles profiles, DatabaseSession database)
{
    public Task<Result<Customer>> HandleAsync(Caller caller, Guid customerUid, CancellationToken cancellation) =>
        database.InTransactionAsync(
            async () =>
            {
                if (caller.UserId is not { } userId || await accounts.HoldAsync(userId, cancellation) is not { } account)
                {
                    return Error.Forbidden("Offers are answered by the people they are made to.");
                }

                var accepted = await offers.AcceptAsync(caller, account.ToAccount(), customerUid, cancellation);
                if (accepted.Succeeded(out var customer, out _))
                {
                    await membership.AddAsync(userId, customer.OrganizationId, cancellation);
                    await profiles.EnsureAsync(userId, customer.OrganizationId, cancellation);
                }

                return accepted;
            },
            cancellation);
}
