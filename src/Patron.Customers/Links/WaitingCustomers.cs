using Microsoft.EntityFrameworkCore;
using Patron.Customers.Customers;
using Patron.Customers.Database;

namespace Patron.Customers.Links;

/// <summary>
/// Records that claim an address and have no account, and are not archived, deleted or blocked: their people may come (linking.md, 'Activation').
/// For other modules, which ask who may ask.
/// </summary>
public sealed class WaitingCustomers(CustomersContext context)
{
    /// <summary>The one that waits for this address in the organization; null where none does.</summary>
    public Task<Customer?> FindAsync(Guid organizationId, string emailKey, CancellationToken cancellation) =>
        Waiting(organizationId).SingleOrDefaultAsync(customer => customer.EmailKey == emailKey, cancellation);

    /// <summary>Of these records those that wait, by their identity.</summary>
    public Task<Dictionary<Guid, Customer>> FindAsync(Guid organizationId, IReadOnlyCollection<Guid> uids, CancellationToken cancellation) =>
        Waiting(organizationId).Where(customer => uids.Contains(customer.Uid)).ToDictionaryAsync(customer => customer.Uid, cancellation);

    /// <summary>Of these records those that are an account's.</summary>
    public Task<List<Guid>> FindLinkedAsync(IReadOnlyCollection<Guid> uids, CancellationToken cancellation) =>
        context.Customers.Where(customer => uids.Contains(customer.Uid) && customer.UserId != null).Select(customer => customer.Uid).ToListAsync(cancellation);

    /// <summary>A page of all that wait in the organization, after a number: what is entered meanwhile moves nothing.</summary>
    public Task<List<Customer>> PageAsync(Guid organizationId, long after, int size, CancellationToken cancellation) =>
        Waiting(organizationId).Where(customer => customer.Id > after).OrderBy(customer => customer.Id).Take(size).ToListAsync(cancellation);

    private IQueryable<Customer> Waiting(Guid organizationId) => context.Customers.AsNoTracking().Where(customer =>
        customer.OrganizationId == organizationId && customer.EmailKey != null && customer.Claim == EmailClaim.Claimed && customer.UserId == null && customer.IsActive);
}
