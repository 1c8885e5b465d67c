using Patron.Customers.Customers;
using Patron.Customers.Erp;
using Patron.Customers.Search;
using Patron.Shared.Audit;
using Patron.Shared.Callers;
using Patron.Shared.Database;
using Patron.Shared.Idempotency;
using Patron.Shared.Results;
using Patron.Shared.Text;

namespace Patron.Customers.Accounts;

/// <summary>
/// What linked records hold of their accounts. Where both share a database, copies of names, address and phone, kept in the transaction of the account's
/// change. In a separate customers service, nothing: answers look it up (contract, 'Roles of the process'). What differs between the two is decided in
/// this class and nowhere else.
/// </summary>
public sealed class AccountCopies(IAccountDirectory directory, CustomerStore customers, DatabaseSession database, ErpOwnership erp, IdempotentWork answers)
{
    private const int AtOnce = 1000;
    private static readonly string[] Owned = ["first_name", "last_name", "name", "email", "email_key", "phone", "phone_e164"];

    private bool AreKept => directory.KeepsCopies;

    /// <summary>Whether customers can be sorted so: names and addresses that rows do not hold cannot be.</summary>
    internal bool CanSortBy(CustomerSort sort) => AreKept || sort is not (CustomerSort.FirstName or CustomerSort.LastName or CustomerSort.Email);

    /// <summary>Whether records may not know yet that this account has proven its address: nobody tells a separate customers service.</summary>
    internal bool MayBeBehind(Account account) => !AreKept && account.EmailVerified;

    /// <summary>One record, as it is shown. It never fails: what cannot be had is left out, and the answer says so.</summary>
    internal async Task<Customer> ShowAsync(Caller caller, Customer customer, CancellationToken cancellationToken) =>
        AreKept ? customer : (await KnowAsync(caller, [customer.UserId], cancellationToken)).Show(customer);

    /// <summary>A page of records, as it is shown, by one look-up for all of it.</summary>
    internal async Task<CustomerPage> ShowAsync(Caller caller, CustomerPage page, CancellationToken cancellationToken)
    {
        if (AreKept)
        {
            return page;
        }

        var accounts = await KnowAsync(caller, [.. page.Customers.Select(customer => customer.UserId)], cancellationToken);
        return page with { Customers = [.. page.Customers.Select(accounts.Show)] };
    }

    /// <summary>The accounts of the records that paths name, for those who compare what is asked for with what was shown. Before the transaction.</summary>
    internal async Task<KnownAccounts> KnowAsync(Caller caller, IReadOnlyCollection<string> references, CancellationToken cancellationToken) =>
        AreKept ? KnownAccounts.NotNeeded : await KnowAsync(caller, await customers.FindUsersAsync(caller, references, cancellationToken), cancellationToken);

    /// <summary>The caller's own account, or why it could not be had.</summary>
    internal KnownAccounts KnowOwn(Caller caller, Account? account, Error? failure) =>
        AreKept ? KnownAccounts.NotNeeded : KnownAccounts.Of(caller, account is not null ? new List<Account> { account } : failure!);

    /// <summary>
    /// The members of the acting organization with this address, proven or not, looked up before the transaction. 503 where a separate accounts service is
    /// away.
    /// </summary>
    internal Task<Result<IReadOnlyList<Account>>> FindOwnersAsync(Caller caller, string? email, CancellationToken cancellationToken) =>
        EmailAddress.TryParse(email, out var address)
            ? directory.FindByEmailAsync(caller, [address.Key], cancellationToken)
            : Task.FromResult<Result<IReadOnlyList<Account>>>(Array.Empty<Account>());

    /// <summary>
    /// Of those the one that has proven the address, locked in the transaction where accounts are here: nobody proves an address meanwhile. Accounts
    /// are locked before records.
    /// </summary>
    internal async Task<Account?> LockOwnerAsync(Caller caller, IReadOnlyList<Account> found, CancellationToken cancellationToken)
    {
        var accounts = AreKept ? await LockOwnersAsync(caller, found.Select(account => account.EmailKey), cancellationToken) : found;
        return accounts.FirstOrDefault(account => account.EmailVerified);
    }

    /// <summary>
    /// The accounts with these addresses, locked in the transaction. None where another service keeps them: their people are linked when they come.
    /// </summary>
    internal async Task<IReadOnlyList<Account>> LockOwnersAsync(Caller caller, IEnumerable<string> emailKeys, CancellationToken cancellationToken)
    {
        var locked = new List<Account>();
        foreach (var keys in AreKept ? emailKeys.Chunk(AtOnce) : [])
        {
            locked.AddRange((await directory.FindByEmailAsync(caller, keys, cancellationToken)).Value);
        }

        return locked;
    }

    /// <summary>The caller's own account, asked again in the transaction where accounts are here: the answer then stays true.</summary>
    internal Task<Result<Account>> LockOwnAsync(Caller caller, Account known, CancellationToken cancellationToken) =>
        AreKept ? directory.OwnAsync(caller, cancellationToken) : Task.FromResult<Result<Account>>(known);

