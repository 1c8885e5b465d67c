using Patron.Customers.Accounts;
using Patron.Customers.Customers;
using Patron.Customers.Database;
using Patron.Shared.Callers;
using Patron.Shared.Results;
using Patron.Shared.Database;

namespace Patron.Customers.Links;

/// <summary>An account's record in an organization, and whether it was created or linked just now.</summary>
public sealed record EnsuredCustomer(Customer Customer, bool IsNew);

/// <summary>
/// Finds or creates the record of an account in an organization, for all entry points: the linked one, else one that waits for its proven
/// address or is offered to it, else a new one. An account has at most one record there; of concurrent calls one creates it and the others
/// get it.
/// </summary>
public sealed class AccountCustomers(
    CustomerStore customers, CustomerLinker linker, LinkOffers offers, AccountCopies copies, TimeProvider time)
{
    private const int MaxAttempts = 3;

    /// <summary>
    /// The account's record; a new one has these values. Joins the caller's transaction if there is one. Errors: 403 for a person who sets
    /// fields of their own record that only staff may write, 422 naming invalid fields.
    /// </summary>
    public async Task<Result<EnsuredCustomer>> EnsureAsync(
        Caller caller, Account account, Guid organizationId, CustomerChanges values, LinkEvidence evidence,
        CancellationToken cancellationToken)
    {
        // The account has a name, so the record does not need one.
        var input = new Customer { UserId = account.UserId }.With(values);
        if (caller.UserId == account.UserId && CustomerAccess.RefuseOwnFields(caller, input) is { } refused)
        {
            return refused;
        }

        if (CustomerSchema.CheckNew(input, required: [], time.GetDatabaseNow(), values.Errors) is { } invalid)
        {
            return invalid;
        }

        for (var attempt = 1; ; attempt++)
        {
            await using var transaction = await customers.BeginAsync(cancellationToken);
            var ensured = await TryEnsureAsync(caller, account, organizationId, input, evidence, cancellationToken);
            if (attempt == MaxAttempts
                || (ensured.Error != CustomerConflicts.AlreadyCustomer && ensured.Error != CustomerConflicts.EmailTaken))
            {
                return await transaction.CommitAsync(ensured, cancellationToken);
            }
        }
    }

    /// <summary>The records of these accounts in the organization, by account; also deleted ones.</summary>
    public async Task<IReadOnlyDictionary<Guid, Customer>> FindAsync(
        Guid organizationId, IReadOnlyCollection<Guid> userIds, CancellationToken cancellationToken) =>
        (await customers.WhereAsync(
            "c.organization_id = $1 AND c.user_id = ANY ($2)", cancellationToken, organizationId, userIds.ToArray()))
            .ToDictionary(customer => customer.UserId!.Value);

    private async Task<Result<EnsuredCustomer>> TryEnsureAsync(
        Caller caller, Account account, Guid organizationId, Customer input, LinkEvidence evidence, CancellationToken cancellationToken)
    {
        var now = time.GetDatabaseNow();
        var offer = account.EmailVerified && caller.UserId == account.UserId
            // Only the owner of the account can accept an offer.
            ? await offers.FindAsync(account.UserId, organizationId, now, cancellationToken)
            : null;
        var records = await customers.LockForAccountAsync(caller, account, organizationId, now, cancellationToken, offer?.CustomerUid);
        if (records.SingleOrDefault(customer => customer.UserId == account.UserId) is { } own)
        {
            return new EnsuredCustomer(own, IsNew: false);
        }

        var grant = new LinkGrant(evidence, caller.UserId ?? account.UserId);
        var isAccepted = offer?.CanStillBeLinked(records) == true
            && await offers.TryCloseAsync(offer, OfferState.Linked, now, cancellationToken);
        var unowned = records.Where(customer => customer.UserId is null && (isAccepted || customer.Uid != offer?.CustomerUid)).ToList();
        if (account.EmailVerified && unowned.Count > 0)
        {
            var linked = await linker.MergeAndLinkAsync(
                caller, unowned, account, grant with { Evidence = isAccepted ? LinkEvidence.Accepted : LinkEvidence.EmailProven }, now,
                cancellationToken);
            return linked.Select(customer => new EnsuredCustomer(customer, IsNew: true));
        }

        var inserted = await customers.InsertAsync(caller, CreateForAccount(account, organizationId, input, grant, now), cancellationToken);
        return inserted.Select(customer => new EnsuredCustomer(customer, IsNew: true));
    }

    // A record that an account creates for itself claims the address only when that is proven.
    private Customer CreateForAccount(Account account, Guid organizationId, Customer input, LinkGrant grant, DateTimeOffset now)
    {
        var customer = Customer.Create(organizationId, input, now);
        customer.StateConsents(input, now);
        customer.LinkTo(account, grant, now);
        copies.UpdateFromAccount(customer, account, now);
        if (account.EmailVerified)
        {
            customer.ClaimAddress(now);
        }

        customer.Version = 1;
        return customer;
    }
}
