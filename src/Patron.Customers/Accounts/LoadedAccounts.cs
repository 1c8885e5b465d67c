using Patron.Customers.Customers;
using Patron.Shared.Callers;
using Patron.Shared.Results;

namespace Patron.Customers.Accounts;

/// <summary>
/// The accounts of the records in one answer, as far as they could be read. Where rows hold copies of account data, records are shown
/// unchanged. Otherwise a record whose account could not be read is marked incomplete; for the caller's own account the token's claims are
/// used.
/// </summary>
internal sealed class LoadedAccounts
{
    /// <summary>The value of <see cref="Customer.Incomplete"/> where the account could not be read.</summary>
    private static readonly IReadOnlyList<string> MissingAccounts = ["accounts"];

    private readonly IReadOnlyDictionary<Guid, Account>? found;

    private LoadedAccounts(IReadOnlyDictionary<Guid, Account>? found, Account? own = null, Error? failure = null) =>
        (this.found, Own, Failure) = (found, own, failure);

    /// <summary>Rows hold copies, or no record has an account.</summary>
    public static LoadedAccounts NotNeeded { get; } = new(found: null);

    /// <summary>The accounts were not read.</summary>
    public static LoadedAccounts NotLoaded { get; } = new(new Dictionary<Guid, Account>());

    /// <summary>Why reading them failed; null where it succeeded.</summary>
    public Error? Failure { get; }

    /// <summary>
    /// The caller's own account by the claims of their token; null where the token has none, and where accounts are local.
    /// </summary>
    public Account? Own { get; }

    public static LoadedAccounts From(Caller caller, Result<IReadOnlyList<Account>> answer)
    {
        var self = caller is { UserId: { } id, Identity: { } token }
            ? new Account(id, token.Email, token.EmailVerified, token.FirstName, token.LastName, Phone: null)
            : null;
        return answer.Succeeded(out var accounts, out var failure)
            ? new LoadedAccounts(accounts.ToDictionary(account => account.UserId), self)
            : new LoadedAccounts(new Dictionary<Guid, Account>(), self, failure);
    }

    /// <summary>The record with its account's data: a copy where anything is filled in, which is never saved.</summary>
    public Customer AddAccountData(Customer customer)
    {
        if (customer.UserId is not { } user || found is null)
        {
            return customer;
        }

        return customer.ForAnswer(Find(user), found.ContainsKey(user) ? null : MissingAccounts);
    }

    /// <summary>The record to store after a change of the shown one: without the account's data.</summary>
    public Customer RemoveAccountData(Customer customer, Customer changed) =>
        customer.UserId is { } user && found is not null ? changed.WithoutAccount(Find(user)) : changed;

    private Account? Find(Guid user) => found!.GetValueOrDefault(user) ?? (Own?.UserId == user ? Own : null);
}
