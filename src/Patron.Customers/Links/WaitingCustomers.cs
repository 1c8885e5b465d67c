using Microsoft.EntityFrameworkCore;
using Patron.Customers.Customers;
using Patron.Customers.Database;

namespace Patron.Customers.Links;

/// <summary>
/// Records that claim an address, stand by their partner (<see cref="PartnerStanding"/>) and have no account, and are not archived, deleted or blocked:
/// their people may come (linking.md, 'Activation').
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

    /// <summary>Of the customers that are named by <c>customer_id</c>, <c>account_number</c> or <c>uid</c> those that wait, by that name.</summary>
    public async Task<IReadOnlyDictionary<string, Customer>> FindAsync(Guid organizationId, IReadOnlyCollection<string> references, CancellationToken cancellation)
    {
        var names = references.ToDictionary(reference => reference, CustomerQueries.Canonical, StringComparer.Ordinal);
        Guid[] uids = [.. names.Values.Select(name => Guid.TryParseExact(name, "D", out var uid) ? uid : Guid.Empty)];
        var found = await Waiting(organizationId).Where(customer => names.Values.Contains(customer.CustomerId) || uids.Contains(customer.Uid)).ToListAsync(cancellation);
        var byName = found.SelectMany(customer => new[] { KeyValuePair.Create(customer.CustomerId, customer), KeyValuePair.Create(customer.Uid.ToString(), customer) })
            .ToDictionary(StringComparer.Ordinal);
        return names.Where(name => byName.ContainsKey(name.Value)).ToDictionary(name => name.Key, name => byName[name.Value], StringComparer.Ordinal);
    }

    /// <summary>These records, whether they wait or not.</summary>
    public Task<Dictionary<Guid, Customer>> ReadAsync(IReadOnlyCollection<Guid> uids, CancellationToken cancellation) =>
        context.Customers.AsNoTracking().Where(customer => uids.Contains(customer.Uid)).ToDictionaryAsync(customer => customer.Uid, cancellation);

    /// <summary>A page of all that wait in the organization, after a number: what is entered meanwhile moves nothing.</summary>
    public Task<List<Customer>> PageAsync(Guid organizationId, long after, int size, CancellationToken cancellation) =>
        Waiting(organizationId).Where(customer => customer.Id > after).OrderBy(customer => customer.Id).Take(size).ToListAsync(cancellation);

    private IQueryable<Customer> Waiting(Guid organizationId) => context.OpenToTheirAddress().AsNoTracking().Where(customer =>
        customer.OrganizationId == organizationId && customer.EmailKey != null && customer.Claim == EmailClaim.Claimed && customer.UserId == null && customer.IsActive);
}