    /// <summary>The accounts that criteria on names, e-mail and phone mean; null where rows can be asked themselves. Errors: 422 too many, 503.</summary>
    internal async Task<Result<SoughtAccounts?>> FindSoughtAsync(Caller caller, CustomerCriteria criteria, CancellationToken cancellationToken)
    {
        var fields = new AccountCriteria(Query: null, criteria.FirstName, criteria.LastName, criteria.Email, criteria.Phone);
        var all = fields with { Query = criteria.Query };
        if (AreKept || all.AsksNothing)
        {
            return default(SoughtAccounts);
        }

        var matched = await directory.MatchAsync(caller, all, cancellationToken);
        if (!matched.Succeeded(out var byAll, out var refused))
        {
            return refused;
        }

        // A query may be found on the row (a company's name) while a name is found on the account.
        var byFields = all.Query is null || fields.AsksNothing ? matched : await directory.MatchAsync(caller, fields, cancellationToken);
        return byFields.Succeeded(out var some, out refused) ? new SoughtAccounts(byAll, some) : refused;
    }

    /// <summary>The record of the account that has this address, where rows hold no addresses; null where there is none.</summary>
    internal async Task<Result<Customer?>> FindByEmailAsync(Caller caller, string email, CancellationToken cancellationToken)
    {
        if (AreKept || !EmailAddress.TryParse(email, out var address))
        {
            return default(Customer);
        }

        var answer = caller.IsStaff
            ? await directory.FindByEmailAsync(caller, [address.Key], cancellationToken)
            : await directory.ReadAsync(caller, [caller.UserId!.Value], cancellationToken);
        if (!answer.Succeeded(out var accounts, out var error))
        {
            return error;
        }

        var account = accounts.FirstOrDefault(account => account.EmailKey == address.Key);
        var found = account is null ? null : await customers.FindByUserAsync(caller, account.UserId, cancellationToken);
        return found?.Shown(account, incomplete: null);
    }

    /// <summary>Whether the record shows something of its account as it is no more.</summary>
    internal bool IsBehind(Customer customer, Account account) => CustomerSchema.Fields.Changed(customer, Stored(customer, account)).Count > 0;

    /// <summary>Stores what is kept of the account as it is now. A new address claims nothing yet.</summary>
    internal void Follow(Customer customer, Account account, DateTimeOffset now)
    {
        if (!AreKept && customer.IsNamedAfterPerson)
        {
            customer.Username = Usernames.Anonymous();
        }

        customer.Change(Stored(customer, account), now);
    }

    /// <summary>An audit entry of a link. Where no copies are kept it tells that it was done, and nothing of what the account owns.</summary>
    internal AuditEntry EntryFor(Caller caller, string action, Customer before, Customer after, params IReadOnlyList<(string Name, string? Value)> notes) =>
        CustomerAudit.Changed(caller, action, AreKept ? before : after, after, notes);

    /// <summary>
    /// A separate customers service keeps no name, address or phone of a linked person: not in the record's history either, nor in what was
    /// merged into it, nor in answers that are kept to be repeated. After the record has been saved.
    /// </summary>
    internal async Task ForgetAsync(Customer customer, CancellationToken cancellationToken)
    {
        if (AreKept)
        {
            return;
        }

        var absorbed = await database.QueryAsync(
            """
            UPDATE customers.absorbed SET before = before - $3 - 'username', username = 'customer' || replace(uid::text, '-', '')
            WHERE organization_id = $1 AND merged_into = $2 RETURNING uid, customer_id
            """,
            row => new RecordName(row.Uuid(), row.Text()), cancellationToken, customer.OrganizationId, customer.Uid, Owned);
        await database.ExecuteAsync(
            """
            UPDATE shared.audit_entries SET before = before - $2, after = after - $2
            WHERE subject_id = ANY ($1) AND (before ?| $2 OR after ?| $2)
            """,
            cancellationToken, (Guid[])[customer.Uid, .. absorbed.Select(other => other.Uid)], Owned);
        await answers.ForgetAsync([RecordName.Of(customer), .. absorbed], cancellationToken);
    }

    private Customer Stored(Customer customer, Account account) =>
        AreKept ? erp.Kept(customer, customer.WithAccount(account)) : customer.WithoutAccount();

    private async Task<KnownAccounts> KnowAsync(Caller caller, IReadOnlyCollection<Guid?> users, CancellationToken cancellationToken)
    {
        var ids = users.OfType<Guid>().Distinct().ToList();
        return ids.Count == 0 ? KnownAccounts.NotNeeded
            // Another service is not waited for inside a transaction; and an answer that is stored to be repeated holds nothing of an account.
            : database.IsInTransaction || database.IsAnswerStored ? KnownAccounts.NotAsked
            : KnownAccounts.Of(caller, await directory.ReadAsync(caller, ids, cancellationToken));
    }
}
