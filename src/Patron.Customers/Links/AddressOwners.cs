using Patron.Customers.Accounts;
using Patron.Customers.Customers;
using Patron.Shared.Callers;
using Patron.Shared.Database;
using Patron.Shared.Results;
using Patron.Shared.Text;

namespace Patron.Customers.Links;

/// <summary>
/// The accounts of the organization whose addresses staff enter (linking.md, 'Claim'). Who has proven one is the record's person. Accounts are
/// locked before records.
/// </summary>
public sealed class AddressOwners(IAccountDirectory directory, CustomerLinks links, DatabaseSession session)
{
    private const int AtOnce = 1000;

    /// <summary>Those with this address, proven or not; 503 where a separate accounts service is away.</summary>
    internal Task<Result<IReadOnlyList<Account>>> FindAsync(Caller caller, string? email, CancellationToken cancellation) =>
        EmailAddress.TryParse(email, out var address)
            ? directory.FindByEmailAsync(caller, [address.Key], cancellation)
            : Task.FromResult<Result<IReadOnlyList<Account>>>(Array.Empty<Account>());

    /// <summary>The same accounts, asked again on this side of a transaction, where the answer stays true: nobody proves an address meanwhile.</summary>
    internal Task<IReadOnlyList<Account>> HoldAsync(Caller caller, IReadOnlyList<Account> found, CancellationToken cancellation) =>
        directory.KeepsCopies ? HoldAsync(caller, found.Select(account => account.EmailKey), cancellation) : Task.FromResult(found);

    /// <summary>The accounts with one of these addresses, which stay as they are. None where another service keeps them: their people are linked when they come.</summary>
    internal async Task<IReadOnlyList<Account>> HoldAsync(Caller caller, IEnumerable<string> emailKeys, CancellationToken cancellation)
    {
        var held = new List<Account>();
        foreach (var keys in directory.KeepsCopies ? emailKeys.Chunk(AtOnce) : [])
        {
            held.AddRange((await directory.FindByEmailAsync(caller, keys, cancellation)).Value);
        }

        return held;
    }

    /// <summary>Links at home, or offers elsewhere, what was entered with the proven address of one of the held accounts.</summary>
    internal async Task LinkAsync(Caller caller, IReadOnlyList<Account> accounts, IEnumerable<Customer> entered, CancellationToken cancellation)
    {
        var keys = entered.Select(customer => customer.EmailKey).OfType<string>().ToHashSet(StringComparer.Ordinal);
        foreach (var account in accounts.Where(account => account.EmailVerified && keys.Contains(account.EmailKey)))
        {
            await links.ProveAsync(caller, account, caller.OrganizationId, cancellation);
        }

        session.ForgetChanges();
    }

    /// <summary>A record has another address by now: the same for that one, in a transaction of its own. Answers the record as it is then.</summary>
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
