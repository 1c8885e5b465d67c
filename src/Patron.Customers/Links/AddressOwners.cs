using Patron.Customers.Accounts;
using Patron.Customers.Customers;
using Patron.Shared.Callers;
using Patron.Shared.Database;
using Patron.Shared.Results;

namespace Patron.Customers.Links;

/// <summary>
/// Ties records to the accounts of the organization that have proven the address which staff entered (linking.md, 'Claim'): linked at home,
/// offered elsewhere. Only where accounts share the database: elsewhere their people are linked when they come.
/// </summary>
public sealed class AddressOwners(IAccountDirectory directory, CustomerLinks links, DatabaseSession session)
{
    private const int AtOnce = 1000;

    /// <summary>The accounts with one of these addresses; in a transaction they stay as they are. Before records are touched: accounts are locked first.</summary>
    internal async Task<IReadOnlyList<Account>> HoldAsync(Caller caller, IEnumerable<string> emailKeys, CancellationToken cancellation)
    {
        var held = new List<Account>();
        foreach (var keys in directory.KeepsCopies ? emailKeys.Chunk(AtOnce) : [])
        {
            held.AddRange((await directory.FindByEmailAsync(caller, keys, cancellation)).Value);
        }

        return held;
    }

    /// <summary>Links or offers what was entered with the address of one of the held accounts.</summary>
    internal async Task LinkAsync(Caller caller, IReadOnlyList<Account> accounts, IEnumerable<Customer> entered, CancellationToken cancellation)
    {
        var keys = entered.Select(customer => customer.EmailKey).OfType<string>().ToHashSet(StringComparer.Ordinal);
        foreach (var account in accounts.Where(account => account.EmailVerified && keys.Contains(account.EmailKey)))
        {
            await links.ProveAsync(caller, account, caller.OrganizationId, cancellation);
        }

        session.ForgetChanges();
    }

    /// <summary>
    /// A record has another address by now: links or offers it where an account has proven that one, in a transaction of its own, and answers
    /// the record as it is then.
    /// </summary>
    internal async Task<Result<Customer>> MeetAsync(Caller caller, Customer customer, CancellationToken cancellation)
    {
        if (customer is not { UserId: null, EmailKey: { } key } || (await HoldAsync(caller, [key], cancellation)).Count == 0)
        {
            return customer;
        }

        return await session.InTransactionAsync<Customer>(
            async () =>
            {
                await LinkAsync(caller, await HoldAsync(caller, [key], cancellation), [customer], cancellation);
                return await session.FindByIdAsync(caller, customer.Uid.ToString(), cancellation) ?? customer;
            },
            cancellation);
    }
}
