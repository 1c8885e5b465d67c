using Patron.Customers.Customers;
using Patron.Customers.Erp;
using Patron.Customers.Schema;
using Patron.Customers.Search;
using Patron.Shared.Audit;
using Patron.Shared.Callers;
using Patron.Shared.Database;
using Patron.Shared.Idempotency;
using Patron.Shared.Results;
using Patron.Shared.Text;

namespace Patron.Customers.Accounts;

/// <summary>
/// The account data that linked records show. Where both modules share a database, rows hold copies of names, address and phone, updated in
/// the transaction of the account's change. A separate customers service stores none of it and reads it for each answer (contract, 'Roles
/// of the process'). This class alone decides between the two.
/// </summary>
public sealed class AccountCopies(
    IAccountDirectory directory, CustomerStore customers, DatabaseSession database, ErpOwnership erp, IdempotentWork answers)
{
    private const int BatchSize = 1000;
    private static readonly string[] OwnedColumns = ["first_name", "last_name", "name", "email", "email_key", "phone", "phone_e164", "language"];

    /// <summary>Whether records hold the data of their accounts, so that they can be searched and compared by it.</summary>
    internal bool AreStored => directory.KeepsCopies;

    /// <summary>Whether customers can be sorted by this column. Names and addresses that rows do not hold cannot be sorted by.</summary>
    internal bool CanSortBy(CustomerSort sort) =>
        AreStored || sort is not (CustomerSort.FirstName or CustomerSort.LastName or CustomerSort.Email);

    /// <summary>
    /// For background work, which has no token to read accounts with: rows hold copies, or nothing of the account is known and nothing of it
    /// may be changed (<see cref="IsElsewhere"/>).
    /// </summary>
    internal LoadedAccounts ForBackground => AreStored ? LoadedAccounts.NotNeeded : LoadedAccounts.NotLoaded;

    /// <summary>Whether another service keeps this field of people who have an account.</summary>
    internal bool IsElsewhere(Field<Customer> field) => !AreStored && field.Owner != FieldOwner.Record;

    /// <summary>
    /// Whether records may not yet reflect that this account has proven its address: a separate customers service receives no events.
    /// </summary>
    internal bool MayBeOutdated(Account account) => !AreStored && account.EmailVerified;

    /// <summary>
    /// One record with its account data, for an answer. While accounts are unavailable their data is left out, and the record is marked
    /// incomplete. Errors: 401, 403 and 404 as the accounts service answers.
    /// </summary>
    internal async Task<Result<Customer>> AddAccountDataAsync(Caller caller, Customer customer, CancellationToken cancellationToken) =>
        AreStored
            ? customer
            : (await LoadAccountsAsync(caller, [customer.UserId], cancellationToken)).Select(loaded => loaded.AddAccountData(customer));

    /// <summary>A page of records with their account data, by one lookup for all of them.</summary>
    internal async Task<Result<CustomerPage>> AddAccountDataAsync(Caller caller, CustomerPage page, CancellationToken cancellationToken)
    {
        if (AreStored)
        {
            return page;
        }

        var loaded = await LoadAccountsAsync(caller, [.. page.Customers.Select(customer => customer.UserId)], cancellationToken);
        return loaded.Select(accounts => page with { Customers = [.. page.Customers.Select(accounts.AddAccountData)] });
    }

    /// <summary>
    /// The accounts of the referenced records, for use cases that compare a request with the record as it was shown. Call it before the
    /// transaction. Errors: 401, 403 and 404 as the accounts service answers.
    /// </summary>
    internal async Task<Result<LoadedAccounts>> LoadAccountsAsync(
        Caller caller, IReadOnlyCollection<string> references, CancellationToken cancellationToken) =>
        AreStored || CustomerAccess.ReaderOf(caller) == FieldReader.Anyone
            ? LoadedAccounts.NotNeeded
            : await LoadAccountsAsync(caller, await customers.FindUserIdsAsync(caller, references, cancellationToken), cancellationToken);

    /// <summary>The caller's own account, or the error with which reading it failed.</summary>
    internal LoadedAccounts FromOwnAccount(Caller caller, Account? account, Error? failure)
    {
        if (AreStored)
        {
            return LoadedAccounts.NotNeeded;
        }

        return LoadedAccounts.From(caller, account is not null ? new List<Account> { account } : failure!);
    }

    /// <summary>
    /// The members of the acting organization with this address, proven or not. Call it before the transaction. 503 where a separate
    /// accounts service is unavailable.
    /// </summary>
    internal Task<Result<IReadOnlyList<Account>>> FindOwnersAsync(Caller caller, string? email, CancellationToken cancellationToken) =>
        EmailAddress.TryParse(email, out var address)
            ? directory.FindByEmailAsync(caller, [address.Key], cancellationToken)
            : Task.FromResult<Result<IReadOnlyList<Account>>>(Array.Empty<Account>());

    /// <summary>
    /// The account among these that has proven the address. Where accounts are local it is locked, so that the proof cannot change during
    /// the transaction. Accounts are locked before records.
    /// </summary>
    internal async Task<Account?> LockOwnerAsync(Caller caller, IReadOnlyList<Account> found, CancellationToken cancellationToken)
    {
        var accounts = AreStored ? await LockOwnersAsync(caller, found.Select(account => account.EmailKey), cancellationToken) : found;
        return accounts.FirstOrDefault(account => account.EmailVerified);
    }

    /// <summary>
    /// The accounts with these addresses, locked in the transaction. Empty in a separate customers service: its records are linked when
    /// their owners next call it.
    /// </summary>
    internal async Task<IReadOnlyList<Account>> LockOwnersAsync(
        Caller caller, IEnumerable<string> emailKeys, CancellationToken cancellationToken)
    {
        var locked = new List<Account>();
        foreach (var keys in AreStored ? emailKeys.Chunk(BatchSize) : [])
        {
            locked.AddRange((await directory.FindByEmailAsync(caller, keys, cancellationToken)).Value);
        }

        return locked;
    }

    /// <summary>The caller's own account, read again and locked in the transaction where accounts are local.</summary>
    internal Task<Result<Account>> LockOwnAsync(Caller caller, Account account, CancellationToken cancellationToken) =>
        AreStored ? directory.OwnAsync(caller, cancellationToken) : Task.FromResult<Result<Account>>(account);

    /// <summary>
    /// The accounts that match the criteria on names, email and phone; null where rows hold these values themselves. Errors: 422 too many,
    /// 503.
    /// </summary>
    internal async Task<Result<MatchingAccounts?>> FindMatchingAccountsAsync(
        Caller caller, CustomerCriteria criteria, CancellationToken cancellationToken)
    {
        var fields = new AccountCriteria(Query: null, criteria.FirstName, criteria.LastName, criteria.Email, criteria.Phone);
        var criteriaWithQuery = fields with { Query = criteria.Query };
        if (AreStored || criteriaWithQuery.IsEmpty)
        {
            return default(MatchingAccounts);
        }

        var matched = await directory.MatchAsync(caller, criteriaWithQuery, cancellationToken);
        if (!matched.Succeeded(out var byAll, out var error))
        {
            return error;
        }

        // The query may match the row (a company's name) while a name matches the account, so the two are searched separately.
        var byFields = criteriaWithQuery.Query is null || fields.IsEmpty
            ? matched
            : await directory.MatchAsync(caller, fields, cancellationToken);
        return byFields.Succeeded(out var byFieldsOnly, out error) ? new MatchingAccounts(byAll, byFieldsOnly) : error;
    }

    /// <summary>The record of the account with this address, where rows hold no addresses; null where there is none.</summary>
    internal async Task<Result<Customer?>> FindByEmailAsync(Caller caller, string email, CancellationToken cancellationToken)
    {
        if (AreStored || !EmailAddress.TryParse(email, out var address))
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
        return found?.ForAnswer(account, incomplete: null);
    }

    /// <summary>Whether the record shows outdated data of its account.</summary>
    internal bool IsOutdated(Customer customer, Account account) =>
        CustomerSchema.Fields.Changed(customer, ToStored(customer, account)).Count > 0;

    /// <summary>Updates what the record stores of its account. A new address is not claimed yet.</summary>
    internal void UpdateFromAccount(Customer customer, Account account, DateTimeOffset now)
    {
        if (!AreStored && customer.IsNamedAfterPerson)
        {
            customer.Username = Usernames.Anonymous();
        }

        customer.Change(ToStored(customer, account), now);
    }

    /// <summary>The audit entry of a link. Without copies it holds no values that the account owns.</summary>
    internal AuditEntry CreateAuditEntry(
        Caller caller, string action, Customer before, Customer after, params IReadOnlyList<(string Name, string? Value)> notes) =>
        CustomerAudit.Changed(caller, action, AreStored ? before : after, after, notes);

    /// <summary>
    /// Where no copies are stored, removes name, address and phone of the linked person from the record's audit history, from the records
    /// merged into it and from stored idempotent answers. Call it after the record has been saved.
    /// </summary>
    internal async Task RemoveAccountDataAsync(Customer customer, CancellationToken cancellationToken)
    {
        if (AreStored)
        {
            return;
        }

        var absorbed = await database.QueryAsync(
            """
            UPDATE customers.absorbed SET before = before - $3 - 'username', username = 'customer' || replace(uid::text, '-', '')
            WHERE organization_id = $1 AND merged_into = $2 RETURNING uid, customer_id
            """,
            row => new RecordIdentifiers(row.Uuid(), row.Text()), cancellationToken, customer.OrganizationId, customer.Uid, OwnedColumns);
        await database.ExecuteAsync(
            """
            UPDATE customers.merges SET
                survivor_before = jsonb_set(survivor_before, '{record}', (survivor_before -> 'record') - $3 - 'username'),
                absorbed_before = jsonb_set(absorbed_before, '{record}', (absorbed_before -> 'record') - $3 - 'username')
            WHERE organization_id = $1 AND (survivor_uid = ANY ($2) OR absorbed_uid = ANY ($2)) AND survivor_before IS NOT NULL
            """,
            cancellationToken, customer.OrganizationId, (Guid[])[customer.Uid, .. absorbed.Select(other => other.Uid)], OwnedColumns);
        await database.ExecuteAsync(
            """
            UPDATE shared.audit_entries SET before = before - $2, after = after - $2
            WHERE subject_id = ANY ($1) AND (before ?| $2 OR after ?| $2)
            """,
            cancellationToken, (Guid[])[customer.Uid, .. absorbed.Select(other => other.Uid)], OwnedColumns);
        await answers.ForgetAsync([RecordIdentifiers.Of(customer), .. absorbed], cancellationToken);
    }

    private Customer ToStored(Customer customer, Account account) =>
        AreStored ? erp.KeepErpValues(customer, customer.WithAccount(account)) : customer.WithoutAccount();

    private async Task<Result<LoadedAccounts>> LoadAccountsAsync(
        Caller caller, IReadOnlyCollection<Guid?> users, CancellationToken cancellationToken)
    {
        var ids = users.OfType<Guid>().Distinct().ToList();
        if (ids.Count == 0)
        {
            return LoadedAccounts.NotNeeded;
        }

        // Do not wait for another service inside a transaction, and do not store account data in answers kept for repetition.
        if (database.IsInTransaction || database.IsAnswerStored)
        {
            return LoadedAccounts.NotLoaded;
        }

        // Answers can be incomplete while accounts are away. A definite refusal means that this caller may not read them any more.
        var answer = await directory.ReadAsync(caller, ids, cancellationToken);
        return answer.Error is { Kind: not ErrorKind.Unavailable } refused ? refused : LoadedAccounts.From(caller, answer);
    }
}
