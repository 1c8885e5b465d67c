using Microsoft.EntityFrameworkCore;
using Patron.Customers.Accounts;
using Patron.Customers.Customers;
using Patron.Customers.Database;
using Patron.Shared.Callers;
using Patron.Shared.Database;
using Patron.Shared.Results;

namespace Patron.Customers.Links;

/// <summary>An account's record in an organization, and whether it was made or linked just now.</summary>
public sealed record EnsuredCustomer(Customer Customer, bool IsNew);

/// <summary>
/// The record that an account has in an organization, whichever door asks for it: the one it has, else one that waits for its proven
/// address or is offered to it, else a new one. An account has at most one there; of many who ask at once one makes it, the others get it.
/// </summary>
public sealed class AccountCustomers(
    CustomersContext context, DatabaseSession session, CustomerEntry entry, RecordLinks links, OfferBook offers, IAccountDirectory directory, TimeProvider time)
{
    private const int MaxLooks = 3;

    /// <summary>
    /// The account's record, with <paramref name="details"/> where it is a new one. Runs inside the caller's transaction where there is one.
    /// The details have been checked.
    /// </summary>
    public async Task<Result<EnsuredCustomer>> EnsureAsync(
        Caller caller, Account account, Guid organizationId, CustomerDetails details, LinkEvidence evidence, CancellationToken cancellation)
    {
        for (var look = 1; ; look++)
        {
            var ensured = await session.InTransactionAsync(() => TryEnsureAsync(caller, account, organizationId, details, evidence, cancellation), cancellation);
            if (look == MaxLooks || (ensured.Error != SavingCustomers.AlreadyCustomer && ensured.Error != SavingCustomers.EmailTaken))
            {
                return ensured;
            }
        }
    }

    /// <summary>The same with what somebody typed, where a new record is made. 422 naming the fields that are not valid.</summary>
    public async Task<Result<EnsuredCustomer>> EnsureCheckedAsync(
        Caller caller, Account account, Guid organizationId, CustomerDetails details, LinkEvidence evidence, CancellationToken cancellation) =>
        CustomerFields.Check(details, CustomerFields.Changed(CustomerDetails.Empty, details), [], time.GetDatabaseNow(), isLinked: true)
        ?? await EnsureAsync(caller, account, organizationId, details, evidence, cancellation);

    /// <summary>The records of these accounts in the organization, by account; deleted ones too.</summary>
    public async Task<IReadOnlyDictionary<Guid, Customer>> FindAsync(Guid organizationId, IReadOnlyCollection<Guid> userIds, CancellationToken cancellation) =>
        await context.Customers.AsNoTracking()
            .Where(customer => customer.OrganizationId == organizationId && customer.UserId != null && userIds.Contains(customer.UserId.Value))
            .ToDictionaryAsync(customer => customer.UserId!.Value, cancellation);

    private async Task<Result<EnsuredCustomer>> TryEnsureAsync(
        Caller caller, Account account, Guid organizationId, CustomerDetails details, LinkEvidence evidence, CancellationToken cancellation)
    {
        var now = time.GetDatabaseNow();
        var offer = account.EmailVerified && caller.UserId == account.UserId
            ? await offers.FindAsync(account.UserId, organizationId, now, cancellation) // Only the person's own deed accepts an offer.
            : null;
        var records = await context.LockOfAccountAsync(session, caller, account, organizationId, now, cancellation, offer?.CustomerUid);
        if (records.SingleOrDefault(customer => customer.UserId == account.UserId) is { } own)
        {
            return new EnsuredCustomer(own, IsNew: false);
        }

        var grant = new LinkGrant(evidence, caller.UserId ?? account.UserId);
        var isAccepted = offer?.IsOf(records) == true && await offers.TryEndAsync(offer, OfferState.Linked, now, cancellation);
        var unowned = records.Where(customer => customer.UserId is null && (isAccepted || customer.Uid != offer?.CustomerUid)).ToList();
        if (account.EmailVerified && unowned.Count > 0)
        {
            var joined = await links.JoinAllAsync(
                caller, unowned, account, grant with { Evidence = isAccepted ? LinkEvidence.Accepted : LinkEvidence.EmailProven }, now, cancellation);
            return joined.Succeeded(out var waiting, out var taken) ? new EnsuredCustomer(waiting, IsNew: true) : taken;
        }

        var written = CustomerFields.Changed(CustomerDetails.Empty, directory.KeepsCopies ? details.Of(account) : details);
        var entered = await entry.EnterAsync(
            caller, identifiers => Customer.EnterFor(account, directory.KeepsCopies, grant, organizationId, details, identifiers, now), written, now, cancellation);
        return entered.Succeeded(out var customer, out var refused) ? new EnsuredCustomer(customer, IsNew: true) : refused;
    }
}
