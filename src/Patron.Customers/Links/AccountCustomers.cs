using Patron.Customers.Accounts;
using Patron.Customers.Customers;
using Patron.Customers.Database;
using Patron.Shared.Callers;
using Patron.Shared.Results;
using Patron.Shared.Database;

namespace Patron.Customers.Links;

/// <summary>An account's record in an organization, and whether it was made or linked just now.</summary>
public sealed record EnsuredCustomer(Customer Customer, bool IsNew);

/// <summary>
/// The record that an account has in an organization, whichever entry point asks for it: the one it has, else one that waits for its proven
/// address or is offered to it, else a new one. An account has at most one there; of many who ask at once one makes it, the others get it.
/// </summary>
public sealed class AccountCustomers(CustomerStore customers, CustomerLinker linker, LinkOffers offers, AccountCopies copies, TimeProvider time)
{
    private const int MaxLooks = 3;

    /// <summary>
    /// The account's record, with these values where it is a new one. Runs inside the caller's transaction where there is one. Errors: 422 naming the
    /// fields that are not valid.
    /// </summary>
    public async Task<Result<EnsuredCustomer>> EnsureAsync(
        Caller caller, Account account, Guid organizationId, CustomerChanges values, LinkEvidence evidence, CancellationToken cancellationToken)
    {
        // The account has a name, so the record need not.
        var wanted = new Customer { UserId = account.UserId }.With(values);
        if (CustomerSchema.CheckNew(wanted, required: [], time.GetDatabaseNow(), values.Mistakes) is { } invalid)
        {
            return invalid;
        }

        for (var look = 1; ; look++)
        {
            await using var attempt = await customers.BeginAsync(cancellationToken);
            var ensured = await TryEnsureAsync(caller, account, organizationId, wanted, evidence, cancellationToken);
            if (look == MaxLooks || (ensured.Error != CustomerConflicts.AlreadyCustomer && ensured.Error != CustomerConflicts.EmailTaken))
            {
                return await attempt.CommitAsync(ensured, cancellationToken);
            }
        }
    }

    /// <summary>The records of these accounts in the organization, by account; deleted ones too.</summary>
    public async Task<IReadOnlyDictionary<Guid, Customer>> FindAsync(Guid organizationId, IReadOnlyCollection<Guid> userIds, CancellationToken cancellationToken) =>
        (await customers.WhereAsync("c.organization_id = $1 AND c.user_id = ANY ($2)", cancellationToken, organizationId, userIds.ToArray()))
            .ToDictionary(customer => customer.UserId!.Value);

    private async Task<Result<EnsuredCustomer>> TryEnsureAsync(
        Caller caller, Account account, Guid organizationId, Customer wanted, LinkEvidence evidence, CancellationToken cancellationToken)
    {
        var now = time.GetDatabaseNow();
        var offer = account.EmailVerified && caller.UserId == account.UserId
            ? await offers.FindAsync(account.UserId, organizationId, now, cancellationToken) // Only the person themselves accepts an offer.
            : null;
        var records = await customers.LockOfAccountAsync(caller, account, organizationId, now, cancellationToken, offer?.CustomerUid);
        if (records.SingleOrDefault(customer => customer.UserId == account.UserId) is { } own)
        {
            return new EnsuredCustomer(own, IsNew: false);
        }

        var grant = new LinkGrant(evidence, caller.UserId ?? account.UserId);
        var isAccepted = offer?.IsOf(records) == true && await offers.TryEndAsync(offer, OfferState.Linked, now, cancellationToken);
        var unowned = records.Where(customer => customer.UserId is null && (isAccepted || customer.Uid != offer?.CustomerUid)).ToList();
        if (account.EmailVerified && unowned.Count > 0)
        {
            var joined = await linker.JoinAsync(
                caller, unowned, account, grant with { Evidence = isAccepted ? LinkEvidence.Accepted : LinkEvidence.EmailProven }, now, cancellationToken);
            return joined.Select(customer => new EnsuredCustomer(customer, IsNew: true));
        }

        var inserted = await customers.InsertAsync(caller, Make(account, organizationId, wanted, grant, now), cancellationToken);
        return inserted.Select(customer => new EnsuredCustomer(customer, IsNew: true));
    }

    // A record that an account has for itself; it claims the address only once that is proven.
    private Customer Make(Account account, Guid organizationId, Customer wanted, LinkGrant grant, DateTimeOffset now)
    {
        var customer = Customer.Create(organizationId, wanted, now);
        customer.LinkTo(account, grant, now);
        copies.Follow(customer, account, now);
        if (account.EmailVerified)
        {
            customer.ClaimAddress(now);
        }

        customer.Version = 1;
        return customer;
    }
}
