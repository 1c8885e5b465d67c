using Patron.Customers.Customers;
using Patron.Customers.Search;
using Patron.Shared.Callers;
using Patron.Shared.Database;

namespace Patron.Customers.Accounts;

/// <summary>
/// Shows records with the names, addresses and phones that their accounts own: from the rows where they hold copies, else by one look-up
/// for a whole answer (contract, 'Roles of the process'). It never fails: what cannot be had is left out, and the answer says so.
/// </summary>
public sealed class AccountNames(IAccountDirectory directory, DatabaseSession session)
{
    /// <summary>One record, as it is shown.</summary>
    internal async Task<Customer> ShowAsync(Caller caller, Customer customer, CancellationToken cancellation) =>
        directory.KeepsCopies ? customer : (await KnowAsync(caller, [customer.UserId], cancellation)).Show(customer);

    /// <summary>A page of records, as it is shown.</summary>
    internal async Task<CustomerPage<CustomerSummary>> ShowAsync(Caller caller, CustomerPage<CustomerSummary> page, CancellationToken cancellation)
    {
        if (directory.KeepsCopies)
        {
            return page;
        }

        var accounts = await KnowAsync(caller, [.. page.Customers.Select(customer => customer.UserId)], cancellation);
        return page with { Customers = [.. page.Customers.Select(accounts.Show)] };
    }

    /// <summary>The accounts of the records that paths name, for those who compare what is asked for with what was shown.</summary>
    internal async Task<KnownAccounts> KnowAsync(Caller caller, IReadOnlyCollection<string> references, CancellationToken cancellation) =>
        directory.KeepsCopies ? KnownAccounts.NotNeeded : await KnowAsync(caller, await session.FindUsersAsync(caller, references, cancellation), cancellation);

    private async Task<KnownAccounts> KnowAsync(Caller caller, IReadOnlyCollection<Guid?> users, CancellationToken cancellation)
    {
        var ids = users.OfType<Guid>().Distinct().ToList();
        return ids.Count == 0 ? KnownAccounts.NotNeeded
            // Another service is not waited for inside a transaction. What is answered from there is stored to be repeated, and the
            // database shall hold nothing of an account.
            : session.IsInTransaction ? KnownAccounts.NotAsked
            : KnownAccounts.Of(caller, await directory.ReadAsync(caller, ids, cancellation));
    }
}
